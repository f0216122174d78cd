"""What rehearsals at a sitting's own hours say of the line, beside the runs of single machines. Pure.

What was carried at once, while nobody else was worse off, the line can give: a run that fills the line may have pushed
others aside, pupils who got what they need have not. How often it can, and how it swings within a sitting, is still
said by hours and runs. A rehearsal on a day that was kinder than usual, or before the line got worse, counts for so
much less; one that went badly stands until a newer one, or all runs since, come to more.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import inf
from statistics import fmean, median

from collector.readiness.domain.school_days import SCHOOL_TIME, SchoolDays
from collector.readiness.line.background import UplinkBackground
from collector.readiness.line.claim import LineClaim, LineInterval, OfWeek, half_hours, hours_of_week, speaks_of
from collector.readiness.line.free import Others
from collector.readiness.line.samples import LineSample
from collector.readiness.line.swing import LEAST_FREEDOM, STRETCH_MINUTES, Swing, swing, swings_below
from collector.readiness.rehearsal.bounds import RehearsedBounds
from collector.readiness.rehearsal.parts import is_recent
from collector.readiness.rehearsal.totals import LineRehearsed

STRETCH, HOUR, LEAST = timedelta(minutes=STRETCH_MINUTES), timedelta(hours=1), timedelta(minutes=1)
SAY_NOTHING = LineInterval(None, inf)
NEAREST = 3
"""So many runs of the day show how the line was on it."""
BY_FULL_LINE = 0.7
"""A run that got this share of what a line gave when it was full, and more, was ended by the line and not by its own
machine."""


@dataclass(frozen=True)
class RehearsedLine:
    """`held`, oldest first, beside what `claim` says of all hours. `runs` are all runs as they were, before anything
    was taken off for others. `alive` are the hours in which something was reached, of those that speak of the sitting.
    """

    held: Sequence[LineRehearsed]
    claim: LineClaim
    runs: Sequence[LineSample]
    alive: frozenset[datetime]
    uplink: UplinkBackground
    others: Others
    now: datetime

    @cached_property
    def interval(self) -> LineInterval:
        """What is left for the sitting for certain and at most, by rehearsals; None and inf where they do not say."""
        if not self.held:
            return SAY_NOTHING
        own = [self._at(hour) for hour in sorted(self.claim.own)]
        least, most = min(one.least for one in own), min(one.most for one in own)
        return LineInterval(self._often(least) if least > 0 else None, most)

    def _at(self, hour: OfWeek) -> RehearsedBounds:
        """All that were held in that hour of the week, the newest first."""
        found = RehearsedBounds()
        for one in self.held:
            if hour in hours_covered(one, self.claim.own, self._days):
                # What once harmed nobody and now does, does no more.
                before = found._replace(least=min(found.least, one.least)) if one.is_full else found
                found = before.then(RehearsedBounds(self._carried(one), self._limit(one)))
        return found

    def _often(self, rate: float) -> float | None:
        """The highest rate up to that one which is carried often enough, by hours."""
        claim = self.claim
        newest = max([*self.alive, *(one.begins_at for one in claim.hours), self.held[-1].ends_at])
        rule = self.uplink.profile.evidence
        is_new = self._days.is_new(newest, self.now, rule.newest_days.value, rule.line_days.value)
        if not is_new or not half_hours(claim.begins_at, claim.ends_at) <= claim.alive:
            return None
        lower = {one.most for hour in claim.hours for one in hour.runs if 0 < one.most < rate}
        tried = sorted({rate, *lower}, reverse=True)
        return next((one for one in tried if not claim.speaks_against(one, self.alive)), None)

    def _limit(self, one: LineRehearsed) -> float:
        """What it was at most, with what those of the sitting who stayed away may have taken of it; unless all runs
        since come to more than those of that day.
        """
        near, since = self._near(one), self._since(one)
        is_better = len(since) >= NEAREST and bool(near) and min(since) > max(near)
        return inf if is_better else one.most + self.others.freed_by_sitters

    def _carried(self, one: LineRehearsed) -> float:
        """What it shows for certain of the sitting to come, in Mbit/s: by the counters, by how runs swing, or as if
        others took nothing then, and take all that people may at the sitting.
        """
        stands = is_recent(one.ends_at, self.now, self._days, self.uplink.profile.evidence.rehearsal_days.value)
        if not (stands and one.is_free):
            return 0.0
        by_people = max(0.0, one.least - self.others.may_take)
        is_known = bool(self._near(one)) and self._swing.freedom >= LEAST_FREEDOM
        return max(self._by_counters(one), self._by_runs(one), by_people) if is_known else by_people

    def _by_counters(self, one: LineRehearsed) -> float:
        """What it got, and what others moved beside it, less what they move at the sitting's hour at most."""
        beside = self.uplink.series.least_beside(one.begins_at, one.ends_at, one.asked)
        if beside is None or self.others.background.mbit_s is None:
            return 0.0
        return max(0.0, self._worse_since(one, one.least + beside) - self.others.background.mbit_s)

    def _by_runs(self, one: LineRehearsed) -> float:
        """What was carried, and no more than leaves the sitting's stretches that count enough without the margin: by
        those that it was carried in, by them and what runs of other days got at that hour, half and half, or by runs.
        """
        level, stretches = self._worse_since(one, one.least), max(1, int((one.ends_at - one.begins_at) / STRETCH))
        free = [self._in_all_stretches(level, stretches)]
        if len(self._at_its_hours) >= LEAST_FREEDOM:
            usual = self.others.free(fmean(self._at_its_hours) * self.claim.heading.unkind, self._connections)
            both = 4 / (1 / stretches + 1 / len(self._at_its_hours))
            free.append(self._in_all_stretches((level + usual) / 2, both))
        return max(0.0, min(level, max(self.claim.margin * max(free), self.claim.dip)))

    def _in_all_stretches(self, level: float, stretches: float) -> float:
        """What is left in all stretches of the sitting that count, where so many together show that level."""
        minutes = (self.claim.ends_at - self.claim.begins_at) / timedelta(minutes=1)
        below = swings_below(stretches, self._swing.freedom, minutes, self.claim.bad_share)
        return self.others.free_after(level, self._swing.share * self._mean * below, self._connections)

    @cached_property
    def _at_its_hours(self) -> list[float]:
        """What runs got at the sitting's hours of the day."""
        clock = {hour for _, hour in self.claim.own}
        return [run.least for run in self._known if run.at.astimezone(SCHOOL_TIME).hour in clock]

    def _worse_since(self, one: LineRehearsed, rate: float) -> float:
        """The rate, less what that day was certainly better than others, or than it has been since."""
        near, since = self._near(one), self._since(one)
        chance = self._swing.share * math.sqrt(1 / len(near) + 1 / len(since or self._known))
        kinder = max(0.0, fmean(near) - min(1.0, fmean(since or [1.0])) - chance)
        return (rate - kinder * self._mean / (1 - self._gave_way)) * self.claim.heading.unkind

    @cached_property
    def _swing(self) -> Swing:
        return swing(self._known)

    @property
    def _days(self) -> SchoolDays:
        return self.uplink.observed.school_days

    @cached_property
    def _mean(self) -> float:
        """What runs get in the mean."""
        return fmean(run.least for run in self._known)

    @property
    def _gave_way(self) -> float:
        return min(0.99, self.others.gave_way_share)

    @cached_property
    def _connections(self) -> int:
        return max(run.connections for run in self._known)

    @cached_property
    def _known(self) -> list[LineSample]:
        """Runs at its kind of hour that the line ended, and not their own machine: they show how it swings."""
        full = min((one.least for one in self.held if one.is_full), default=inf)
        runs = (one for one in self.runs if one.least > 0 and speaks_of(one.at, self.claim.own, self._days))
        return [one for one in runs if one.least >= full or (not one.held_back and _is_by_line(one, full))]

    @cached_property
    def _usual(self) -> dict[int, float]:
        """By hour of the day, what runs mostly got."""
        by_hour: dict[int, list[float]] = {}
        for one in self._known:
            by_hour.setdefault(one.at.astimezone(SCHOOL_TIME).hour, []).append(one.least)
        return {hour: median(rates) for hour, rates in by_hour.items()}

    def _level(self, one: LineSample) -> float:
        """What a run got of what runs mostly get at that hour."""
        return one.least / self._usual[one.at.astimezone(SCHOOL_TIME).hour]

    def _near(self, one: LineRehearsed) -> list[float]:
        """The levels of the runs next to it, on the same day."""
        day = one.begins_at.astimezone(SCHOOL_TIME).date()
        same = [run for run in self._known if run.at.astimezone(SCHOOL_TIME).date() == day]
        return [self._level(run) for run in sorted(same, key=lambda run: abs(run.at - one.begins_at))[:NEAREST]]

    def _since(self, one: LineRehearsed) -> list[float]:
        return [self._level(run) for run in self._known if run.at > one.ends_at]


