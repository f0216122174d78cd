"""Access points and radios as gear tells them: who is up, on which channel, how busy, with how many clients.

Every vendor says it in tables of its own (`vendors/`); what is made of them is the same for all. A table that was cut
short, and counts that do not agree with the controller's own total, become unknown with the reason: never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from collector.snmp.access_points import What, WirelessStatus
from collector.snmp.controllers import Tables, total, wireless
from collector.snmp.session import DEFAULT_LIMITS, Oid, Session, SnmpAnswer, SnmpProblem, WalkLimits
from collector.snmp.standalone_ap import standalone
from collector.snmp.vendor_profile import AnyFamily, Standalone, VendorProfile

__all__ = ["WirelessReader", "WirelessStatus", "checked", "read_wireless"]

COUNTS_APART = 2
COUNTS_APART_SHARE = 0.05
"""How far two counts of the same clients may be apart: people come and go while a table is walked."""
SLOW_EVERY = timedelta(hours=1)
"""Names, addresses and bands are walked so often, and whenever rows came or went: they are half of what there is."""
HOPELESS: tuple[SnmpProblem, ...] = ("timeout", "unreachable", "auth")


async def read_wireless(session: Session, family: AnyFamily, limits: WalkLimits = DEFAULT_LIMITS) -> WirelessStatus:
    """Asks for all that the family has; a device that does not answer at all is asked once."""
    return _made(family, await _tables(session, family.columns, family.totals, limits))


class WirelessReader:
    """Reads one device again and again, and what changes seldom only now and then."""

    def __init__(self, session: Session, clock: Callable[[], datetime]) -> None:
        self._session = session
        self._clock = clock
        self._slow: dict[Oid, SnmpAnswer] = {}
        self._slow_at: datetime | None = None
        self._rows: frozenset[Oid] = frozenset()

    async def read(self, family: AnyFamily, limits: WalkLimits = DEFAULT_LIMITS) -> WirelessStatus:
        """As `read_wireless`, by fewer questions."""
        slow = family.slow_columns
        quick = [column for column in family.columns if column not in slow]
        tables = await _tables(self._session, quick, family.totals, limits)
        rows = frozenset(name for column in quick for name in tables[column].values)
        if hopeless := next((answer.problem for answer in tables.values() if answer.problem in HOPELESS), None):
            return _made(family, tables | dict.fromkeys(slow, SnmpAnswer({}, hopeless)))
        if not self._still_true(slow, rows):
            await self._read_slow(slow, rows, limits)
        return _made(family, tables | self._slow)

    async def _read_slow(self, slow: list[Oid], rows: frozenset[Oid], limits: WalkLimits) -> None:
        self._slow = await _tables(self._session, slow, [], limits)
        whole = all(answer.problem in (None, "no_such") for answer in self._slow.values())
        self._slow_at, self._rows = (self._clock() if whole else None), rows

    def _still_true(self, slow: list[Oid], rows: frozenset[Oid]) -> bool:
        """Whether what was read is whole and young, and of the rows that there are now; without rows nobody knows."""
        if self._slow_at is None or self._slow.keys() != set(slow) or not rows or rows != self._rows:
            return False
        return self._clock() - self._slow_at < SLOW_EVERY


def _made(family: AnyFamily, tables: Tables) -> WirelessStatus:
    match family:
        case Standalone():
            return standalone(family, tables)
        case VendorProfile():
            return checked(family, tables, wireless(family, tables))


async def _tables(session: Session, columns: list[Oid], totals: list[Oid], limits: WalkLimits) -> dict[Oid, SnmpAnswer]:
    tables: dict[Oid, SnmpAnswer] = {}
    for position, column in enumerate(columns):
        answer = tables[column] = await session.walk(column, limits)
        if answer.problem in HOPELESS:
            return tables | dict.fromkeys(columns[position + 1 :] + totals, SnmpAnswer({}, answer.problem))
    for name in totals:
        tables[name] = await session.get([name])
    return tables


def checked(family: VendorProfile, tables: Tables, found: WirelessStatus) -> WirelessStatus:
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
    return WirelessStatus(points, radios, found.clients, {**found.unknown, **dict.fromkeys(disagree, "disagree")})


def _contradicted(whole: int | None, counts: Sequence[int | None]) -> bool:
    """Whether counts of all clients do not make the total. Without any count there is nothing to contradict."""
    known = [count for count in counts if count is not None]
    return whole is not None and bool(known) and not _agree(whole, sum(known))


def _agree(one: int, other: int) -> bool:
    return abs(one - other) <= max(COUNTS_APART, COUNTS_APART_SHARE * max(one, other))
