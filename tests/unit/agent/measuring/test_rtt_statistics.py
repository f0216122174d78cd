"""What a series of round trips comes to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.measuring.rtt_statistics import CONFIDENCE, P95, P99, SUFFIXES, enough_answers, facts_of, percentile
from agent.protocol.quantiles import samples_needed_above

TIMES = "rtt_min_ms", "rtt_median_ms", "rtt_p95_ms", "rtt_p99_ms", "jitter_ms"


def test_known_samples() -> None:
    """In milliseconds; loss is of all that were tried, times are of those that were answered."""
    reading = facts_of([n / 1000 for n in range(1, 20)] + [None])
    assert reading.facts == {
        "rtt_min_ms": 1.0,
        "rtt_median_ms": 10.0,
        "rtt_p95_ms": 19.0,
        "rtt_p99_ms": None,
        "jitter_ms": 1.0,
        "loss_ratio": 0.05,
        "samples_count": 20,
    }
    assert reading.missing == {"rtt_p99_ms": "too_few_samples"}


def test_jitter_is_between_neighbours() -> None:
    """10, 20, lost, 12, 30, 20: steps of 10, 8, 18 and 10."""
    facts = facts_of([0.010, 0.020, None, 0.012, 0.030, 0.020]).facts
    assert (facts["jitter_ms"], facts["loss_ratio"], facts["rtt_median_ms"]) == (11.5, 0.1667, 20.0)


@pytest.mark.parametrize(("share", "needed"), [(P95, 14), (P99, 69), (0.5, 1)])
def test_samples_that_a_percentile_takes(share: float, needed: int) -> None:
    """From so many on, the largest of them is more likely above the quantile than below."""
    assert samples_needed_above(share, CONFIDENCE) == needed
    assert share**needed <= 0.5 < share ** (needed - 1)


@pytest.mark.parametrize(
    ("count", "missing"),
    [
        (13, {"rtt_p95_ms", "rtt_p99_ms"}),
        (14, {"rtt_p99_ms"}),
        (68, {"rtt_p99_ms"}),
        (69, set[str]()),
        (1, {"rtt_p95_ms", "rtt_p99_ms", "jitter_ms"}),
    ],
)
def test_what_so_few_samples_can_not_tell_is_missing(count: int, missing: set[str]) -> None:
    """Never the largest value under the name of a percentile."""
    reading = facts_of([0.01] * count)
    assert reading.missing == dict.fromkeys(missing, "too_few_samples")
    assert {name for name, value in reading.facts.items() if value is None} == missing


def test_too_few_answers_tell_of_loss_only() -> None:
    """Two of twenty say nothing about times, and a lot about loss."""
    reading = facts_of([0.01, 0.01, *[None] * 18], "gateway_")
    assert reading.facts["gateway_loss_ratio"] == 0.9
    assert reading.missing == {f"gateway_{name}": "too_few_answers" for name in TIMES}


def test_all_lost() -> None:
    """A loss of everything, and no time of zero."""
    reading = facts_of([None, None])
    assert (reading.facts["loss_ratio"], reading.facts["samples_count"], reading.facts["rtt_min_ms"]) == (1.0, 2, None)


@pytest.mark.parametrize(
    ("answered", "lost", "enough"), [(5, 15, True), (4, 16, False), (1, 0, True), (0, 1, False), (3, 1, False)]
)
def test_enough_answers(answered: int, lost: int, enough: bool) -> None:
    """Five, or all where fewer were tried."""
    assert enough_answers([0.01] * answered + [None] * lost) is enough


def test_percentile_is_a_measured_value() -> None:
    """Nearest rank."""
    values = [float(n) for n in range(1, 21)]
    assert (percentile(values, P95), percentile(values, 0.5), percentile([7.0], P95)) == (19.0, 10.0, 7.0)


@given(st.lists(st.one_of(st.none(), st.floats(0.0001, 2.0)), min_size=1, max_size=200))
def test_order_of_what_is_known(samples: list[float | None]) -> None:
    """The smallest is at most the median, that at most p95, that at most p99; every fact has a value or a reason."""
    reading = facts_of(samples)
    assert sorted(reading.facts) == sorted(SUFFIXES)
    assert set(reading.missing) == {name for name, value in reading.facts.items() if value is None}
    known = [value for name in TIMES[:4] if isinstance(value := reading.facts[name], float)]
    assert known == sorted(known)
