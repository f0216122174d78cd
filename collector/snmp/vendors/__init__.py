"""Families of wireless gear: one file, one family; the folder is the list."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from collector.snmp.session import Oid, Session, WalkLimits, oid
from collector.snmp.vendor_profile import AnyFamily, Standalone, VendorProfile

SYS_OBJECT_ID = oid("1.3.6.1.2.1.1.2.0")
ONE_ROW = WalkLimits(bulk_rows=1, most_rows=1)


@lru_cache
def families() -> tuple[AnyFamily, ...]:
    """Every family, by name."""
    found = (import_module(f"{__name__}.{module.name}").FAMILY for module in iter_modules(__path__))
    return tuple(sorted(found, key=lambda family: family.name))


def families_of(object_id: Oid) -> list[AnyFamily]:
    """The families that name most of a device's sysObjectID."""
    fitting = [
        (len(beginning), family)
        for family in families()
        for beginning in family.object_ids
        if object_id[: len(beginning)] == beginning
    ]
    most = max((length for length, _ in fitting), default=0)
    return [family for length, family in fitting if length == most]


def family_of(object_id: Oid) -> AnyFamily | None:
    """The family that a device's sysObjectID belongs to, if it is known. Where it fits several, `family_for` asks."""
    return next(iter(families_of(object_id)), None)


async def find_family(session: Session) -> AnyFamily | None:
    """The family of a device. None: it does not answer, or is of no family that is known."""
    object_id = (await session.get([SYS_OBJECT_ID])).values.get(SYS_OBJECT_ID)
    return await family_for(session, object_id) if isinstance(object_id, tuple) else None


async def family_for(session: Session, object_id: Oid) -> AnyFamily | None:
    """The family of a device that calls itself so: where that fits several or none, the first whose tables it has."""
    fitting = families_of(object_id)
    if len(fitting) == 1:
        return fitting[0]
    for family in fitting or for_strangers():
        if await _has(session, family):
            return family
    return None


async def _has(session: Session, family: AnyFamily) -> bool:
    """Whether a device keeps a family's totals, or a row of its first column."""
    if isinstance(family, VendorProfile) and (await session.get(family.totals)).values:
        return True
    return bool((await session.walk(family.columns[0], ONE_ROW)).values)


def for_strangers() -> list[Standalone]:
    """The families that any device is asked for whose sysObjectID belongs nowhere; those that tell clients first."""
    tried = [family for family in families() if isinstance(family, Standalone) and family.tried_on_strangers]
    return sorted(tried, key=lambda family: family.network_clients is None)
