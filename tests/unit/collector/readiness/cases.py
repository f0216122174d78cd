"""Builders of evidence and requirements for the tests of the pure core: a test says only what matters to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import msgspec

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import (
    Bilingual,
    DeviceSeen,
    Evidence,
    Figure,
    Finding,
    Line,
    Observation,
    Operator,
    Profile,
    Release,
    Releases,
    Requirement,
    Room,
    School,
    Scope,
    Severity,
    Sitting,
    Standing,
    Trust,
    Verdict,
    YearGroup,
)
from collector.readiness.domain.school_days import in_lessons
from tests.support.judging import judge_alone
from tests.support.verdicts import profile as plain_profile

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
"""A Monday, 09:00 in Stockholm."""
SCHOOL = "10000001"
FRESH = NOW - timedelta(hours=1)
UNCHANGED: Mapping[str, float] = {}

RELEASES = Releases(
    as_of=date(2026, 11, 1),
    source="made for a test",
    products={
        "chrome": [
            Release("140", date(2026, 6, 2)),
            Release("141", date(2026, 7, 7)),
            Release("142", date(2026, 8, 4)),
            Release("143", date(2026, 9, 1)),
        ],
        "safari": [
            Release("18.0", date(2024, 9, 16)),
            Release("18.6", date(2025, 7, 29)),
            Release("26", date(2025, 9, 15)),
        ],
    },
)  # fmt: skip


def figure(value: float, unit: str = "") -> Figure:
    """A published number."""
    return Figure(value=value, unit=unit, source="made for a test", date=date(2026, 1, 1), trust=Trust.PUBLISHED)


def requirement(
    fact: str | list[str] = "device.memory_total_mib",
    operator: Operator = "at_least",
    value: FactValue | list[str] = 4096,
    *,
    named: str = "memory",
    applies_to: Scope = "device",
    unit: str = "MiB",
    severity: Severity = "required",
    at_risk_value: FactValue = None,
    depends_on: Sequence[str] = (),
) -> Requirement:
    """At least 4 GiB of memory, unless told otherwise."""
    return Requirement(
        id=named,
        title=Bilingual(sv=f"Krav {named}", en=f"Requirement {named}"),
        failing=Bilingual(sv=f"Krav {named} brister", en=f"Requirement {named} fails"),
        owner="school_it",
        applies_to=applies_to,
        fact=fact,
        operator=operator,
        value=value,
        unit=unit,
        severity=severity,
        remedy=Bilingual(sv="Åtgärda.", en="Mend it."),
        source="made for a test",
        date=date(2026, 1, 1),
        trust=Trust.ASSUMED,
        at_risk_value=at_risk_value,
        depends_on=list(depends_on),
    )


def on_school(
    fact: str, operator: Operator = "at_least", value: FactValue = 1.0, *, at_risk_value: FactValue = None
) -> Requirement:
    """A requirement on a derived fact, with the fact's name as its id."""
    return requirement(
        fact, operator, value, named=fact, applies_to="school", unit="ratio", at_risk_value=at_risk_value
    )


def profile(*requirements: Requirement, capacity: Mapping[str, float] = UNCHANGED) -> Profile:
    """The test profile with these requirements and with some capacity figures changed."""
    base = plain_profile()
    changed = {name: figure(value) for name, value in capacity.items()}
    return msgspec.structs.replace(
        base, requirements=list(requirements), capacity=msgspec.structs.replace(base.capacity, **changed)
    )


def school(*, pupils: int = 300, staff: int = 20, devices: int | None = None, simulated: bool = False) -> School:
    """A school of 300 pupils with three rooms and a line of 100/100."""
    return School(
        code=SCHOOL,
        name="Ekskolan",
        rooms=[Room("a1", 30, "Sal A1"), Room("a2", 30, "Sal A2"), Room("a3", 30)],
        year_groups=[YearGroup("9", 90), YearGroup("8", pupils - 90)] if pupils >= 90 else [YearGroup("9", pupils)],
        line=Line(100, 100),
        staff=staff,
        devices=devices,
        simulated=simulated,
    )


def sitting(*, pupils: int = 10, rooms: Sequence[str] = ("a1",), standing: Standing | None = None) -> Sitting:
    """Ten pupils in one room, on the Thursday after NOW."""
    start = None if standing else datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
    return Sitting("ek-9-ma", SCHOOL, "Matematik", "9", pupils, list(rooms), start, standing)