def _is_by_line(one: LineSample, full: float) -> bool:
    return one.most < inf or one.least >= BY_FULL_LINE * full


def hours_covered(one: LineRehearsed, own: Collection[OfWeek], days: SchoolDays) -> frozenset[OfWeek]:
    """The hours of the week, on a school day or a sitting's `own`, of which it went on for a minute or more. One
    outside lessons was held beside what goes on then, so it tells of that hour what single runs can not.
    """
    found = set[OfWeek]()
    hour = one.begins_at.astimezone(SCHOOL_TIME).replace(minute=0, second=0, microsecond=0)
    while hour < one.ends_at:
        counts = days.holds(hour.date()) or speaks_of(hour, own, days)
        if counts and min(one.ends_at, hour + HOUR) - max(one.begins_at, hour) >= LEAST:
            found |= hours_of_week(hour, hour + HOUR)
        hour += HOUR
    return frozenset(found)


def clock_hours(times: Iterable[datetime]) -> frozenset[datetime]:
    """The hours by the local clock that these times lie in."""
    local = (at.astimezone(SCHOOL_TIME) for at in times)
    return frozenset(at.replace(minute=0, second=0, microsecond=0) for at in local)


def hours_like(hours: Iterable[datetime], own: Collection[OfWeek], days: SchoolDays) -> frozenset[datetime]:
    """Those of the hours that speak of a sitting in its `own` hours of the week."""
    return frozenset(at for at in hours if speaks_of(at, own, days))


