"""How the line feels while it is full."""

from __future__ import annotations

import pytest

from agent.throughput.responsiveness import RoundTrip, idle_s, responsiveness


def trips(*took_ms: float, from_s: float = 0.0) -> list[RoundTrip]:
    """Round trips a tenth of a second apart."""
    return [RoundTrip(from_s + n * 0.1, ms / 1000) for n, ms in enumerate(took_ms)]


def test_round_trips_per_minute_and_added_delay() -> None:
    """Fifty milliseconds each are 1 200 a minute; forty of them are the load's."""
    felt = responsiveness(trips(*[10.0] * 5), trips(*[50.0] * 10), 0.0)
    assert felt is not None
    assert felt.rpm == pytest.approx(1_200)
    assert felt.added_p95_ms == pytest.approx(40)


def test_the_slowest_twentieth_counts_for_the_delay_not_for_the_mean() -> None:
    """One of twenty took a second."""
    felt = responsiveness(trips(*[10.0] * 5), trips(*[50.0] * 19, 1_000.0), 0.0)
    assert felt is not None
    assert felt.rpm == pytest.approx(1_200)
    assert felt.added_p95_ms == pytest.approx(40)
    two = responsiveness(trips(*[10.0] * 5), trips(*[50.0] * 18, 1_000.0, 1_000.0), 0.0)
    assert two is not None
    assert two.added_p95_ms == pytest.approx(990)


def test_only_what_was_sent_while_the_line_was_full_counts() -> None:
    """The first ones met an empty queue."""
    early, late = trips(*[10.0] * 5), trips(*[60.0] * 5, from_s=1.0)
    felt = responsiveness(trips(*[10.0] * 5), early + late, 0.95)
    assert felt is not None
    assert felt.rpm == pytest.approx(1_000)


@pytest.mark.parametrize(("idle", "loaded"), [(3, 10), (10, 3), (0, 0)])
def test_too_few_say_nothing(idle: int, loaded: int) -> None:
    """Not known is not good."""
    assert responsiveness(trips(*[10.0] * idle), trips(*[50.0] * loaded), 0.0) is None


def test_a_line_that_gets_faster_adds_nothing() -> None:
    """Never a negative delay."""
    felt = responsiveness(trips(*[10.0] * 5), trips(*[9.0] * 5), 0.0)
    assert felt is not None
    assert felt.added_p95_ms == 0


def test_the_idle_line_is_its_median() -> None:
    """One slow answer does not change it; three answers tell nothing."""
    assert idle_s(trips(10, 10, 10, 500)) == pytest.approx(0.010)
    assert idle_s(trips(10, 10, 10)) is None
