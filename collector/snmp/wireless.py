"""Access points and radios as gear tells them: who is up, on which channel, how busy, with how many clients.

Every vendor says it in tables of its own (`vendors/`); what is made of them is the same for all. A table that was cut
short, and counts that do not agree with the controller's own total, become unknown with the reason: never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from collector.snmp.access_points import What, Wireless
from collector.snmp.controllers import Tables, total, wireless
from collector.snmp.family import AnyFamily, Family, Standalone
from collector.snmp.session import DEFAULT_LIMITS, Answer, Oid, Problem, Session, WalkLimits
from collector.snmp.standalone import standalone

__all__ = ["Wireless", "checked", "read_wireless"]

COUNTS_APART = 2
COUNTS_APART_SHARE = 0.05
"""How far two counts of the same clients may be apart: people come and go while a table is walked."""
HOPELESS: tuple[Problem, ...] = ("timeout", "unreachable", "auth")


async def read_wireless(session: Session, family: AnyFamily, limits: WalkLimits = DEFAULT_LIMITS) -> Wireless:
    """Asks for all that the family has; a device that does not answer at all is asked once."""
    tables = await _tables(session, family, limits)
    match family:
        case Standalone():
            return standalone(family, tables)
        case Family():
            return checked(family, tables, wireless(family, tables))


async def _tables(session: Session, family: AnyFamily, limits: WalkLimits) -> Tables:
    tables: dict[Oid, Answer] = {}
    wanted = family.columns
    for position, column in enumerate(wanted):
        answer = tables[column] = await session.walk(column, limits)
        if answer.problem in HOPELESS:
            return tables | dict.fromkeys(wanted[position + 1 :] + family.totals, Answer({}, answer.problem))
    for name in family.totals:
        tables[name] = await session.get([name])
    return tables


def checked(family: Family, tables: Tables, found: Wireless) -> Wireless:
    """Takes back counts that contradict the controller's totals. Pure."""
    disagree: list[What] = []
    points, radios = found.access_points, found.radios
    joined = total(family.access_points_total, tables, {})
    up = sum(point.up is not False for point in points)
    if joined is not None and "access_points" not in found.unknown and not _agree(joined, up):
        disagree.append("access_points")
    if _contradicted(found.clients, [point.clients for point in points]):
        points = [replace(point, clients=None) for point in points]
        disagree.append("access_point_clients")
    if _contradicted(found.clients, [radio.clients for radio in radios]):
        radios = [replace(radio, clients=None) for radio in radios]
        disagree.append("radio_clients")
    return Wireless(points, radios, found.clients, {**found.unknown, **dict.fromkeys(disagree, "disagree")})


def _contradicted(whole: int | None, counts: Sequence[int | None]) -> bool:
    """Whether counts of all clients do not make the total. Without any count there is nothing to contradict."""
    known = [count for count in counts if count is not None]
    return whole is not None and bool(known) and not _agree(whole, sum(known))


def _agree(one: int, other: int) -> bool:
    return abs(one - other) <= max(COUNTS_APART, COUNTS_APART_SHARE * max(one, other))
