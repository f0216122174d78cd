"""How deep a line may dip within a sitting, and where it is heading. Pure.

Hours are samples of the line; a sitting lasts for many short stretches, and pupils feel those of them that are bad: all
but the share that a line may be short of what is needed must do. How far runs swing about what is usual at their hour
is measured without the bad hours, which are counted elsewhere, and the stretches to come are bounded from below as by
Student's t. Where days get worse one after the other, the line is judged as what it will be at the sitting.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from statistics import NormalDist, fmean, median
from typing import NamedTuple

from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.line.samples import LineSample

STRETCH_MINUTES = 5
RISK = 0.01
"""The chance that more stretches of a sitting are below the bound than may be."""
LEAST_SWING = 0.02
TO_NORMAL = 1.4826
"""Times the median of absolute deviations, and it is the standard deviation of a normal distribution."""
BAD_FROM = 3.0
"""A run so many standard deviations from what is usual at its hour is a bad hour, or a good one, and no swing."""
BY_MEDIANS = 0.65
"""Of what as many comparisons tell of a standard deviation, so much is left where they are made with medians of a few,
and the farthest are left out (by simulation: `tests/unit/collector/readiness/line/test_swing.py`).
"""
MOST_TIMES = 1_000.0
"""What is usual may be next to nothing; a run is no more than so many times as much."""
LEAST_FREEDOM = 3
LEAST_DAYS = 5
S_PER_DAY = 86_400
SURE_OF_SLOPE, SURE_OF_EXTENT = 0.99, 0.95
"""How sure it must be that a line falls at all, as that is looked for in every line; and then by how much."""
SURE_BY_DAYS = 0.9
"""So sure days alone must be: runs of one day may be alike."""


class Swing(NamedTuple):
    """How far runs lie about what is usual at their hour of the day, as a share of that: a standard deviation, and how
    many independent comparisons it is known from.
    """

    share: float
    freedom: int


UNKNOWN = Swing(1.0, 0)


def swing(runs: Sequence[LineSample]) -> Swing:
    """By runs at the same hour of different days; where no hour was measured twice, all hours count as one, and their
    differences as swing. A few bad hours do not count.
    """
    same = [list(group) for group in _by(runs, _hour).values() if len(group) > 1]
    found = _swing_in(same)
    return found if found.freedom >= LEAST_FREEDOM else _swing_in([[one.least for one in runs]])


def _swing_in(groups: Sequence[Sequence[float]]) -> Swing:
    """Each run against the others of its group: as those are few, their median is off as well."""
    misses = [miss for group in groups for miss in _misses(group)]
    if not misses:
        return UNKNOWN
    limit = BAD_FROM * max(LEAST_SWING, TO_NORMAL * median(map(abs, misses)))
    kept = [miss for miss in misses if abs(miss) <= limit]
    share = math.sqrt(math.fsum(miss * miss for miss in kept) / len(kept))
    return Swing(max(LEAST_SWING, share), int(BY_MEDIANS * (len(kept) - len(groups))))


def _misses(group: Sequence[float]) -> Iterator[float]:
    """How far each lies from the median of the others, as a share of it."""
    if len(group) > 1:
        for place, rate in enumerate(group):
            usual = median([*group[:place], *group[place + 1 :]])
            if usual > 0:
                yield (rate / usual - 1) / math.sqrt(1 + 1 / (len(group) - 1))


def worst_stretch(runs: Sequence[LineSample], about: Swing, minutes: float, bad_share: float) -> float:
    """What all stretches of a sitting carry but that share, in Mbit/s, by these runs, which swing so."""
    if not runs or about.freedom < LEAST_FREEDOM:
        return 0.0
    below = about.share * swings_below(len(runs), about.freedom, minutes, bad_share)
    return max(0.0, fmean(one.least for one in runs) * (1 - below))


def swings_below(count: float, freedom: int, minutes: float, bad_share: float) -> float:
    """How many standard deviations, known from so many comparisons, a sitting's stretches may lie below the mean of
    `count` samples: all of them but that share.
    """
    stretches = max(1, math.ceil(minutes / STRETCH_MINUTES))
    return _deviations(freedom, stretches, int(stretches * bad_share) + 1) * math.sqrt(1 + 1 / count)


@lru_cache(maxsize=4_096)
def _deviations(freedom: int, stretches: int, too_many: int) -> float:
    """How many deviations below, so that too many stretches are lower in no more than `RISK` of all cases: that the
    deviation is not known but estimated is one error that all stretches share, so it is averaged over.
    """
    low, high = 0.0, MOST_DEVIATIONS
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if _chance_below(middle, freedom, stretches, too_many) <= RISK else (middle, high)
    return high


def _chance_below(deviations: float, freedom: int, stretches: int, too_many: int) -> float:
    """Averaged over what the true deviation may be, by Wilson and Hilferty's form of chi-squared."""
    curved, chance = 2 / (9 * freedom), 0.0
    for step in range(-STEPS, STEPS + 1):
        z = step * WIDEST / STEPS
        part = max(0.0, 1 - curved + z * math.sqrt(curved)) ** 1.5
        each = NORMAL.cdf(-deviations * part)
        few = math.fsum(
            math.comb(stretches, bad) * each**bad * (1 - each) ** (stretches - bad) for bad in range(too_many)
        )
        chance += NORMAL.pdf(z) * WIDEST / STEPS * (1 - few)
    return chance


