"""Collects the rows of a walk: stops at the end of the table, at a bound, and where a device goes round in circles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from collector.snmp.session import Answer, Oid, Problem, Value, WalkLimits


class SnmpStoppedError(Exception):
    """A device gave no usable reply; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem: Problem = problem
        super().__init__(problem)


async def collect(rows: AsyncIterator[tuple[Oid, Value]], root: Oid, limits: WalkLimits) -> Answer:
    """The rows below `root` of a stream that may run past it. A deadline that passes is a `timeout`."""
    values: dict[Oid, Value] = {}
    try:
        async with asyncio.timeout(limits.deadline_s):
            problem = await _take(rows, root, values, limits.most_rows)
    except SnmpStoppedError as stopped:
        problem = stopped.problem
    except TimeoutError:
        problem = "timeout"
    return Answer(values, problem or (None if values else "no_such"))


async def _take(
    rows: AsyncIterator[tuple[Oid, Value]], root: Oid, values: dict[Oid, Value], most_rows: int
) -> Problem | None:
    last = root
    async for name, value in rows:
        if name[: len(root)] != root:
            return None
        if name <= last:
            return "disordered"
        if len(values) == most_rows:
            return "truncated"
        values[name] = value
        last = name
    return None
