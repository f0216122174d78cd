"""What the rest of a school takes of its line, by the counters of its uplink: the 95th percentile of the same weekday
and hour as the sitting, school days only, or of that hour on any school day while the weekday was not counted often
enough. Where too little was counted there is none, and it says why.

A quantile of few samples is a guess: what counts is its upper confidence bound. Samples are the busiest load in each
five minutes: minutes that follow each other say nearly the same, and would count as more certainty than there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from agent.protocol.quantiles import lower_bound, samples_needed_above, upper_bound
from collector.facts.catalogue import LOADING_THE_LINE
from collector.readiness.domain.model import Figure, Observation, Profile
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.line.samples import OthersBeside, RateInterval
from collector.readiness.line.series import Direction, FullTest, Series, full_test, rehearsal_of, tests_of

BLOCK_S = 300
HOUR = timedelta(hours=1)

BackgroundDoubt = Literal["no_rule", "no_gear", "stale", "too_few", "no_test_seen", "other_line"]
"""Why the background is not measured: the profile has no figures for it; network.yaml names no uplink of the school; it
was not read lately; too few samples; no test of the line ran while it was read, so nobody knows whether it is the line;
or most tests did not show in its counters, so it is not.
"""


@dataclass(frozen=True)
class Background:
    """The upper bound in Mbit/s, or why there is none. `samples` are those of the scantiest hour, of `needed`. `least`
    is the lower bound of the same: it is no less than that.
    """

    mbit_s: float | None
    doubt: BackgroundDoubt | None
    samples: int = 0
    needed: int = 0
    days: int = 0
    newest_at: datetime | None = None
    least: float = 0.0


@dataclass(frozen=True)
class UplinkBackground:
    """The uplink of a school in one direction, as far as a sitting's judgement needs it."""

    observed: EvidenceIndex
    profile: Profile
    direction: Direction

    @cached_property
    def series(self) -> Series:
        """What the line carried."""
        return Series(self.observed.uplink, self.direction)

    @cached_property
    def tests(self) -> list[FullTest]:
        """Every full test that is known of, rehearsals among them: what they moved is no background."""
        runs = (run for probe in LOADING_THE_LINE for run in self.observed.by_probe.get(probe, []))
        tests = [*tests_of(list(runs), self.direction), *(rehearsal_of(one) for one in self.observed.rehearsals)]
        return sorted(tests, key=lambda test: test.begins_at)

    def beside(self, run: Observation, at: datetime) -> OthersBeside:
        """What others took of the line while that run went on, and about then, as far as it was counted."""
        test = full_test(run, at, self.direction)
        taken = self.series.taken_beside(test)
        return OthersBeside(self.series.beside(test), None if taken is None else RateInterval(*taken))

    def background(self, begins_at: datetime, ends_at: datetime) -> Background:
        """What the rest of the school takes while a sitting goes on, from when until when."""
        quantile, days = self.profile.capacity.background_quantile, self.profile.evidence.background_days
        if quantile is None or days is None:
            return Background(None, "no_rule")
        needed = samples_needed_above(quantile.value, self.profile.capacity.confidence.value)
        doubt = self._doubt()
        if doubt is not None:
            return Background(None, doubt, needed=needed)
        hours = [self._enough(hour, days, needed) for hour in _hours(begins_at, ends_at)]
        scantiest = min(hours, key=len)
        newest = self.observed.uplink[-1].at
        told = Background(None, "too_few", len(scantiest), needed, len({day for day, _ in scantiest}), newest)
        bounds = [
            upper_bound([rate for _, rate in samples], quantile.value, self.profile.capacity.confidence.value)
            for samples in hours
        ]
        known = [bound for bound in bounds if bound is not None]
        if len(known) < len(bounds):
            return told
        least = [
            lower_bound([rate for _, rate in samples], quantile.value, self.profile.capacity.confidence.value) or 0.0
            for samples in hours
        ]
        return Background(max(known), None, told.samples, needed, told.days, newest, min(max(least), max(known)))

    def _doubt(self) -> BackgroundDoubt | None:
        """Why the counters say nothing of the line, whatever the hour."""
        loads = self.observed.uplink
        if not loads:
            return "no_gear" if not self.observed.uplink_ports else "too_few"
        if self.observed.now - loads[-1].at > timedelta(days=self.profile.evidence.line_days.value):
            return "stale"
        seen = [told for test in self.tests if (told := self.series.saw(test)) is not None]
        if not seen:
            return "no_test_seen"
        return None if 2 * sum(seen) > len(seen) else "other_line"

    def _enough(self, hour: datetime, days: Figure, needed: int) -> list[tuple[date, float]]:
        """Samples of that hour of the week; while there are too few, of that hour of all school days."""
        of_week = self._samples(hour, days, same_weekday=True)
        return of_week if len(of_week) >= needed else self._samples(hour, days, same_weekday=False)

    def _samples(self, hour: datetime, days: Figure, *, same_weekday: bool) -> list[tuple[date, float]]:
        """The busiest load of each five minutes in that hour, on school days of the last so many."""
        found: list[tuple[date, float]] = []
        for begins_at in _same_hours(hour, self.observed, days, same_weekday=same_weekday):
            loads = self.series.undisturbed(begins_at, begins_at + HOUR, self.tests)
            busiest: dict[int, float] = {}
            for load in loads:
                block = int(load.at.timestamp() - load.seconds / 2) // BLOCK_S
                busiest[block] = max(self.series.rate(load), busiest.get(block, 0.0))
            day = begins_at.astimezone(SCHOOL_TIME).date()
            found += [(day, rate) for rate in busiest.values()]
        return found


def _hours(begins_at: datetime, ends_at: datetime) -> list[datetime]:
    """The clock hours that a sitting touches, in local time."""
    first = begins_at.astimezone(SCHOOL_TIME).replace(minute=0, second=0, microsecond=0)
    return [hour for hours in range(12) if (hour := first + hours * HOUR) < ends_at]


def _same_hours(hour: datetime, observed: EvidenceIndex, days: Figure, *, same_weekday: bool) -> Iterator[datetime]:
    """The same hour, of the same weekday or of any, on the school days before now, as UTC."""
    today = observed.now.astimezone(SCHOOL_TIME).date()
    for back in range(int(days.value) + 1):
        day = today - timedelta(days=back)
        if (day.weekday() == hour.weekday() or not same_weekday) and observed.school_days.holds(day):
            begins_at = datetime.combine(day, time(hour.hour), tzinfo=SCHOOL_TIME).astimezone(UTC)
            if begins_at + HOUR <= observed.now:
                yield begins_at
