"""Families of wireless gear: one file, one family; the folder is the list."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from collector.snmp.session import Oid
from collector.snmp.wireless import Family


@lru_cache
def families() -> tuple[Family, ...]:
    """Every family, by name."""
    found = (import_module(f"{__name__}.{module.name}").FAMILY for module in iter_modules(__path__))
    return tuple(sorted(found, key=lambda family: family.name))


def family_of(object_id: Oid) -> Family | None:
    """The family that a device's sysObjectID belongs to, if it is known: the one that names most of it."""
    fitting = [
        (len(beginning), family)
        for family in families()
        for beginning in family.object_ids
        if object_id[: len(beginning)] == beginning
    ]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None
