"""Quantiles of few measurements, without assuming any distribution.

A measured quantile of few samples is a guess. What the verdict uses is the order-statistic lower confidence bound:
the largest sample that lies at or below the true quantile with at least the confidence asked for. Whether the k-th
least of n samples does is a binomial question: it does exactly when at least k samples fell at or below the quantile,
and each sample falls there with probability `quantile`. Agents and the collector agree on it here; scipy has the same
behind `beta.ppf`, and is larger than all that an agent brings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def samples_needed(quantile: float, confidence: float) -> int:
    """How many samples it takes before even the least of them bounds the quantile from below.

    Raises ValueError where `quantile` or `confidence` is not strictly between 0 and 1.
    """
    _hold_inside(quantile, confidence)
    count = max(1, math.ceil(math.log1p(-confidence) / math.log1p(-quantile)) - 1)
    while 1 - (1 - quantile) ** count < confidence:
        count += 1
    return count


def lower_bound_rank(count: int, quantile: float, confidence: float) -> int | None:
    """The rank (1 = least) of the sample that bounds the quantile from below, or None: too few samples.

    Raises ValueError where `quantile` or `confidence` is not strictly between 0 and 1.
    """
    _hold_inside(quantile, confidence)
    rank, at_least_rank = 0, 1.0
    whole = math.lgamma(count + 1)
    for below in range(count):
        at_least_rank -= math.exp(
            whole
            - math.lgamma(below + 1)
            - math.lgamma(count - below + 1)
            + below * math.log(quantile)
            + (count - below) * math.log1p(-quantile)
        )
        if at_least_rank < confidence:
            break
        rank = below + 1
    return rank or None


def lower_bound(samples: Sequence[float], quantile: float, confidence: float) -> float | None:
    """The sample that bounds the quantile from below with `confidence`, or None: too few samples."""
    rank = lower_bound_rank(len(samples), quantile, confidence)
    return None if rank is None else sorted(samples)[rank - 1]


def upper_bound(samples: Sequence[float], quantile: float, confidence: float) -> float | None:
    """The sample that bounds the quantile from above with `confidence`, or None: too few samples."""
    mirrored = lower_bound([-sample for sample in samples], 1 - quantile, confidence)
    return None if mirrored is None else -mirrored


def samples_needed_above(quantile: float, confidence: float) -> int:
    """How many samples it takes before even the largest of them bounds the quantile from above."""
    return samples_needed(1 - quantile, confidence)


def tail_rank(count: int, share: float) -> int:
    """The rank, counted from the bad end, that leaves `share` of `count` values at or beyond it; at least 1."""
    return max(1, math.ceil(round(count * share, 9)))


def _hold_inside(quantile: float, confidence: float) -> None:
    if not (0 < quantile < 1 and 0 < confidence < 1):
        raise ValueError(f"quantile {quantile} and confidence {confidence} must lie between 0 and 1")
