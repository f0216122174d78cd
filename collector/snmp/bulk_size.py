"""Walks with as many rows per request as a device can take.

Large replies come in fragments, which some gear and many firewalls lose: then nothing comes back however long one
waits, while small questions are answered. Such a device is asked for fewer rows at a time from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from collector.snmp.interfaces import SYS_UPTIME
from collector.snmp.session import DEFAULT_LIMITS, Oid, Session, SnmpAnswer, SnmpProblem, WalkLimits

FEWER_TIMES = 4
LEAST_ROWS = 2
TOO_MUCH: tuple[SnmpProblem, ...] = ("timeout", "refused")


class TunedSession:
    """A session that remembers how many rows its device can take."""

    def __init__(self, session: Session, bulk_rows: int = DEFAULT_LIMITS.bulk_rows) -> None:
        self._session = session
        self.bulk_rows = bulk_rows

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        """As the session does."""
        return await self._session.get(names)

    async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
        """As the session does, with fewer rows per request if large replies do not come through."""
        while True:
            rows = min(self.bulk_rows, limits.bulk_rows)
            answer = await self._session.walk(root, replace(limits, bulk_rows=rows))
            if answer.problem not in TOO_MUCH or rows <= LEAST_ROWS or not await self._answers():
                return answer
            self.bulk_rows = max(LEAST_ROWS, rows // FEWER_TIMES)

    async def _answers(self) -> bool:
        return bool((await self._session.get([SYS_UPTIME])).values)
