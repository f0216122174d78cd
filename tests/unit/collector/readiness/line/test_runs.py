"""What counts as a sample of the line, and what only counts as a failure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.wire import Facts, FactValue
from collector.readiness.domain.model import Observation
from collector.readiness.evidence.index import index_evidence
from collector.readiness.line.runs import UNSTABLE_RATIO, LineRuns, line_runs, rate_known
from tests.unit.collector.readiness.cases import NOW, evidence, figure, hourly, observation

FORTNIGHT = timedelta(days=14)


def runs_of(observations: list[Observation], now: datetime = NOW) -> LineRuns:
    """The download runs within a fortnight."""
    return line_runs(index_evidence(evidence(observations), now), "down_mbit_s", figure(14, "days"))


def run(rate: float | None, *, of: int = 1, at: datetime = NOW, first_at: datetime | None = None, count: int = 1,
        status: str = "ok", half_width: FactValue = None) -> Observation:  # fmt: skip
    """One throughput result; without a half-width it is as the first agents reported it."""
    facts: Facts = {"down_mbit_s": rate}
    if half_width is not None:
        facts["down_half_width_mbit_s"] = half_width
    return observation(of, "throughput", facts, at=at, first_at=first_at, count=count, status=status)


def test_best_of_the_hour_is_the_sample() -> None:
    """A slow device's own link is not the line."""
    observations = [run(20.0, of=1), run(90.0, of=2, at=NOW + timedelta(minutes=5)), run(40.0, of=3)]
    runs = runs_of(observations, NOW + timedelta(minutes=10))
    assert (runs.samples, runs.ok, runs.failed) == ([90.0], 3, 0)
    assert runs.newest_at == NOW + timedelta(minutes=5)


def test_each_hour_is_one_sample() -> None:
    """Whatever the order."""
    assert sorted(runs_of(hourly([5.0, 3.0, 4.0])).samples) == [3.0, 4.0, 5.0]


def test_failed_runs_are_counted_and_give_no_number() -> None:
    """Also one that says ok without a rate, and one that left a rate behind when it failed."""
    runs = runs_of([run(50.0), run(None), run(900.0, status="failed"), run(None, status="timeout", of=2)])
    assert (runs.samples, runs.ok, runs.failed, runs.mostly_failed) == ([50.0], 1, 3, True)


def test_half_failed_is_not_mostly() -> None:
    """The majority decides."""
    assert runs_of([run(50.0), run(None, of=2)]).mostly_failed is False


def test_unsupported_is_no_run() -> None:
    """A device that cannot measure does not speak against the line."""
    assert runs_of([run(None, status="unsupported")]).failed == 0


def test_window_ends_exactly_at_the_limit() -> None:
    """A fortnight old still counts; a microsecond more does not."""
    assert runs_of([run(50.0, at=NOW - FORTNIGHT)]).samples == [50.0]
    assert runs_of([run(50.0, at=NOW - FORTNIGHT - timedelta(microseconds=1))]).samples == []


def test_equal_runs_in_a_row_count_where_they_are_certain() -> None:
    """An observation that held for a day is two hours that are known, and as many runs as were reported."""
    runs = runs_of([run(50.0, first_at=NOW - timedelta(days=1), count=9)])
    assert (runs.samples, runs.ok) == ([50.0, 50.0], 9)
    assert runs.days == {date(2026, 11, 15), date(2026, 11, 16)}


def test_runs_before_the_window_are_left_out_by_their_share() -> None:
    """100 failures over 28 days, half of them too old."""
    runs = runs_of([run(None, status="failed", first_at=NOW - 2 * FORTNIGHT, count=100)])
    assert runs.failed == 50


def test_days_are_swedish_days() -> None:
    """23:30 UTC in November is already the next day in Stockholm."""
    late = datetime(2026, 11, 12, 23, 30, tzinfo=UTC)
    assert runs_of([run(50.0, at=late)]).days == {date(2026, 11, 13)}


def test_zero_is_a_rate() -> None:
    """A line that lets nothing through was measured."""
    assert runs_of([run(0.0)]).samples == [0.0]


def test_no_runs() -> None:
    """Nothing known."""
    runs = runs_of([])
    assert (runs.samples, runs.ok, runs.failed, runs.newest_at, runs.mostly_failed) == ([], 0, 0, None, False)


def test_what_counts_is_the_lower_end() -> None:
    """100 give or take 10 is 90 for sure, and 96 give or take 1 is 95: the better run is the one that knows more."""
    runs = runs_of([run(100.0, half_width=10.0), run(96.0, half_width=1.0, of=2)])
    assert (runs.samples, runs.half_widths) == ([95.0], [1.0])


def test_a_report_without_a_half_width_is_still_read() -> None:
    """Its rate counts as it is."""
    runs = runs_of([run(50.0)])
    assert (runs.samples, runs.half_widths) == ([50.0], [0.0])


@pytest.mark.parametrize("half_width", [25.1, 100.0, -1.0, float("nan"), float("inf"), "wide", True])
def test_a_run_that_knows_nothing_has_failed(half_width: FactValue) -> None:
    """Too wide, or no width at all."""
    runs = runs_of([run(100.0, half_width=half_width)])
    assert (runs.samples, runs.ok, runs.failed) == ([], 0, 1)


rates = st.floats(0, 100_000)


@given(rates, st.floats(0, UNSTABLE_RATIO))
def test_no_sample_is_more_than_was_measured(rate: float, ratio: float) -> None:
    """Whatever the width, the sample lies within the interval, at its lower end."""
    known = rate_known({"up_mbit_s": rate, "up_half_width_mbit_s": rate * ratio}, "up_mbit_s")
    assert known is not None
    assert 0 <= known.least <= rate
    assert known.least + known.half_width == pytest.approx(rate)


@given(st.lists(st.tuples(rates, st.floats(0, 1)), min_size=1, max_size=8))
def test_less_sure_runs_never_make_a_line_better(said: list[tuple[float, float]]) -> None:
    """The same rates with widths give at most what they give without, and nothing that fails is counted as good."""
    with_widths = runs_of([run(rate, half_width=rate * ratio, of=n) for n, (rate, ratio) in enumerate(said)])
    without = runs_of([run(rate, of=n) for n, (rate, _) in enumerate(said)])
    assert max(with_widths.samples, default=0.0) <= max(without.samples)
    assert with_widths.ok + with_widths.failed == without.ok == len(said)
