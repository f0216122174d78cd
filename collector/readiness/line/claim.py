"""What a line carries, as an interval with a confidence: from hours in which it was measured. Pure.

An hour is one sample, as minutes that follow each other say nearly the same. It carries a rate if three of four of its
runs do; runs that their own machine held back below that rate have no say in it (a reduced sample, as the times of
people who left a study early: Kaplan and Meier 1958). A rate is carried for certain if the hours that carry it are so
many of all hours in lessons that the profile's share of bad hours is excluded with the profile's confidence, and if
neither the sitting's own hours nor the newest ones speak against it. It is not carried if that share is exceeded for
certain, in all hours, in the sitting's own or in the newest. Between the two nobody knows. Where it is heading, and how
deep it may dip within a sitting, is looked at as well (`swing`).

The tests are binomial and assume no distribution. More than one is made, so those of parts of the hours ask for ten
times the certainty before they condemn a line, and cast doubt at the profile's.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cached_property, lru_cache
from math import inf
from typing import Literal, NamedTuple

from agent.protocol.quantiles import lower_bound_rank, samples_needed
from collector.readiness.domain.school_days import LESSON_HOURS, SCHOOL_TIME, SchoolDays
from collector.readiness.domain.shares import chance_of_at_least
from collector.readiness.line.samples import LineSample
from collector.readiness.line.swing import Heading, heading, swing, worst_stretch

SATURDAY = 5
RUNS_THAT_CARRY = 0.75
PARTS = 10
"""What is asked of a part of the hours, more than of all of them."""

Doubt = Literal[
    "never", "held_back", "old", "few", "own_hour", "own_hour_bad", "newest_bad", "bad_hours", "falling", "swings"
]
"""Why a rate is not carried for certain: never measured in lessons; only by machines that can not carry so much
themselves; not lately; in too few hours; not at the sitting's hour; that hour, the newest hours, or too many of all
hours were bad; it gets worse from day to day; it dips too deep within an hour.
"""
OfWeek = tuple[int, int]
"""Weekday (Monday is 0) and hour of local time."""

HalfHour = tuple[int, bool]
"""An hour of local time, and whether it is its second half."""


class Carries(IntEnum):
    """Whether an hour carries a rate."""

    NO = 0
    MAYBE = 1
    YES = 2


class LineInterval(NamedTuple):
    """What a line carries in Mbit/s: `least` for certain (None: nothing is), `most` at most (inf: who knows)."""

    least: float | None
    most: float


@dataclass(frozen=True)
class MeasuredHour:
    """An hour of local time with the runs in it."""

    begins_at: datetime
    runs: Sequence[LineSample]

    @property
    def of_week(self) -> OfWeek:
        """Weekday and hour."""
        return self.begins_at.weekday(), self.begins_at.hour

    def carries(self, rate: float) -> Carries | None:
        """None where no run of it has a say."""
        says = [one for one in self.runs if not (one.held_back and one.least < rate)]
        if not says:
            return None
        if sum(one.least >= rate for one in says) >= RUNS_THAT_CARRY * len(says):
            return Carries.YES
        known = [one for one in says if one.least > 0 or one.most < inf]  # what may be anything mends nothing
        return Carries.MAYBE if sum(one.most >= rate for one in known) >= RUNS_THAT_CARRY * len(known) else Carries.NO

    @cached_property
    def carried(self) -> float:
        """The highest rate that it certainly carries, in Mbit/s."""
        return _reached((one.least for one in self.runs), len(self.runs))

    @cached_property
    def at_most(self) -> float | None:
        """Above it, it carries nothing; None where only machines that held themselves back say anything."""
        known = [one.most for one in self.runs if not one.held_back and (one.least > 0 or one.most < inf)]
        return _reached(known, len(known)) if known else None


def _reached(rates: Iterable[float], of: int) -> float:
    """What as many of the runs come to as must for an hour to carry it."""
    return sorted(rates, reverse=True)[math.ceil(RUNS_THAT_CARRY * of) - 1]


class Mend(NamedTuple):
    """From the hour that begins at `at` on, all carry `level` Mbit/s, and before it hardly any did."""

    at: datetime
    level: float


class Said(NamedTuple):
    """What an hour says of a rate."""

    begins_at: datetime
    of_week: OfWeek
    carries: Carries


@dataclass(frozen=True)
class LineClaim:
    """The hours in which a line was measured, oldest first, as they speak of a sitting from `begins_at` to `ends_at`:
    those in lessons, and its own. `is_new`: the newest of them is not too old to speak of today. The stretches of a
    sitting may lie below what hours carry, by no more than `margin` times. `alive` are the half hours of the day in
    which anything beyond the school was ever reached. `as_measured` are the same hours before anything was taken off
    for what others may take.
    """

    hours: Sequence[MeasuredHour]
    begins_at: datetime
    ends_at: datetime
    bad_share: float
    confidence: float
    margin: float
    is_new: bool
    alive: frozenset[HalfHour] = frozenset()
    as_measured: Sequence[MeasuredHour] = ()

    @property
    def needed(self) -> int:
        """How many hours it takes at least before anything is certain."""
        return samples_needed(self.bad_share, self.confidence)

    @cached_property
    def own(self) -> frozenset[OfWeek]:
        """The sitting's hours of the week."""
        return hours_of_week(self.begins_at, self.ends_at)

    @cached_property
    def interval(self) -> LineInterval:
        """The highest rate that is carried for certain, and the lowest that is not."""
        runs = [one for hour in self.hours for one in hour.runs]
        least = None if self.by_hours is None or not self.dip else min(self.by_hours, self.dip)
        # What an hour says changes at both ends of a run: beyond `least` it is no longer good, beyond `most` it is bad.
        ends = {end * self.heading.kind for one in runs for end in (one.least, one.most)}
        carried = _highest(ends, lambda rate: not self.is_refuted(rate)) or 0.0
        return LineInterval(least, carried if self.is_refuted(math.nextafter(carried, inf)) else inf)

    @cached_property
    def by_hours(self) -> float | None:
        """The highest rate in Mbit/s of which the hours leave no doubt; None where there is none."""
        leasts = {one.least * self.heading.unkind for hour in self.hours for one in hour.runs}
        return _highest(leasts, lambda rate: self._doubt_of_hours(rate / self.heading.unkind) is None)

    @cached_property
    def heading(self) -> Heading:
        """What the line will be at the sitting, as a share of what it was. Where others take more from day to day, what
        is left may seem steady, as the most that they take is taken off all runs alike: then the runs themselves tell.
        """
        left = heading(self._own_rates(lambda _: True, inf), self.begins_at)
        whole = heading(_rates(self.as_measured, inf), self.begins_at)
        return Heading(min(left.unkind, whole.unkind), left.kind)

    @cached_property
    def dip(self) -> float:
        """What hours must not be asked to carry more than, so that the stretches of the sitting are enough: by runs
        that the line ended, or where there are too few of them by all that carried what hours do.
        """
        carried = 0.0 if self.by_hours is None else self.by_hours / self.heading.unkind
        return max(self._dip(inf), self._dip(carried)) * self.margin * self.heading.unkind

    def _dip(self, carried: float) -> float:
        """By the sitting's weekday, by its hours of the day, and by all hours, whichever is least."""
        weekdays, clock = {weekday for weekday, _ in self.own}, {hour for _, hour in self.own}
        everything = self._own_rates(lambda _: True, carried)
        parts = [
            everything,
            self._own_rates(lambda of_week: of_week[0] in weekdays, carried),
            self._own_rates(lambda of_week: of_week[1] in clock, carried),
        ]
        about, minutes = swing(everything), (self.ends_at - self.begins_at) / MINUTE
        return min(worst_stretch(part, about, minutes, self.bad_share) for part in parts if part or part is parts[0])

    def doubt(self, rate: float) -> Doubt | None:
        """Why the rate is not carried for certain; None where it is."""
        if not self.hours:
            return "never"
        asked = rate / self.heading.unkind if self.heading.unkind > 0 else inf
        found = self._doubt_of_hours(asked)
        if found is not None and self.heading.unkind < 1 and self._doubt_of_hours(rate) is None:
            return "falling"
        return found or ("swings" if rate > self.dip else None)

    def _doubt_of_hours(self, rate: float) -> Doubt | None:
        said = self._said(rate)
        if not said or not self.is_new:
            return "old" if said else "held_back"
        if not self._is_sure(said):
            return "few" if len(said) < self.needed else "bad_hours"
        return self._doubt_of_parts(said)

    def _doubt_of_parts(self, said: Sequence[Said]) -> Doubt | None:
        """Whether the sitting's own hours, or the newest, speak against what all hours together say."""
        own = [one.carries for one in said if one.of_week in self.own]
        if Carries.YES not in own:
            return "own_hour_bad" if own else "own_hour"
        if not half_hours(self.begins_at, self.ends_at) <= self.alive:
            return "own_hour"
        bad = [one.carries is not Carries.YES for one in said]
        if any(_is_odd(part, self.bad_share, 1 - self.confidence) for part in self._own_parts(said, bad)):
            return "own_hour_bad"
        is_step = any(_is_odd(part, self.bad_share, 1 - self.confidence) for part in _newest(bad))
        return "newest_bad" if is_step else None

    def is_refuted(self, rate: float) -> bool:
        """Whether it is certain that the rate is not carried: by all hours since anything was mended, unless none of
        the bad ones is of the sitting's weekday, or of its hour of the day; or by the sitting's own, or the newest.
        """
        asked = rate / self.heading.kind
        mended_at = next((one.at for one in self._mends if one.level >= asked), None)
        said = [one for one in self._said(asked) if mended_at is None or one.begins_at >= mended_at]
        bad = [one.carries is Carries.NO for one in said]
        parts = self._own_parts(said, bad)
        if _is_odd(bad, self.bad_share, 1 - self.confidence) and not any(map(_is_clean, parts)):
            return True
        ours = [] if any(map(_is_clean, parts)) else parts
        chance = (1 - self.confidence) / PARTS
        return any(_is_odd(part, self.bad_share, chance) for part in (*ours, *_newest(bad)))

    def speaks_against(self, rate: float, alive: Collection[datetime]) -> bool:
        """Whether it is not sure that the rate, which was seen to be carried at the sitting's own hours, is so often
        enough: of all hours in which anything is known of the line (in those `alive` something was reached), too many
        are certainly worse (of a few hours any), or those of the sitting, or the newest.
        """
        every = dict.fromkeys(alive, Carries.MAYBE)
        for hour in self.hours:
            carries = hour.carries(rate)
            every[hour.begins_at] = Carries.MAYBE if carries is None else carries
        said = [Said(at, (at.weekday(), at.hour), carries) for at, carries in sorted(every.items())]
        bad = [one.carries is Carries.NO for one in said]
        allowed = (_bound_rank(len(said), self.bad_share, self.confidence) or 1) - 1
        parts = (*self._own_parts(said, bad), *_newest(bad))
        is_odd = any(_is_odd(part, self.bad_share, 1 - self.confidence) for part in parts)
        return sum(bad) > allowed or is_odd or self.is_refuted(rate)

    def _said(self, rate: float) -> list[Said]:
        answers = ((hour, hour.carries(rate)) for hour in self.hours)
        return [Said(hour.begins_at, hour.of_week, carries) for hour, carries in answers if carries is not None]

    @cached_property
    def _mends(self) -> list[Mend]:
        """Since when the line may have been mended, the longest ago first: from an hour on all carry a level at which
        those before were so bad that so many good ones in a row would hardly come, were all as it was.
        """
        found, level = list[Mend](), inf
        says = [(hour, hour.at_most) for hour in self.hours if hour.at_most is not None]
        for good in range(1, len(says)):
            level = min(level, says[-good][0].carried)
            if level <= 0:
                break
            before = [most < level for _, most in says[-good - LONGEST_STEP : -good]]
            if any(before) and (1 - sum(before) / len(before)) ** good <= WAS_MENDED:
                found.append(Mend(says[-good][0].begins_at, level))
        return found[::-1]

    def _is_sure(self, said: Sequence[Said]) -> bool:
        rank = _bound_rank(len(said), self.bad_share, self.confidence)
        return rank is not None and sum(one.carries is not Carries.YES for one in said) < rank

    def _own_parts(self, said: Sequence[Said], bad: Sequence[bool]) -> list[list[bool]]:
        """The sitting's hours of the day on any weekday, each by itself; its weekday; its hours of the week."""
        weekdays = {weekday for weekday, _ in self.own}
        by_hour = {hour: list[bool]() for _, hour in self.own}
        of_day, own = list[bool](), list[bool]()
        for (_, of_week, _), is_bad in zip(said, bad, strict=True):
            if of_week[1] in by_hour:
                by_hour[of_week[1]].append(is_bad)
            if of_week[0] in weekdays:
                of_day.append(is_bad)
            if of_week in self.own:
                own.append(is_bad)
        return [*by_hour.values(), of_day, own]

    def _own_rates(self, wanted: Callable[[OfWeek], bool], carried: float) -> list[LineSample]:
        return _rates((hour for hour in self.hours if wanted(hour.of_week)), carried)