def rehearsal_samples(held: Sequence[LineRehearsed], others: Others) -> list[LineSample]:
    """One for each hour that a rehearsal touched. One that went well says "at least"."""
    return [
        LineSample(at, "", _surely(one, held, others), one.most, held_back=one.most == inf)
        for one in held
        for at in sorted({one.begins_at, one.ends_at - timedelta(minutes=1)})
    ]


def _surely(one: LineRehearsed, held: Sequence[LineRehearsed], others: Others) -> float:
    """What was free for certain. Where others made room for it, as for a run, no more than what harmed nobody within
    the hour before.
    """
    if one.is_free:
        return one.least
    before = [other.least for other in held if other.is_free and other.ends_at <= one.begins_at <= other.ends_at + HOUR]
    return max(0.0, min(max(before, default=0.0), others.free(one.least)))


def together(near: LineInterval, rehearsed: LineInterval) -> LineInterval:
    """What runs and rehearsals say together: what a rehearsal carried is certain, and what one could not is no more.
    Where runs say less than it carried, nobody knows which of the two is right.
    """
    if rehearsed == SAY_NOTHING:
        return near
    told = [one for one in (near.least, rehearsed.least) if one is not None]
    least = min(max(told), near.most, rehearsed.most) if told else None
    return LineInterval(least, min(max(near.most, rehearsed.least or 0.0), rehearsed.most))
