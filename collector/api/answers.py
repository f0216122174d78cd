"""What the JSON API answers: the structs are the contract (the OpenAPI document is made from them), and pure
functions that fill them from verdicts and devices. Sentences are in the language that was asked for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from agent.protocol import wire
from agent.protocol.wire import FactValue, Problem
from collector.i18n.incidents import actor, title
from collector.i18n.line_limit import limit_in_words
from collector.i18n.messages import Language, choose, render
from collector.readiness.domain.model import (
    DeviceKind,
    DeviceSeen,
    Finding,
    LineLimit,
    Severity,
    Status,
    Step,
    Trust,
    Verdict,
)
from collector.readiness.incidents.attribute import Actor, Doubt, Incident, Reach, SchoolFailing


class SchoolAnswer(msgspec.Struct, frozen=True):
    """A school, by its 8-digit skolenhetskod."""

    code: str
    name: str


class EvidenceAnswer(msgspec.Struct, frozen=True):
    """How many measurements stand behind a finding, and when the newest was made."""

    count: int
    newest_at: datetime | None


class StepAnswer(msgspec.Struct, frozen=True):
    """One number on the way to a finding: where it comes from, how far to trust it, and when it was measured."""

    name: str
    value: FactValue
    unit: str
    origin: Literal["measured", "configured", "profile", "computed"]
    source: str
    trust: Trust | None
    at: datetime | None


class FindingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one requirement came to. `remedy` is general, `advice` the same in numbers for this sitting, and
    `caused_by` the requirement whose failure explains this one. `steps` are there when one sitting is asked for.
    """

    requirement: str
    title: str
    severity: Severity
    status: Status
    measured: FactValue
    required: FactValue
    unit: str
    headroom: float | None
    why: str
    remedy: str
    advice: list[str]
    evidence: EvidenceAnswer
    room: str | None
    caused_by: str | None
    steps: list[StepAnswer] | UnsetType = UNSET


class LineLimitAnswer(msgspec.Struct, frozen=True):
    """Which is the slow one, the school's line or the internet beyond it. `ratio` is what tests towards the internet
    got of what the line gave, in so many `pairs` of tests; `words` say it, or why it is not known.
    """

    side: Literal["line", "beyond", "unknown"]
    ratio: float | None
    pairs: int
    words: str


class SittingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting and its verdict. `headroom` is available / needed and `binding` the requirement that decides;
    both are null where the evidence is not enough to say. `limit` is null where nobody tests towards the internet.
    """

    id: str
    school: SchoolAnswer
    test: str
    starts_at: datetime
    minutes: int
    year_group: str
    pupils: int
    rooms: list[str]
    status: Status
    headroom: float | None
    binding: str | None
    next_binding: str | None
    profile: str
    judged_at: datetime
    simulated: bool
    limit: LineLimitAnswer | None
    findings: list[FindingAnswer]


class DeviceAnswer(msgspec.Struct, frozen=True):
    """A device. `clock_offset_s` is how far its clock was from the collector's when it was last heard. `kind` is
    `agent`, `web` (a browser), or `web_once` (one that keeps nothing between visits, and is not counted).
    """

    id: str
    school: str
    room: str | None
    label: str | None
    enrolled_at: datetime
    last_seen_at: datetime | None
    agent_version: str | None
    clock_offset_s: float | None
    simulated: bool
    kind: DeviceKind


class SeenAnswer(msgspec.Struct, frozen=True):
    """What one device last saw of a rung: `ok`, `slow` or `failed`, and when it first and last said just that."""

    device: str
    status: str
    code: str | None
    first_at: datetime
    last_at: datetime


class IncidentSchoolAnswer(msgspec.Struct, frozen=True):
    """A school where a rung fails. It began after `last_well_at` (null: not known) and not later than `since`."""

    code: str
    since: datetime
    last_well_at: datetime | None
    devices: int
    failing_devices: int
    error_code: str
    issuer: str | None
    evidence: list[SeenAnswer]


class IncidentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A rung of the ladder that fails: how far it reaches, who has to act, and `doubt` where that is not known.
    `judged_schools` is how many schools could be compared.
    """

    rung: str
    kind: wire.RungKind
    error_code: str
    title: str
    reach: Reach
    actor: Actor
    act: str
    doubt: Doubt | None
    authority: str | None
    since: datetime
    judged_schools: int
    schools: list[IncidentSchoolAnswer]


