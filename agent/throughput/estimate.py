"""From a timeline to a rate and how sure it is. Pure; docs/throughput.md explains each step and names its sources."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt
from statistics import fmean, variance
from typing import NamedTuple

from agent.throughput.timeline import Timeline

SLICES_MAX = 60
BATCHES_MIN = 4
BATCHES_MAX = 12
LEAST_HALF_WIDTH_RATIO = 0.01
"""No interval is narrower than this: clocks, frames and shapers have a grain that repetition does not average out."""

UNSTABLE_RATIO = 0.25
"""With an interval wider than this on either side, the number says nothing."""

_CORRELATION_MIN, _CORRELATION_MAX = -0.3, 0.7
_STUDENT_T_975 = {3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228, 11: 2.201}
"""By degrees of freedom: the factor of a 95 % confidence interval."""


class Estimate(NamedTuple):
    """The rate of the steady part, from `steady_from_s` on. The interval is `mbit_s` give or take `half_width_mbit_s`.

    `settled`: whether a steady part was found; without, the rate was still on its way somewhere.
    """

    mbit_s: float
    half_width_mbit_s: float
    steady_from_s: float
    settled: bool

    def within(self, ratio: float) -> bool:
        """Whether the interval reaches at most `ratio` of the rate to either side."""
        return self.mbit_s > 0 and self.half_width_mbit_s <= ratio * self.mbit_s

    def with_more(self, mbit_s: float, grain_mbit_s: float) -> Estimate:
        """With what crossed the line uncounted. That is known roughly, so half of it makes the interval wider; and so
        does `grain_mbit_s`, by which segments that came at either end may have been counted or not.
        """
        half_width_mbit_s = max(self.half_width_mbit_s, grain_mbit_s) + mbit_s / 2
        return self._replace(mbit_s=self.mbit_s + mbit_s, half_width_mbit_s=half_width_mbit_s)


def estimate(timeline: Timeline, least_batch_s: float, to_s: float | None = None) -> Estimate | None:
    """The rate until `to_s` (default: the last mark), or None while too little has been seen to tell one.

    `least_batch_s` is how far apart two moments must lie to be independent: about one round trip.
    """
    from_s, to_s = timeline.start_s, timeline.end_s if to_s is None else to_s
    grain_s = max(timeline.resolution_s, (to_s - from_s) / SLICES_MAX)
    slices = int((to_s - from_s) / grain_s + 1e-6)
    if slices < BATCHES_MIN:
        return None
    left_out = warm_up(timeline.rates_mbit_s(from_s, to_s, slices))
    steady_from_s = from_s + left_out * (to_s - from_s) / slices
    batches = min(BATCHES_MAX, int((to_s - steady_from_s) / max(least_batch_s, timeline.resolution_s) + 1e-6))
    if batches < BATCHES_MIN:
        return None
    rates = timeline.rates_mbit_s(steady_from_s, to_s, batches)
    rate = fmean(rates)
    half_width = max(half_width_of(rates), LEAST_HALF_WIDTH_RATIO * rate)
    return Estimate(rate, half_width, steady_from_s, settled=left_out < slices // 2)


def warm_up(rates: list[float]) -> int:
    """How many slices at the beginning do not belong to the steady part, at most half (the MSER rule).

    It weighs what is gained by leaving out slices that differ against what is lost by having fewer.
    """
    best, best_score = 0, float("inf")
    count, total, squares = 0, 0.0, 0.0
    for place in range(len(rates) - 1, -1, -1):
        count, total, squares = count + 1, total + rates[place], squares + rates[place] ** 2
        if place <= len(rates) // 2:
            score = max(0.0, squares - total * total / count) / count**2
            if score <= best_score:
                best, best_score = place, score
    return best


def half_width_of(rates: list[float]) -> float:
    """Half the width of the 95 % confidence interval of the mean of batches.

    Widened where neighbours resemble each other, narrowed where one makes up for what the one before it lacked (TCP
    hands over late what it held back for a lost packet), widened where the second half differs from the first.
    """
    mean, spread = fmean(rates), variance(rates)
    if spread == 0:
        return 0.0
    together = fmean((one - mean) * (next_ - mean) for one, next_ in pairwise(rates))
    correlation = min(_CORRELATION_MAX, max(_CORRELATION_MIN, together / spread))
    random_part = _STUDENT_T_975[len(rates) - 1] * sqrt(spread / len(rates) * (1 + correlation) / (1 - correlation))
    half = len(rates) // 2
    return max(random_part, abs(fmean(rates[:half]) - fmean(rates[-half:])) / 2)
