"""What a school's machines will have measured of the line by a day to come, if all goes on as it has. Pure.

Each school day is like the same weekday a week before, or like the last day that was measured where that one was not,
or was the first of all, which may not have been whole, or today: the same machines measure at the same times what they
did then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import msgspec

from collector.facts.catalogue import LOADING_THE_LINE
from collector.readiness.assessment.assessment import OF_THE_LINE, Assessment
from collector.readiness.domain.model import Observation
from collector.readiness.domain.school_days import LESSON_HOURS, SCHOOL_TIME
from collector.readiness.domain.strands import Strands, strands_of
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.line.claim import OfWeek, hours_of_week, speaks_of

WEEK = timedelta(days=7)
AS_BEFORE = timedelta(days=14)
"""Days further back say nothing of the ones to come."""
MOST_DAYS = 10


def days_ahead(case: Assessment) -> list[datetime]:
    """When the day's measuring is over, on the school days before the sitting, the next ones first."""
    found, day = list[datetime](), _local_day(case.now)
    last = max(LESSON_HOURS.stop, *(hour + 1 for _, hour in _own_hours(case)))
    while len(found) < MOST_DAYS and (at := _end_of(day, last)) < case.occasion.begins_at:
        if case.observed.school_days.holds(day) and at > case.now:
            found.append(at)
        day += timedelta(days=1)
    return found


def measuring(case: Assessment) -> int:
    """How many machines measured the line lately."""
    return len({one.device_id for one in _lately(case.line_observed, _own_hours(case))})


def as_of(case: Assessment, at: datetime) -> Assessment:
    """What will be known at that time."""
    index, own = case.line_observed, case.observed
    more = promised(index, at, _own_hours(case))
    by_probe = {
        probe: Strands([*strands_of(index.by_probe.get(probe, [])), *strands_of(more.get(probe, []))])
        for probe in OF_THE_LINE
    }
    loads = [
        msgspec.structs.replace(load, at=load.at + WEEK * weeks)
        for weeks in (1, 2)
        for load in index.uplink
        if index.now - WEEK < load.at and index.now < load.at + WEEK * weeks <= at
    ]
    line = replace(index, now=at, by_probe={**index.by_probe, **by_probe}, uplink=[*index.uplink, *loads])
    return replace(case, observed=replace(own, now=at), line_observed=line, _lines={})


def promised(
    index: EvidenceIndex, until: datetime, own: Collection[OfWeek] = frozenset()
) -> Mapping[str, list[Observation]]:
    """The observations to come, by probe, of those that say anything of a sitting in its `own` hours of the week."""
    by_day: dict[date, list[Observation]] = defaultdict(list)
    for one in _lately(index, own):
        by_day[_local_day(one.last_at)].append(one)
    for cut in (_local_day(index.now), min(by_day, default=None)):  # today is not over; in the first day they came
        if cut in by_day and len(by_day) > 1:
            del by_day[cut]
    found: dict[str, list[Observation]] = defaultdict(list)
    for day in _school_days(index, until):
        model = day - WEEK if day - WEEK in by_day else max(by_day, default=None)
        for one in by_day[model] if model is not None else ():
            later = _on_day(one, day)
            if index.now < later.last_at <= until:
                found[one.probe].append(later)
    return found


def _own_hours(case: Assessment) -> frozenset[OfWeek]:
    return hours_of_week(case.occasion.begins_at, case.occasion.ends_at)


def _lately(index: EvidenceIndex, own: Collection[OfWeek]) -> Sequence[Observation]:
    """What loaded the line in lessons, or at these hours."""
    return [
        one
        for probe in LOADING_THE_LINE
        for one in index.by_probe.get(probe, [])
        if one.status == "ok" and one.last_at > index.now - AS_BEFORE and speaks_of(one.last_at, own, index.school_days)
    ]


def _school_days(index: EvidenceIndex, until: datetime) -> Iterator[date]:
    day = _local_day(index.now)
    while day <= _local_day(until):
        if index.school_days.holds(day):
            yield day
        day += timedelta(days=1)


def _on_day(one: Observation, day: date) -> Observation:
    """The same at the same clock time of another day."""
    local = one.last_at.astimezone(SCHOOL_TIME)
    at = datetime.combine(day, local.time(), tzinfo=SCHOOL_TIME).astimezone(one.last_at.tzinfo)
    return msgspec.structs.replace(one, first_at=at, last_at=at, received_at=None, count=1)


def _local_day(at: datetime) -> date:
    return at.astimezone(SCHOOL_TIME).date()


def _end_of(day: date, hour: int) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SCHOOL_TIME) + timedelta(hours=hour)
