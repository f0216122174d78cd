"""Is it the school's line or the internet beyond it? Never a guess."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.wire import Facts
from collector.readiness.domain.model import Evidence, Figure, LineLimit, Observation, Trust
from collector.readiness.evidence.index import index_evidence
from collector.readiness.line.limit import FASTEST_COMPARED_MBIT_S, LEAST_PAIRS, line_limit
from tests.support.verdicts import NOW, device, school

DAYS = Figure(14, "days", "made for a test", date(2026, 1, 1), Trust.ASSUMED)
HOUR = timedelta(hours=1)


def said(probe: str, at: datetime, mbit_s: float | None, status: str = "ok") -> Observation:
    """One run of one device; None is a run without a number."""
    facts: Facts = {} if mbit_s is None else {"down_mbit_s": mbit_s, "down_half_width_mbit_s": 0.02 * mbit_s}
    return Observation("d-1", "a1", probe, status, at, at, 1, facts, {}, [])


def limit(*observations: Observation) -> LineLimit | None:
    """What these runs come to."""
    return line_limit(index_evidence(Evidence(school().code, [device()], list(observations)), NOW), DAYS)


def days_of(line_mbit_s: float, internet_mbit_s: float, days: int = 4) -> list[Observation]:
    """A test of each kind a day, an hour apart."""
    found = []
    for day in range(1, days + 1):
        at = NOW - timedelta(days=day)
        found += [said("throughput", at, line_mbit_s), said("internet", at + HOUR, internet_mbit_s)]
    return found


def test_where_nobody_tests_towards_the_internet() -> None:
    """Nothing is said, as the policy allows no such test by default."""
    assert limit(said("throughput", NOW - HOUR, 90.0)) is None
    assert limit(said("throughput", NOW - HOUR, 90.0), said("internet", NOW - HOUR, None, "unsupported")) is None


@pytest.mark.parametrize(
    ("line", "internet", "side", "reason"),
    [
        (90.0, 88.0, "line", None),
        (90.0, 95.0, "line", None),
        (90.0, 30.0, "beyond", None),
        (90.0, 60.0, "unknown", "in_between"),
        (900.0, 300.0, "unknown", "too_fast"),
        (900.0, 880.0, "unknown", "too_fast"),
    ],
)
def test_which_of_the_two(line: float, internet: float, side: str, reason: str | None) -> None:
    """As much, or much less; in between, and on a line that is too fast for the test, nothing follows."""
    found = limit(*days_of(line, internet))
    assert found is not None
    assert (found.side, found.reason, found.pairs) == (side, reason, 4)
    assert (found.ratio is None) == (reason == "too_fast")


def test_too_few_comparisons() -> None:
    """Tests that lie too far apart, failed, or are too old, are none."""
    near = days_of(90.0, 30.0, LEAST_PAIRS - 1)
    at = NOW - timedelta(days=5)
    for more in (
        [said("throughput", at, 90.0), said("internet", at + 3 * HOUR, 30.0)],
        [said("throughput", at, 90.0), said("internet", at, None, "failed")],
        [said("throughput", at, None, "failed"), said("internet", at, 30.0)],
        [said("throughput", at - timedelta(days=20), 90.0), said("internet", at - timedelta(days=20), 30.0)],
    ):
        assert limit(*near, *more) == LineLimit("unknown", "too_few_pairs", None, LEAST_PAIRS - 1)


def test_the_best_that_the_line_gave_about_then_counts() -> None:
    """A device on a weak wireless link says nothing about the line."""
    weak = [said("throughput", NOW - timedelta(days=day) + HOUR, 20.0) for day in range(1, 5)]
    found = limit(*days_of(90.0, 30.0), *weak)
    assert found is not None
    assert found.side == "beyond"


@given(
    runs=st.lists(
        st.tuples(st.sampled_from(["throughput", "internet"]), st.integers(0, 300), st.floats(0, 2_000)), max_size=30
    )
)
def test_it_is_never_known_from_little(runs: list[tuple[str, int, float]]) -> None:
    """Whatever was measured: a side has its pairs and its ratio, and no fast line has one."""
    found = limit(*(said(probe, NOW - hours * HOUR, rate) for probe, hours, rate in runs))
    if found is None or found.side == "unknown":
        assert found is None or found.reason is not None
        return
    assert found.pairs >= LEAST_PAIRS
    assert found.ratio is not None
    assert min(rate for probe, _, rate in runs if probe == "throughput") <= FASTEST_COMPARED_MBIT_S
