"""What some machines say of all: bounds on a share, by counting alone. Pure.

Of machines that nobody chose, the share that does is known within bounds (Clopper and Pearson). Where it is known how
many machines there are in all, what was not tried is what is left (a sample without putting back): then all of them
tried is the share itself. Each bound holds with the confidence asked for, by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_HALVINGS = 40
"""How often an interval is halved: to a millionth of a millionth."""


@dataclass(frozen=True)
class ShareBounds:
    """The share is at least `least` and at most `most`."""

    least: float
    most: float


@lru_cache(maxsize=8_192)
def share_bounds(good: int, tried: int, of: int | None, confidence: float) -> ShareBounds:
    """Bounds on the share of all machines, `of` in number (None: not known), of which `good` of `tried` were good.

    Raises ValueError for counts that can not be, or a confidence that is not strictly between 0 and 1.
    """
    if not 0 <= good <= tried or (of is not None and of < tried) or not 0 < confidence < 1:
        raise ValueError(f"{good} of {tried} tried of {of}, confidence {confidence}")
    if tried == 0:
        return ShareBounds(0.0, 1.0)
    doubt = 1 - confidence
    if of is None:
        return ShareBounds(_least(good, tried, doubt), 1 - _least(tried - good, tried, doubt))
    return ShareBounds(_fewest(good, tried, of, doubt) / of, 1 - _fewest(tried - good, tried, of, doubt) / of)


def _least(good: int, tried: int, doubt: float) -> float:
    """The smallest share by which so many good ones are not too much luck."""
    low, high = 0.0, good / tried
    for _ in range(_HALVINGS if good else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if chance_of_at_least(good, tried, middle) < doubt else (low, middle)
    return low


def chance_of_at_least(good: int, tried: int, share: float) -> float:
    """The probability of so many good ones or more among those that were tried, where that share of all are good (at
    least 0 and below 1).
    """
    if share <= 0:
        return float(good == 0)
    return _upwards(
        good,
        tried,
        lambda count: _log_ways(tried, count) + count * math.log(share) + (tried - count) * math.log1p(-share),
    )


def _fewest(good: int, tried: int, of: int, doubt: float) -> int:
    """The fewest good ones among all by which so many among those that were tried are not too much luck."""
    low, high = good, of - (tried - good)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _at_least_of(good, tried, middle, of) < doubt else (low, middle)
    return low


def _at_least_of(good: int, tried: int, good_of_all: int, of: int) -> float:
    all_ways = _log_ways(of, tried)
    return _upwards(
        max(good, tried - (of - good_of_all)),
        min(tried, good_of_all),
        lambda count: _log_ways(good_of_all, count) + _log_ways(of - good_of_all, tried - count) - all_ways,
    )


def _upwards(first: int, last: int, log_probability: Callable[[int], float]) -> float:
    return sum(math.exp(log_probability(count)) for count in range(first, last + 1))


def _log_ways(of: int, count: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(count + 1) - math.lgamma(of - count + 1)
