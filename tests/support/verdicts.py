"""Hand-made schools, sittings, findings, verdicts and snapshots: each builder gives a sound default, and a test says
only what matters to it. Nothing here judges: what the builder is told is what the edges show.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import msgspec

from agent.protocol.wire import FactValue
from collector.configuration.model import Agents, Configuration, Settings
from collector.judgement.freshness import as_known_at
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import (
    Bilingual,
    CapacityRule,
    DeviceSeen,
    EvidenceRule,
    EvidenceSummary,
    ExplanationStep,
    Figure,
    Finding,
    Line,
    Profile,
    Releases,
    Room,
    School,
    Severity,
    Sitting,
    Standing,
    Status,
    Text,
    Trust,
    Verdict,
    YearGroup,
)
from collector.readiness.verdict.room_reports import SchoolRooms

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
"""A Monday, 09:00 in Stockholm."""
WORST_FIRST = (Status.NOT_READY, Status.UNKNOWN, Status.AT_RISK, Status.READY)


def figure(value: float, unit: str) -> Figure:
    """A number that this project assumed."""
    return Figure(value=value, unit=unit, source="made for a test", date=date(2026, 1, 1), trust=Trust.ASSUMED)


def profile(profile_id: str = "test-profile") -> Profile:
    """A profile with a capacity rule and no requirements."""
    mbit, share, days = "Mbit/s", "ratio", "days"
    return Profile(
        id=profile_id,
        title=Bilingual(sv="Provprofilen", en="The test profile"),
        valid_from=date(2026, 1, 1),
        source="made for a test",
        capacity=CapacityRule(
            down_per_pupil=figure(0.5, mbit),
            up_per_pupil=figure(0.1, mbit),
            start_burst_per_pupil=figure(2.0, "Mbyte"),
            start_burst_within=figure(60, "s"),
            margin=figure(1.3, share),
            background_down_per_other_user=figure(0.1, mbit),
            background_up_per_other_user=figure(0.02, mbit),
            line_quantile=figure(0.1, share),
            confidence=figure(0.9, share),
            spare_share=figure(0.05, share),
            sitters_take=figure(0.0, share),
        ),
        evidence=EvidenceRule(
            device_days=figure(7, days),
            line_days=figure(14, days),
            regular_days=figure(5, days),
            room_devices=figure(1, "devices"),
            room_quantile=figure(0.1, share),
        ),
        requirements=[],
    )


def school(code: str = "10000001", name: str = "Ekskolan", *, simulated: bool = False) -> School:
    """A school with two rooms and one year group."""
    return School(
        code=code,
        name=name,
        rooms=[Room(id="a1", seats=30, name="Sal A1"), Room(id="a2", seats=30)],
        year_groups=[YearGroup(grade="9", pupils=52)],
        line=Line(down_mbit_s=100, up_mbit_s=100),
        staff=20,
        simulated=simulated,
    )


def sitting(
    sitting_id: str = "ek-9-ma",
    *,
    of: School | None = None,
    starts_at: datetime = NOW + timedelta(days=3),
    standing: bool = False,
) -> Sitting:
    """A sitting of 52 pupils in year 9, in both rooms."""
    return Sitting(
        id=sitting_id,
        school=(of or school()).code,
        test="Matematik",
        year_group="9",
        pupils=52,
        rooms=["a1", "a2"],
        starts_at=None if standing else starts_at,
        standing=Standing(in_days=7, at=time(9, 0)) if standing else None,
    )


def finding(
    requirement: str = "line_down",
    status: Status = Status.READY,
    *,
    title: Bilingual | None = None,
    why: Text | None = None,
    headroom: float | None = None,
    measured: FactValue = 46.8,
    required: FactValue = 26.0,
    unit: str = "Mbit/s",
    severity: Severity = "required",
    advice: Sequence[Text] = (),
    count: int = 240,
    newest_at: datetime | None = NOW - timedelta(minutes=5),
    steps: Sequence[ExplanationStep] = (),
    room: str | None = None,
    caused_by: str | None = None,
) -> Finding:
    """A finding about the line, unless told otherwise."""
    return Finding(
        requirement=requirement,
        title=title or Bilingual(sv="Linjen ned", en="Line down"),
        severity=severity,
        status=status,
        measured=measured,
        required=required,
        unit=unit,
        headroom=headroom,
        why=why or Text("page_headroom_enough", {"times": 1.8}),
        remedy=Bilingual(sv="Beställ en snabbare linje.", en="Order a faster line."),
        advice=list(advice),
        evidence=EvidenceSummary(count=count, newest_at=newest_at),
        steps=list(steps),
        room=room,
        caused_by=caused_by,
    )


def step(name: str = "line.down_available", value: FactValue = 46.8, unit: str = "Mbit/s") -> ExplanationStep:
    """A measured number."""
    return ExplanationStep(
        name=name,
        value=value,
        unit=unit,
        origin="measured",
        source="throughput",
        trust=None,
        at=NOW - timedelta(hours=1),
    )


def verdict(
    *findings: Finding,
    of: School | None = None,
    about: Sitting | None = None,
    status: Status | None = None,
    binding: str | None = None,
    next_binding: str | None = None,
    judged_at: datetime = NOW,
    simulated: bool | None = None,
) -> Verdict:
    """The worst of `findings` (unknown when there are none), bound by the one with least headroom."""
    at, held_at = of or school(), about or sitting(of=of)
    worst = status or next((s for s in WORST_FIRST if any(f.status is s for f in findings)), Status.UNKNOWN)
    deciding = [f for f in findings if f.status is worst]
    tightest = min(deciding, key=lambda f: f.headroom if f.headroom is not None else float("inf"), default=None)
    return Verdict(
        sitting=held_at,
        starts_at=held_at.starts_at or NOW + timedelta(days=7),
        school=at,
        profile="test-profile",
        judged_at=judged_at,
        status=worst,
        headroom=tightest.headroom if tightest and worst is not Status.UNKNOWN else None,
        binding=binding or (tightest.requirement if tightest else None),
        next_binding=next_binding,
        findings=list(findings),
        simulated=at.simulated if simulated is None else simulated,
    )


def device(
    device_id: str = "d-1",
    *,
    of: School | None = None,
    room: str | None = "a1",
    label: str | None = "Vagn 1, dator 1",
    last_seen_at: datetime | None = NOW - timedelta(minutes=2),
    clock_offset_s: float | None = 0.4,
    simulated: bool = False,
) -> DeviceSeen:
    """A device that was heard two minutes ago."""
    return DeviceSeen(
        device_id=device_id,
        school=(of or school()).code,
        room=room,
        label=label,
        enrolled_at=NOW - timedelta(days=30),
        last_seen_at=last_seen_at,
        agent_version="0.1.0" if last_seen_at else None,
        clock_offset_s=clock_offset_s if last_seen_at else None,
        simulated=simulated,
    )


def configuration(*schools: School, sittings: Sequence[Sitting] = ()) -> Configuration:
    """A configuration of these schools (`school()` when none is named) under the test profile."""
    return Configuration(
        folder=Path("config"),
        loaded_at=NOW - timedelta(hours=2),
        settings=Settings(authority="Exempelkommun", profile="test-profile", agents=Agents(plans=[])),
        schools={one.code: one for one in schools or (school(),)},
        sittings=list(sittings),
        profiles={"test-profile": profile()},
        releases=Releases(as_of=date(2026, 11, 1), source="made for a test", products={}),
    )


def snapshot(
    *verdicts: Verdict,
    devices: Sequence[DeviceSeen] = (),
    judged_at: datetime | None = NOW,
    schools: Sequence[School] = (),
    configuration_errors: Sequence[str] = (),
    rooms: Sequence[SchoolRooms] = (),
    now: datetime = NOW,
) -> Snapshot:
    """A snapshot of these verdicts as it is read at `now`, in calendar order, with their schools configured."""
    known = {one.code: one for one in [*schools, *(v.school for v in verdicts)]}
    judged = Snapshot(
        judged_at=judged_at,
        configuration=configuration(*known.values(), sittings=[v.sitting for v in verdicts]),
        verdicts=sorted(verdicts, key=lambda v: (v.starts_at, v.school.name, v.sitting.id)),
        devices=list(devices),
        outcomes_total={"accepted": 3},
        rejected_total={},
        configuration_errors=list(configuration_errors),
        rooms={one.school: one for one in rooms},
    )
    return as_known_at(judged, now)


def changed(made: Verdict, **changes: object) -> Verdict:
    """The same verdict with some fields changed."""
    return msgspec.structs.replace(made, **changes)
