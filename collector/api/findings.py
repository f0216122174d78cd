"""Findings in words, as sittings and rooms tell them. Sentences are in the language that was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from agent.protocol.wire import FactValue
from collector.i18n.messages import Language, choose, render
from collector.readiness.domain.model import ExplanationStep, Finding, Owner, School, Settling, Severity, Status, Trust


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
    whose: str | None


class FindingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one requirement came to. `title` says whether it holds, and `owner` acts where it does not. `remedy` is
    general, `advice` the same in numbers for this sitting, and `caused_by` the requirement whose failure explains this
    one. `settling` says how far it is until it is known. `steps` are there when one sitting is asked for.
    """

    requirement: str
    title: str
    severity: Severity
    owner: Owner | None
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
    settling: Settling | None
    steps: list[StepAnswer] | UnsetType = UNSET


def school_answer(school: School) -> SchoolAnswer:
    """The school by its code, with its name."""
    return SchoolAnswer(code=school.code, name=school.name)


def finding_answer(finding: Finding, language: Language, *, explained: bool) -> FindingAnswer:
    """The finding in words; `explained` adds every number behind it."""
    return FindingAnswer(
        requirement=finding.requirement,
        title=choose(finding.heading, language),
        severity=finding.severity,
        owner=finding.owner,
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
        settling=finding.settling,
        steps=[_step(step) for step in finding.steps] if explained else UNSET,
    )


def _step(step: ExplanationStep) -> StepAnswer:
    return StepAnswer(
        name=step.name,
        value=step.value,
        unit=step.unit,
        origin=step.origin,
        source=step.source,
        trust=step.trust,
        at=step.at,
        whose=step.whose,
    )