def standing(*, in_days: int = 7, at: time = time(9, 0)) -> Standing:
    """In a week, at nine."""
    return Standing(in_days=in_days, at=at)


def device(number: int | str, *, room: str | None = "a1", simulated: bool = False) -> DeviceSeen:
    """An enrolled device."""
    return DeviceSeen(str(number), SCHOOL, room, None, NOW - timedelta(days=800), NOW, "0.1.0", 0.0, simulated)


def observation(
    of: int | str = 1,
    probe: str = "device",
    facts: Mapping[str, FactValue] | None = None,
    *,
    at: datetime = FRESH,
    first_at: datetime | None = None,
    room: str | None = "a1",
    status: str = "ok",
    missing: Mapping[str, str] | None = None,
    rows: Sequence[dict[str, FactValue]] = (),
    count: int = 1,
    error_code: str | None = None,
    session: str | None = None,
) -> Observation:
    """One result of one probe, an hour old."""
    return Observation(
        device_id=str(of),
        room=room,
        probe=probe,
        status=status,
        first_at=first_at or at,
        last_at=at,
        count=count,
        facts=dict(facts or {}),
        missing=dict(missing or {}),
        rows=list(rows),
        error_code=error_code,
        session=session,
    )


PASS = "pass-1"
"""A supervised session."""


def supervised(*observations: Observation) -> list[Observation]:
    """The same, made by browsers in a supervised session."""
    return [msgspec.structs.replace(one, session=PASS) for one in observations]


def memory(of: int | str, mib: FactValue, *, at: datetime = FRESH) -> Observation:
    """A device that has so much memory."""
    return observation(of, "device", {"memory_total_mib": mib}, at=at)


def lesson_hours(count: int, before: datetime = NOW) -> list[datetime]:
    """A time in each of so many hours of lessons before then, the newest first: on every other day in the first half of
    the hour, else in the second.
    """
    hours = (before - timedelta(hours=1 + back) for back in range(24 * 60))
    times = (at + timedelta(minutes=15 if at.day % 2 else 45) for at in hours)
    return list(islice((at for at in times if in_lessons(at)), count))


def hourly(values: Sequence[float], *, direction: str = "down", of: int = 1) -> list[Observation]:
    """One throughput run in each hour of lessons backwards from NOW, with these rates in Mbit/s, by three machines in
    turn, from `of` on: where three end alike, it is the line that ends them.
    """
    return [
        observation(of + number % 3, "throughput", {f"{direction}_mbit_s": value}, at=at)
        for number, (at, value) in enumerate(zip(lesson_hours(len(values)), values, strict=True))
    ]


def evidence(observations: Iterable[Observation], devices: Iterable[DeviceSeen] | None = None) -> Evidence:
    """These observations, of enrolled devices: those named, else all that observed anything."""
    listed = list(observations)
    known = devices if devices is not None else [device(one) for one in dict.fromkeys(o.device_id for o in listed)]
    return Evidence(school=SCHOOL, devices=list(known), observations=listed)


def judged(
    requirements: Sequence[Requirement],
    observations: Iterable[Observation],
    *,
    at: School | None = None,
    about: Sitting | None = None,
    devices: Iterable[DeviceSeen] | None = None,
    now: datetime = NOW,
    capacity: Mapping[str, float] = UNCHANGED,
) -> Verdict:
    """The verdict on the sitting under a profile of these requirements."""
    return judge_alone(
        about or sitting(),
        at or school(),
        profile(*requirements, capacity=capacity),
        evidence(observations, devices),
        RELEASES,
        now,
    )


def found(
    one: Requirement,
    observations: Iterable[Observation],
    *,
    at: School | None = None,
    about: Sitting | None = None,
    devices: Iterable[DeviceSeen] | None = None,
    capacity: Mapping[str, float] = UNCHANGED,
) -> Finding:
    """The finding of a single requirement."""
    return judged([one], observations, at=at, about=about, devices=devices, capacity=capacity).findings[0]


def step(finding: Finding, name: str) -> FactValue:
    """The value of the first step of that name."""
    return next(one.value for one in finding.steps if one.name == name)
