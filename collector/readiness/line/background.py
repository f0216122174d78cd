"""What the rest of a school takes of its line, by the counters of its uplink: the 95th percentile of the same weekday
and hour as the sitting, school days only. Where too little was counted there is none, and it says why.

A quantile of few samples is a guess: what counts is its upper confidence bound. Samples are the busiest load in each
five minutes: minutes that follow each other say nearly the same, and would count as more certainty than there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from agent.protocol.quantiles import samples_needed_above, upper_bound
from collector.facts.catalogue import LOADING_THE_LINE
from collector.readiness.domain.model import Figure, Observation, Profile, Sitting
from collector.readiness.domain.school_days import SCHOOL_TIME, is_school_day
from collector.readiness.domain.sittings import starts_at
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.line.series import Direction, FullTest, Series, full_test, tests_of

BLOCK_S = 300
HOUR = timedelta(hours=1)

BackgroundDoubt = Literal["no_rule", "no_gear", "stale", "too_few", "no_test_seen", "other_line"]
"""Why the background is not measured: the profile has no figures for it; network.yaml names no uplink of the school; it
was not read lately; too few samples; no test of the line ran while it was read, so nobody knows whether it is the line;
or most tests did not show in its counters, so it is not.
"""


@dataclass(frozen=True)
class Background:
    """The bound in Mbit/s, or why there is none. `samples` are those of the scantiest hour, of `needed`."""

    mbit_s: float | None
    doubt: BackgroundDoubt | None
    samples: int = 0
    needed: int = 0
    days: int = 0
    newest_at: datetime | None = None


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
        """Every full test that is known of."""
        runs = (run for probe in LOADING_THE_LINE for run in self.observed.by_probe.get(probe, []))
        return tests_of(list(runs), self.direction)

    def beside(self, run: Observation, at: datetime) -> float:
        """What others took of the line while that run went on, in Mbit/s, at least."""
        return self.series.beside(full_test(run, at, self.direction))

    def background(self, sitting: Sitting) -> Background:
        """What the rest of the school takes while the sitting goes on."""
        quantile, days = self.profile.capacity.background_quantile, self.profile.evidence.background_days
        if quantile is None or days is None:
            return Background(None, "no_rule")
        needed = samples_needed_above(quantile.value, self.profile.capacity.confidence.value)
        doubt = self._doubt()
        if doubt is not None:
            return Background(None, doubt, needed=needed)
        hours = [self._samples(hour, days) for hour in _hours(sitting, self.observed.now)]
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
        return Background(max(known), None, told.samples, needed, told.days, newest)

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

    def _samples(self, hour: datetime, days: Figure) -> list[tuple[date, float]]:
        """The busiest load of each five minutes in that hour of the week, on school days of the last so many."""
        found: list[tuple[date, float]] = []
        for begins_at in _same_hours(hour, self.observed.now, days):
            loads = self.series.undisturbed(begins_at, begins_at + HOUR, self.tests)
            busiest: dict[int, float] = {}
            for load in loads:
                block = int(load.at.timestamp() - load.seconds / 2) // BLOCK_S
                busiest[block] = max(self.series.rate(load), busiest.get(block, 0.0))
            day = begins_at.astimezone(SCHOOL_TIME).date()
            found += [(day, rate) for rate in busiest.values()]
        return found


def _hours(sitting: Sitting, now: datetime) -> list[datetime]:
    """The clock hours that the sitting touches, in local time."""
    begins_at = starts_at(sitting, now).astimezone(SCHOOL_TIME)
    until = begins_at + timedelta(minutes=sitting.minutes)
    first = begins_at.replace(minute=0, second=0, microsecond=0)
    return [hour for hours in range(12) if (hour := first + hours * HOUR) < until]


def _same_hours(hour: datetime, now: datetime, days: Figure) -> Iterator[datetime]:
    """The same hour of the same weekday on the school days before now, as UTC."""
    today = now.astimezone(SCHOOL_TIME).date()
    for back in range(int(days.value) + 1):
        day = today - timedelta(days=back)
        if day.weekday() == hour.weekday() and is_school_day(day):
            begins_at = datetime.combine(day, time(hour.hour), tzinfo=SCHOOL_TIME).astimezone(UTC)
            if begins_at + HOUR <= now:
                yield begins_at