NORMAL = NormalDist()
STEPS, WIDEST = 20, 4.0
"""Of the average: from four deviations of the estimate below to four above."""
MOST_DEVIATIONS = 50.0


class Heading(NamedTuple):
    """What the line will be at a time to come, as a share of what runs say: at the unkind end, and at the kind one."""

    unkind: float
    kind: float


STEADY = Heading(1.0, 1.0)


class Slope(NamedTuple):
    """What a line gains a day, as a share of what it gives; how unsure that is, and about which day it turns."""

    daily: float
    error: float
    freedom: int
    middle: float


def heading(runs: Sequence[LineSample], until: datetime) -> Heading:
    """Other than 1 only where the line certainly gets worse, or better, from day to day: by all runs, each against what
    is usual at its hour, and by days alone.
    """
    usual = {hour: median(found) for hour, found in _by(runs, _hour).items()}
    levels = [(_day(one), min(MOST_TIMES, one.least / usual[_hour(one)])) for one in runs if usual[_hour(one)] > 0]
    by_day: dict[int, list[float]] = defaultdict(list)
    for day, level in levels:
        by_day[day].append(level)
    if len(by_day) < LEAST_DAYS:
        return STEADY
    by_runs, by_days = _slope(levels), _slope([(day, median(found)) for day, found in by_day.items()])
    if not all(_is_sure(one, sure) for one, sure in ((by_runs, SURE_OF_SLOPE), (by_days, SURE_BY_DAYS))):
        return STEADY
    if by_runs.daily * by_days.daily <= 0:
        return STEADY
    ahead = until.timestamp() / S_PER_DAY - by_runs.middle
    unsure = by_runs.error * student(SURE_OF_EXTENT, by_runs.freedom)
    if by_runs.daily < 0:
        return Heading(max(0.0, 1 + (by_runs.daily - unsure) * ahead), 1.0)
    return Heading(1.0, 1 + (by_runs.daily + unsure) * ahead)


def _is_sure(slope: Slope, sure: float) -> bool:
    return abs(slope.daily) > slope.error * student(sure, slope.freedom)


def _slope(levels: Sequence[tuple[int, float]]) -> Slope:
    """By least squares."""
    times, rates = [float(day) for day, _ in levels], [level for _, level in levels]
    middle, level = fmean(times), fmean(rates)
    spread = math.fsum((time - middle) ** 2 for time in times)
    slope = math.fsum((time - middle) * rate for time, rate in zip(times, rates, strict=True)) / spread
    misses = math.fsum((rate - level - slope * (time - middle)) ** 2 for time, rate in zip(times, rates, strict=True))
    freedom = len(levels) - 2
    return Slope(slope, math.sqrt(misses / freedom / spread), freedom, middle)


def student(chance: float, freedom: int) -> float:
    """The quantile of Student's t, by Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5)."""
    z = NORMAL.inv_cdf(chance)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


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
