"""The order-statistic bound, held against brute force and against chance itself."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.quantiles import lower_bound, lower_bound_rank, samples_needed, tail_rank


def chance_of_at_least(rank: int, count: int, quantile: float) -> float:
    """P(Binomial(count, quantile) >= rank), summed term by term."""
    return sum(math.comb(count, k) * quantile**k * (1 - quantile) ** (count - k) for k in range(rank, count + 1))


@pytest.mark.parametrize(
    ("quantile", "confidence", "needed"),
    [(0.1, 0.95, 29), (0.1, 0.9, 22), (0.2, 0.9, 11), (0.05, 0.95, 59), (0.5, 0.5, 1)],
)
def test_samples_needed_by_hand(quantile: float, confidence: float, needed: int) -> None:
    """The textbook numbers: 29 for the tenth percentile at 95 %, 59 for the fifth."""
    assert samples_needed(quantile, confidence) == needed
    assert lower_bound_rank(needed, quantile, confidence) == 1
    assert needed == 1 or lower_bound_rank(needed - 1, quantile, confidence) is None


@pytest.mark.parametrize("quantile", [0.05, 0.1, 0.25, 0.5])
@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.95, 0.99])
def test_rank_is_the_largest_that_brute_force_allows(quantile: float, confidence: float) -> None:
    """For every count up to 120."""
    for count in range(121):
        allowed = [k for k in range(1, count + 1) if chance_of_at_least(k, count, quantile) >= confidence]
        assert lower_bound_rank(count, quantile, confidence) == (max(allowed) if allowed else None), count


def test_bound_of_samples_by_hand() -> None:
    """46 samples at the tenth percentile and 95 %: the second least (38 would still be the least)."""
    samples = [float(value) for value in range(46, 0, -1)]
    assert lower_bound(samples, 0.1, 0.95) == 2.0
    assert lower_bound(samples[:38], 0.1, 0.95) == 9.0
    assert lower_bound(samples[:28], 0.1, 0.95) is None


def test_bound_lies_below_the_true_quantile_as_often_as_promised() -> None:
    """4 000 lines of 60 exponential samples each: the bound holds in at least 90 %, within three standard errors."""
    chance, quantile, confidence, lines = random.Random(7), 0.1, 0.9, 4_000
    true = -math.log(1 - quantile)
    held = 0
    for _ in range(lines):
        bound = lower_bound([chance.expovariate(1) for _ in range(60)], quantile, confidence)
        assert bound is not None
        held += bound <= true
    error = math.sqrt(confidence * (1 - confidence) / lines)
    assert held / lines >= confidence - 3 * error
    exact = chance_of_at_least(lower_bound_rank(60, quantile, confidence) or 0, 60, quantile)
    assert abs(held / lines - exact) < 4 * error


def test_many_samples_do_not_break_the_sum() -> None:
    """At 20 000 samples the first terms vanish in floating point; the rank is still just below the quantile."""
    rank = lower_bound_rank(20_000, 0.1, 0.95)
    assert rank is not None
    assert 1_900 < rank < 2_000


@given(
    st.lists(st.floats(0, 1000), min_size=22, max_size=60), st.integers(0, 59), st.floats(0, 1000)
)  # fmt: skip
def test_raising_a_sample_never_lowers_the_bound(samples: list[float], place: int, by: float) -> None:
    """More bandwidth is never worse."""
    raised = list(samples)
    raised[place % len(samples)] += by
    before, after = lower_bound(samples, 0.1, 0.9), lower_bound(raised, 0.1, 0.9)
    assert before is not None
    assert after is not None
    assert after >= before


@pytest.mark.parametrize(("count", "rank"), [(1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3), (30, 3), (250, 25)])
def test_tail_rank(count: int, rank: int) -> None:
    """A tenth of the values, rounded up, and never none."""
    assert tail_rank(count, 0.1) == rank


@pytest.mark.parametrize(("quantile", "confidence"), [(0.0, 0.9), (1.0, 0.9), (0.1, 0.0), (0.1, 1.0)])
def test_shares_outside_the_open_interval_are_refused(quantile: float, confidence: float) -> None:
    """No number of samples would do."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        samples_needed(quantile, confidence)
    with pytest.raises(ValueError, match="between 0 and 1"):
        lower_bound_rank(10, quantile, confidence)
