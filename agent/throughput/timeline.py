"""What had arrived until when: the raw material of an estimate. Pure."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from statistics import median
from typing import NamedTuple

MARK_S = 0.001
"""Arrivals closer together than this share a mark."""


class Timeline:
    """Bytes that had arrived in all (`totals`) at rising moments (`times_s`), from `start_s` on.

    `resolution_s` is how far its marks lie apart where a count is coarse; shorter spans say nothing of their own.
    Totals may be counted in something else than bytes, of which one carries `unit_bytes`.
    """

    def __init__(self, start_s: float, resolution_s: float = MARK_S) -> None:
        self.start_s = start_s
        self.resolution_s = resolution_s
        self.unit_bytes = 1.0
        self.times_s: list[float] = []
        self.totals: list[int] = []

    @property
    def total(self) -> int:
        """What has arrived so far, as it is counted."""
        return self.totals[-1] if self.totals else 0

    @property
    def end_s(self) -> float:
        """When the last bytes arrived."""
        return self.times_s[-1] if self.times_s else self.start_s

    def add(self, moment_s: float, total: int) -> None:
        """`total` bytes had arrived at `moment_s`; neither may fall."""
        if self.times_s and moment_s - self._mark_began_s < MARK_S:
            self.times_s[-1], self.totals[-1] = moment_s, total
        else:
            self._mark_began_s = moment_s
            self.times_s.append(moment_s)
            self.totals.append(total)

    _mark_began_s = 0.0

    def bytes_at(self, moment_s: float) -> float:
        """Bytes that had arrived at `moment_s`, by straight lines between the marks."""
        return self.unit_bytes * self._total_at(moment_s)

    def _total_at(self, moment_s: float) -> float:
        place = bisect_right(self.times_s, moment_s)
        before_s, before = (self.times_s[place - 1], self.totals[place - 1]) if place else (self.start_s, 0)
        if place == len(self.times_s):
            return before
        after_s, after = self.times_s[place], self.totals[place]
        if moment_s <= before_s or after_s <= before_s:
            return before
        return before + (after - before) * (moment_s - before_s) / (after_s - before_s)

    @property
    def mean_mbit_s(self) -> float:
        """The rate from beginning to end; 0 if nothing ever came."""
        return self.rates_mbit_s(self.start_s, self.end_s, 1)[0] if self.end_s > self.start_s else 0.0

    def rates_mbit_s(self, from_s: float, to_s: float, pieces: int) -> list[float]:
        """The rate in each of `pieces` equal parts of a span."""
        step_s = (to_s - from_s) / pieces
        counts = [self.bytes_at(from_s + n * step_s) for n in range(pieces + 1)]
        return [(later - earlier) * 8 / 1_000_000 / step_s for earlier, later in pairwise(counts)]


class Lane(NamedTuple):
    """One connection as its receiver counted it: `marks` are (moment in seconds, bytes in all). One clock for all."""

    start_s: float
    marks: list[tuple[float, int]]

    @property
    def end_s(self) -> float:
        """When its last bytes arrived."""
        return self.marks[-1][0]


def merged(lanes: list[Lane], span_s: tuple[float, float] | None = None) -> Timeline:
    """All lanes as one timeline, over the time in which all of them were active: stragglers are left out.

    Where it is known from when to when all of them were to carry data, `span_s`, in seconds after the first bytes of
    all, it is that time instead: a lane in which nothing came meanwhile then counts as one that got nothing.
    Its `end_s` is not after its `start_s` when they were never active at once.
    """
    singles = []
    for lane in lanes:
        single = Timeline(lane.start_s)
        single.times_s = [moment_s for moment_s, _ in lane.marks]
        single.totals = [total for _, total in lane.marks]
        singles.append(single)
    start_s, end_s = max(lane.start_s for lane in lanes), min(lane.end_s for lane in lanes)
    if span_s is not None:
        first_s = min(lane.start_s for lane in lanes)
        start_s, end_s = first_s + span_s[0], min(first_s + span_s[1], max(lane.end_s for lane in lanes))
    whole = Timeline(start_s, max(_spacing_s(lane) for lane in lanes))
    moments = sorted({moment_s for lane in lanes for moment_s, _ in lane.marks if start_s < moment_s <= end_s})
    before = sum(single.bytes_at(start_s) for single in singles)
    whole.times_s = moments
    whole.totals = [round(sum(single.bytes_at(moment_s) for single in singles) - before) for moment_s in moments]
    return whole


def _spacing_s(lane: Lane) -> float:
    moments = [lane.start_s, *(moment_s for moment_s, _ in lane.marks)]
    return max(MARK_S, median(later - earlier for earlier, later in pairwise(moments)))