def _rates(hours: Iterable[MeasuredHour], carried: float) -> list[LineSample]:
    """Runs that gave a number which their own machine did not hold back, or not below what is `carried`."""
    return [one for hour in hours for one in hour.runs if one.least > 0 and (one.least >= carried or not one.held_back)]


CLEAN_FROM = 3
"""So many hours without a bad one, and it is another time that is bad."""
WAS_MENDED = 0.05


def _is_clean(bad: Sequence[bool]) -> bool:
    return len(bad) >= CLEAN_FROM and not any(bad)


_bound_rank = lru_cache(maxsize=4_096)(lower_bound_rank)
_tail = lru_cache(maxsize=65_536)(chance_of_at_least)


def _highest(rates: Iterable[float], holds: Callable[[float], bool]) -> float | None:
    """The highest of the rates for which it holds; what holds for a rate holds for all below it."""
    ordered = sorted(rate for rate in rates if 0 < rate < inf)
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        if holds(ordered[middle]):
            low = middle + 1
        else:
            high = middle
    return ordered[low - 1] if low else None


def _newest(bad: Sequence[bool]) -> list[Sequence[bool]]:
    """The newest hours from each bad one on, as far as a step may lie: a change is looked for at all of them."""
    return [bad[start:] for start in range(max(0, len(bad) - LONGEST_STEP), len(bad)) if bad[start]]


