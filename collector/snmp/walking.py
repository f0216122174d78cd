"""Collects the rows of a walk: stops at the end of the table, at a bound, and where a device goes round in circles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from collector.snmp.session import Oid, SnmpAnswer, SnmpProblem, Value, WalkLimits


class SnmpStoppedError(Exception):
    """A device gave no usable reply; `problem` says why."""

    def __init__(self, problem: SnmpProblem) -> None:
        self.problem: SnmpProblem = problem
        super().__init__(problem)


class Rows:
    """What was read so far below `root`. A table may have hundreds of thousands of rows, so taking one is cheap."""

    def __init__(self, root: Oid, most_rows: int) -> None:
        self.values: dict[Oid, Value] = {}
        self.problem: SnmpProblem | None = None
        self._root = root
        self._last: Oid = ()
        self._most = most_rows

    def take(self, index: Oid, value: Value) -> bool:
        """Keeps the row of an index below the root, or says that the walk is over: at its bound, or where rows go
        backwards.
        """
        if index <= self._last:
            self.problem = "disordered"
            return False
        if len(self.values) == self._most:
            self.problem = "truncated"
            return False
        self.values[self._root + index] = value
        self._last = index
        return True


async def walked(read: Callable[[Rows], Awaitable[None]], root: Oid, limits: WalkLimits) -> SnmpAnswer:
    """What `read` took, and why that is not all. A deadline that passes is a `timeout`."""
    rows = Rows(root, limits.most_rows)
    problem: SnmpProblem | None = None
    try:
        async with asyncio.timeout(limits.deadline_s):
            await read(rows)
    except SnmpStoppedError as stopped:
        problem = stopped.problem
    except TimeoutError:
        problem = "timeout"
    return SnmpAnswer(rows.values, problem or rows.problem or (None if rows.values else "no_such"))


async def collect(stream: AsyncIterator[tuple[Oid, Value]], root: Oid, limits: WalkLimits) -> SnmpAnswer:
    """The rows below `root` of a stream that may run past it."""

    async def read(rows: Rows) -> None:
        async for name, value in stream:
            if name[: len(root)] != root or not rows.take(name[len(root) :], value):
                return

    return await walked(read, root, limits)
