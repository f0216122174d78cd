"""What a run leaves for others, against lines on which connections share what there is evenly."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from collector.readiness.line.background import Background
from collector.readiness.line.free import Others, kept
from collector.readiness.line.samples import MOST_CONNECTIONS, LineSample, OthersBeside, RateInterval
from tests.support.properties import examples
from tests.unit.collector.readiness.cases import NOW

NOBODY_COUNTS = Background(None, "no_gear")
SHARE = 0.4


def others(line: float, background: Background = NOBODY_COUNTS) -> Others:
    return Others(background, may_take=1e9, gave_way_share=SHARE, line=line, is_silent=False)


def run_beside(flows: list[float], line: float, connections: int) -> float:
    """What a run gets that takes all it can, of a line on which all connections get the same unless they want less."""
    low, high = 0.0, line
    for _ in range(80):
        each = (low + high) / 2
        taken = sum(min(flow, each) for flow in flows) + connections * each
        low, high = (each, high) if taken < line else (low, each)
    return connections * low


@given(st.lists(st.floats(0.1, 30.0), max_size=30), st.floats(20.0, 400.0), st.integers(1, 16))
@example([12.0], 40.0, 4)
@example([9.0, 9.0, 0.5], 40.0, 8)
@settings(max_examples=examples(300))
def test_it_never_says_that_more_was_free_than_was(flows: list[float], line: float, connections: int) -> None:
    """Wherever others would not give up more than the share for a run with as many connections as may be."""
    taken = sum(flows)
    free = line - taken
    assume(free > 0)
    assume(run_beside(flows, line, MOST_CONNECTIONS) - free <= SHARE * taken)
    got = run_beside(flows, line, connections)
    assert others(line).free(got, connections) <= free + 1e-6


def test_fewer_connections_push_less_aside() -> None:
    """Of 100, a run of 70: 50 were free if it had sixteen connections, and all 70 if it had four or fewer."""
    found = [others(100.0).free(70.0, connections) for connections in (16, 8, 4, 1)]
    assert found == pytest.approx([50.0, (70 * (1 + 1 / 17) - 40) / 0.6, 70.0, 70.0])
    assert kept(16) == 0.0


def test_where_it_is_not_told_a_run_had_as_many_as_may_be() -> None:
    untold, told = LineSample(NOW, "1", 70.0, 70.0), LineSample(NOW, "1", 70.0, 70.0, connections=4)
    assert [others(100.0).left(one).least for one in (untold, told)] == [50.0, 70.0]


def test_counted_others_gave_no_more_way_than_they_took() -> None:
    """60 beside a run of 30 with sixteen connections: 36 of it stayed; with one connection all of it."""
    counted = Background(60.0, None, least=60.0)
    beside = OthersBeside(0.0, RateInterval(60.0, 60.0))
    found = [
        others(100.0, counted).left(LineSample(NOW, "1", 30.0, 30.0, beside=beside, connections=number)).least
        for number in (16, 1)
    ]
    assert found == pytest.approx([30 + 36 - 60, 30 + 60 - 60])


@given(st.floats(1.0, 300.0), st.floats(0.0, 100.0), st.integers(1, 16))
@settings(max_examples=examples(100))
def test_where_a_run_gets_less_less_is_free(free: float, less: float, connections: int) -> None:
    """And what was free when nothing is less."""
    line = others(200.0)
    assert line.free_after(free, 0.0, connections) == pytest.approx(free, abs=1e-6)
    assert line.free_after(free, less, connections) <= free - less + 1e-6