LONGEST_STEP = 40
"""Hours: a week of lessons. What has lasted longer shows in all hours."""


def _is_odd(bad: Sequence[bool], share: float, chance: float) -> bool:
    """Whether so many bad ones of so many come by no more than that chance, where a share of all are bad."""
    count = sum(bad)
    return count > 0 and _tail(count, len(bad), share) <= chance + 1e-9


def measured_hours(samples: Iterable[LineSample], own: Collection[OfWeek], days: SchoolDays) -> list[MeasuredHour]:
    """The hours that speak of a sitting in its `own` hours of the week, oldest first."""
    by_hour: dict[datetime, list[LineSample]] = defaultdict(list)
    for one in samples:
        if speaks_of(one.at, own, days):
            local = one.at.astimezone(SCHOOL_TIME)
            by_hour[local.replace(minute=0, second=0, microsecond=0)].append(one)
    return [MeasuredHour(begins_at, runs) for begins_at, runs in sorted(by_hour.items())]


def speaks_of(at: datetime, own: Collection[OfWeek], days: SchoolDays) -> bool:
    """Whether what is measured then says anything of a sitting in its `own` hours of the week: in lessons, and for one
    outside them at its hours of the day too. What was measured at other times says nothing of a school day.
    """
    local = at.astimezone(SCHOOL_TIME)
    if local.weekday() >= SATURDAY:
        return (local.weekday(), local.hour) in own
    is_its_hour = local.hour in LESSON_HOURS or any(hour == local.hour for _, hour in own)
    return is_its_hour and days.holds(local.date())


