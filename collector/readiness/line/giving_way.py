"""What counters show of how far others give way to a run. Pure.

What others take and what a run gets are both known where the uplink is counted: where others take so much more, the run
gets that much less, but for what they give up for it. So the slope of the one over the other says which share they
keep. Runs are compared at the same hour of the day only, as a line that is slow in busy hours would look alike.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean

from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.line.samples import LineSample
from collector.readiness.line.swing import student

LEAST_FREEDOM = 8
"""So many comparisons, beside one for each hour of the day, before a slope says anything."""
SURE = 0.95
MOST_KEPT = 1.1
"""Of what others take they can not keep more than all. Where the slope says so, something else than they makes runs
slow; a tenth more comes of headers, and of stretches that are longer than a run.
"""


def gave_way_at_most(samples: Iterable[LineSample], assumed: float) -> float:
    """The share of what others take that they give up for a run, at most: what is `assumed`, unless counters show that
    it is less.
    """
    pairs = [
        (one.at.astimezone(SCHOOL_TIME).hour, (one.beside.taken.least + one.beside.taken.most) / 2, one.least)
        for one in samples
        if one.beside.taken is not None and one.least > 0 and not one.held_back
    ]
    kept = _kept_at_least(pairs)
    return assumed if kept is None else min(assumed, max(0.0, 1 - kept))


def _kept_at_least(pairs: Iterable[tuple[int, float, float]]) -> float | None:
    """The share that others keep at least, from what they took and what a run got, by hour; None: nobody knows."""
    by_hour: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for hour, taken, got in pairs:
        by_hour[hour].append((taken, got))
    off = [miss for group in by_hour.values() for miss in _off_usual(group)]
    freedom, spread = len(off) - len(by_hour) - 1, math.fsum(taken * taken for taken, _ in off)
    if freedom < LEAST_FREEDOM or spread <= 0:
        return None
    slope = math.fsum(taken * got for taken, got in off) / spread
    misses = math.fsum((got - slope * taken) ** 2 for taken, got in off)
    unsure = math.sqrt(misses / freedom / spread) * student(SURE, freedom)
    return None if -slope - unsure > MOST_KEPT else -slope - unsure


def _off_usual(group: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """How far each lies from the mean of its hour."""
    taken, got = fmean(one for one, _ in group), fmean(one for _, one in group)
    return [(one - taken, other - got) for one, other in group]
