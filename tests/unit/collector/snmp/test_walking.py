"""A walk ends: at the table's end, at its bounds, and where a device goes round in circles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from collector.snmp.session import Oid, SnmpAnswer, Value, WalkLimits
from collector.snmp.walking import SnmpStoppedError, collect

ROOT: Oid = (1, 3, 6)
Rows = list[tuple[Oid, Value]]


async def stream(rows: Rows, stopped: SnmpStoppedError | None = None) -> AsyncIterator[tuple[Oid, Value]]:
    """The rows one by one, then perhaps a failure."""
    for row in rows:
        yield row
    if stopped:
        raise stopped


def collected(rows: Rows, limits: WalkLimits | None = None, stopped: SnmpStoppedError | None = None) -> SnmpAnswer:
    return asyncio.run(collect(stream(rows, stopped), ROOT, limits or WalkLimits()))


def test_it_stops_where_the_table_ends() -> None:
    assert collected([((1, 3, 6, 1), 5), ((1, 3, 6, 2), 6), ((1, 3, 7), 7)]) == SnmpAnswer(
        {(1, 3, 6, 1): 5, (1, 3, 6, 2): 6}
    )


@pytest.mark.parametrize("again", [(1, 3, 6, 1), (1, 3, 6, 2), (1, 3, 6)])
def test_rows_that_go_backwards_end_it(again: Oid) -> None:
    """Some agents begin anew at the end of a table; the walk would never end."""
    answer = collected([((1, 3, 6, 1), 5), ((1, 3, 6, 2), 6), (again, 7)])
    assert answer == SnmpAnswer({(1, 3, 6, 1): 5, (1, 3, 6, 2): 6}, "disordered")


def test_half_a_walk_is_kept_with_the_reason() -> None:
    assert collected([((1, 3, 6, 1), 5)], stopped=SnmpStoppedError("timeout")) == SnmpAnswer(
        {(1, 3, 6, 1): 5}, "timeout"
    )


def test_a_slow_stream_ends_at_the_deadline() -> None:
    async def slow() -> AsyncIterator[tuple[Oid, Value]]:
        yield (1, 3, 6, 1), 5
        await asyncio.Event().wait()

    answer = asyncio.run(collect(slow(), ROOT, WalkLimits(deadline_s=0.05)))
    assert answer == SnmpAnswer({(1, 3, 6, 1): 5}, "timeout")


@pytest.mark.parametrize(("rows", "problem"), [(2, None), (3, "truncated")])
def test_the_bound_on_rows(rows: int, problem: str | None) -> None:
    answer = collected([((1, 3, 6, index), index) for index in range(rows)], WalkLimits(most_rows=2))
    assert (list(answer.values.values()), answer.problem) == ([0, 1], problem)


def test_nothing_at_all() -> None:
    assert collected([]) == SnmpAnswer({}, "no_such")
