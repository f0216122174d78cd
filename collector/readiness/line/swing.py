"""How deep a line may dip within a sitting, and where it is heading. Pure.

Hours are samples of the line; a sitting lasts for many short stretches, and pupils feel the worst of them. How far runs
swing about what is usual at their hour is measured robustly (by the median of absolute deviations, so that a few bad
hours, which are counted elsewhere, do not blow it up), and the least of so many stretches to come is bounded from below
as by Student's t. Where days get worse one after the other, the line is judged as what it will be at the sitting.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from statistics import NormalDist, fmean, median
from typing import NamedTuple

from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.domain.shares import chance_of_at_least
from collector.readiness.line.samples import LineSample

STRETCH_MINUTES = 5
RISK = 0.01
"""The chance that the worst stretch of a sitting is below the bound."""
LEAST_SWING = 0.02
TO_NORMAL = 1.4826
"""Times the median of absolute deviations, and it is the standard deviation of a normal distribution."""
LEAST_RUNS = 4
LEAST_DAYS = 5
S_PER_DAY = 86_400
SURE_OF_SLOPE = 0.95


def swing(runs: Sequence[LineSample]) -> float:
    """How far runs lie about what is usual at their hour of the day, as a share of that: a standard deviation."""
    usual = {hour: median(found) for hour, found in _by(runs, _hour).items()}
    ratios = [one.least / usual[_hour(one)] for one in runs if usual[_hour(one)] > 0]
    if len(ratios) < LEAST_RUNS:
        return 1.0
    middle = median(ratios)
    return max(LEAST_SWING, TO_NORMAL * median(abs(ratio - middle) for ratio in ratios))


def worst_stretch(runs: Sequence[LineSample], spread: float, of: int, minutes: float) -> float:
    """What the least of a sitting's stretches carries in Mbit/s, by these runs, which swing by `spread` (known from
    `of` runs).
    """
    count = len(runs)
    if not count or of <= LEAST_RUNS:
        return 0.0
    return max(0.0, fmean(one.least for one in runs) * (1 - spread * swings_below(count, of, minutes)))


def swings_below(count: int, of: int, minutes: float, bad_share: float = 0.0) -> float:
    """How many standard deviations, known from `of` samples, the least stretch of a sitting may lie below the mean of
    `count` samples; of all its stretches but that share.
    """
    stretches = max(1.0, minutes / STRETCH_MINUTES)
    below = RISK / stretches if bad_share * stretches < 1 else _chance_of_each(int(stretches), bad_share)
    return _student(1 - below, of - 1) * math.sqrt(1 + 1 / count)


@lru_cache(maxsize=256)
def _chance_of_each(stretches: int, bad_share: float) -> float:
    """How probable it may be that a stretch is below, so that more than that share of all are hardly ever."""
    low, high = 0.0, 0.5
    for _ in range(30):
        middle = (low + high) / 2
        is_too_likely = chance_of_at_least(int(stretches * bad_share) + 1, stretches, middle) > RISK
        low, high = (low, middle) if is_too_likely else (middle, high)
    return low


class Heading(NamedTuple):
    """What the line will be at a time to come, as a share of what runs say: at the unkind end, and at the kind one."""

    unkind: float
    kind: float


STEADY = Heading(1.0, 1.0)


def heading(runs: Sequence[LineSample], until: datetime) -> Heading:
    """Other than 1 only where the line certainly gets worse, or better, from day to day."""
    days = {day: median(found) for day, found in _by(runs, _day).items()}
    level = fmean(days.values()) if days else 0.0
    if len(days) < LEAST_DAYS or level <= 0:
        return STEADY
    times, rates = list(days), [rate / level for rate in days.values()]
    middle = fmean(times)
    spread = math.fsum((time - middle) ** 2 for time in times)
    slope = math.fsum((time - middle) * rate for time, rate in zip(times, rates, strict=True)) / spread
    misses = math.fsum((rate - 1 - slope * (time - middle)) ** 2 for time, rate in zip(times, rates, strict=True))
    unsure = math.sqrt(misses / (len(days) - 2) / spread) * _student(SURE_OF_SLOPE, len(days) - 2)
    ahead = until.timestamp() / S_PER_DAY - middle
    falls, rises = slope + unsure < 0, slope - unsure > 0
    unkind = max(0.0, 1 + (slope - unsure) * ahead) if falls else 1.0
    return Heading(unkind, 1 + (slope + unsure) * ahead if rises else 1.0)


def _student(chance: float, freedom: int) -> float:
    """The quantile of Student's t, by Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5)."""
    z = NormalDist().inv_cdf(chance)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / freedom + second / freedom**2


def _by(runs: Sequence[LineSample], key: Callable[[LineSample], int]) -> dict[int, list[float]]:
    found: dict[int, list[float]] = defaultdict(list)
    for one in runs:
        found[key(one)].append(one.least)
    return found


def _hour(one: LineSample) -> int:
    return one.at.astimezone(SCHOOL_TIME).hour


def _day(one: LineSample) -> int:
    return one.at.astimezone(SCHOOL_TIME).date().toordinal() - _EPOCH


_EPOCH = date(1970, 1, 1).toordinal()