class HealthAnswer(msgspec.Struct, frozen=True):
    """Whether the collector does its work. `failing` (503) says why in `problems`; errors in the configuration on
    disk do not make it fail, because the older configuration stands.
    """

    status: Literal["ok", "failing"]
    version: str
    judged_at: datetime | None
    judged_age_s: float | None
    configuration_loaded_at: datetime
    configuration_errors: list[str]
    problems: list[Problem]


def sitting_answer(verdict: Verdict, language: Language, *, explained: bool = False) -> SittingAnswer:
    """The verdict in words; `explained` adds every number behind it."""
    sitting, school = verdict.sitting, verdict.school
    return SittingAnswer(
        id=sitting.id,
        school=SchoolAnswer(code=school.code, name=school.name),
        test=sitting.test,
        starts_at=verdict.starts_at,
        minutes=sitting.minutes,
        year_group=sitting.year_group,
        pupils=sitting.pupils,
        rooms=sitting.rooms,
        status=verdict.status,
        headroom=verdict.headroom,
        binding=verdict.binding,
        next_binding=verdict.next_binding,
        profile=verdict.profile,
        judged_at=verdict.judged_at,
        simulated=verdict.simulated,
        limit=_limit(verdict.limit, language),
        findings=[finding_answer(finding, language, explained=explained) for finding in verdict.findings],
    )


def _limit(limit: LineLimit | None, language: Language) -> LineLimitAnswer | None:
    if limit is None:
        return None
    return LineLimitAnswer(limit.side, limit.ratio, limit.pairs, limit_in_words(limit, language))


def finding_answer(finding: Finding, language: Language, *, explained: bool) -> FindingAnswer:
    """The finding in words; `explained` adds every number behind it."""
    return FindingAnswer(
        requirement=finding.requirement,
        title=choose(finding.title, language),
        severity=finding.severity,
        status=finding.status,
        measured=finding.measured,
        required=finding.required,
        unit=finding.unit,
        headroom=finding.headroom,
        why=render(finding.why, language),
        remedy=choose(finding.remedy, language),
        advice=[render(advice, language) for advice in finding.advice],
        evidence=EvidenceAnswer(count=finding.evidence.count, newest_at=finding.evidence.newest_at),
        room=finding.room,
        caused_by=finding.caused_by,
        steps=[_step(step) for step in finding.steps] if explained else UNSET,
    )


def _step(step: Step) -> StepAnswer:
    return StepAnswer(
        name=step.name,
        value=step.value,
        unit=step.unit,
        origin=step.origin,
        source=step.source,
        trust=step.trust,
        at=step.at,
    )


def device_answer(device: DeviceSeen) -> DeviceAnswer:
    """The device as an entry of the list."""
    return DeviceAnswer(
        id=device.device_id,
        school=device.school,
        room=device.room,
        label=device.label,
        enrolled_at=device.enrolled_at,
        last_seen_at=device.last_seen_at,
        agent_version=device.agent_version,
        clock_offset_s=device.clock_offset_s,
        simulated=device.simulated,
        kind=device.kind,
    )


def incident_answer(incident: Incident, language: Language) -> IncidentAnswer:
    """The incident in words, with what each device saw."""
    return IncidentAnswer(
        rung=incident.rung,
        kind=incident.kind,
        error_code=incident.code,
        title=title(incident, language),
        reach=incident.reach,
        actor=incident.actor,
        act=actor(incident, language),
        doubt=incident.doubt,
        authority=incident.authority,
        since=incident.since,
        judged_schools=incident.schools_count,
        schools=[_failing(one) for one in incident.schools],
    )


def _failing(one: SchoolFailing) -> IncidentSchoolAnswer:
    return IncidentSchoolAnswer(
        code=one.school,
        since=one.since,
        last_well_at=one.last_well_at,
        devices=one.devices_count,
        failing_devices=one.failing_count,
        error_code=one.code,
        issuer=one.issuer,
        evidence=[
            SeenAnswer(seen.device_id, seen.status, seen.code, seen.first_at, seen.last_at) for seen in one.evidence
        ],
    )
