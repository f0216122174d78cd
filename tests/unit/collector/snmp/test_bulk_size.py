"""Fewer rows per request for a device whose large replies are lost, and only for such a one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.snmp.bulk_size import LEAST_ROWS, TunedSession
from collector.snmp.interfaces import SYS_UPTIME
from collector.snmp.session import DEFAULT_LIMITS, Oid, SnmpAnswer, WalkLimits, oid

TABLE = oid("1.3.6.1.4.1.99999.1")


@dataclass
class Lossy:
    """Replies of more than `most_rows` are lost; `alive` is whether small questions are answered."""

    most_rows: int
    alive: bool = True
    asked: list[int] = field(default_factory=list)

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        """The uptime."""
        return SnmpAnswer({SYS_UPTIME: 5}) if self.alive else SnmpAnswer({}, "timeout")

    async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
        """The table, if it comes through."""
        self.asked.append(limits.bulk_rows)
        through = limits.bulk_rows <= self.most_rows and self.alive
        return SnmpAnswer({(*root, 1): 1}) if through else SnmpAnswer({}, "timeout")


def walks(session: Lossy, times: int = 1) -> list[SnmpAnswer]:
    """The same table so often, by one tuned session."""
    tuned = TunedSession(session)

    async def walked() -> list[SnmpAnswer]:
        return [await tuned.walk(TABLE) for _ in range(times)]

    return asyncio.run(walked())


def test_a_device_that_takes_all_is_asked_for_all() -> None:
    session = Lossy(most_rows=100)
    walks(session, 2)
    assert session.asked == [DEFAULT_LIMITS.bulk_rows] * 2


def test_what_comes_through_is_remembered() -> None:
    """50, 12, 3, and from then on 3."""
    session = Lossy(most_rows=7)
    assert [answer.problem for answer in walks(session, 2)] == [None, None]
    assert session.asked == [50, 12, 3, 3]


def test_a_dead_device_is_not_asked_again_and_again() -> None:
    session = Lossy(most_rows=100, alive=False)
    assert walks(session)[0].problem == "timeout"
    assert session.asked == [50]


def test_it_ends_where_nothing_comes_through() -> None:
    session = Lossy(most_rows=0)
    assert walks(session)[0].problem == "timeout"
    assert session.asked == [50, 12, 3, LEAST_ROWS]