def hours_of_week(begins_at: datetime, ends_at: datetime) -> frozenset[OfWeek]:
    """The hours of the week that a stretch of time touches, in local time."""
    first = begins_at.astimezone(SCHOOL_TIME).replace(minute=0, second=0, microsecond=0)
    hours = range(math.ceil((ends_at - first) / timedelta(hours=1)))
    return frozenset((at.weekday(), at.hour) for at in (first + timedelta(hours=one) for one in hours))


def half_hours(begins_at: datetime, ends_at: datetime) -> frozenset[HalfHour]:
    """The half hours of the day that a stretch of time touches, in local time."""
    count = math.ceil((ends_at - begins_at) / HALF_HOUR)
    return frozenset(half_hour(min(begins_at + one * HALF_HOUR, ends_at - MINUTE)) for one in range(count + 1))


def half_hour(at: datetime) -> HalfHour:
    """The half hour of the day that a time lies in."""
    local = at.astimezone(SCHOOL_TIME)
    return local.hour, local.minute >= HALF_HOUR / MINUTE


def half_hours_of_school(times: Iterable[datetime], days: SchoolDays) -> frozenset[HalfHour]:
    """Those that any of the times lie in; machines that are on in a weekend or a break show nothing of a Monday."""
    numbers = {int(at.timestamp()) // HALF_HOUR.seconds for at in times}  # thousands of results lie in the same few
    found = (datetime.fromtimestamp(number * HALF_HOUR.seconds, SCHOOL_TIME) for number in numbers)
    return frozenset(half_hour(at) for at in found if days.holds(at.date()))


HALF_HOUR, MINUTE = timedelta(minutes=30), timedelta(minutes=1)
