"""A finding as people read it: what it came to, why, what to do, and every number behind it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from collector.i18n.formatting import age, counted, headroom_in_words, phrase, quantity, told_amount
from collector.i18n.messages import Language, choose, moment, render, sentences
from collector.i18n.rooms import room_name
from collector.readiness.domain.model import ExplanationStep, Finding, School, Status
from collector.readiness.domain.verdicts import decides
from collector.web.views.layout import Badge, badge


class StepRow(msgspec.Struct, frozen=True):
    """One number behind a finding: what, how much, where from, how far to trust it, and when."""

    name: str
    value: str
    origin: str
    source: str
    trust: str
    at: str


class Card(msgspec.Struct, frozen=True):
    """One finding. `consequences` are findings that this one explains."""

    anchor: str
    badge: Badge
    title: str
    room: str | None
    recommended: bool
    why: str
    measured: str
    required: str
    headroom: str | None
    owner: str | None
    remedy: str | None
    advice: list[str]
    evidence: str
    steps: list[StepRow]
    consequences_words: str = ""
    consequences: list[Card] = []


class FindingContext(msgspec.Struct, frozen=True):
    """Whose findings are told, when, and in which language."""

    school: School
    now: datetime
    language: Language


def card(anchor: str, finding: Finding, below: list[Finding], told: FindingContext) -> Card:
    """The finding in words; `below` are those that it explains."""
    language, ready = told.language, finding.status is Status.READY
    return Card(
        anchor=anchor,
        badge=badge(finding.status, language),
        title=choose(finding.heading, language),
        room=room_name(told.school, finding.room) if finding.room else None,
        recommended=not decides(finding.severity),
        why=render(finding.why, language),
        measured=told_amount(finding.measured, finding.unit, language, finding.share_of),
        required=told_amount(finding.required, finding.unit, language, finding.share_of),
        headroom=headroom_in_words(finding.headroom, language),
        owner=None if ready or finding.owner is None else phrase(language, f"page_owner_{finding.owner}"),
        remedy=_remedy(finding, language),
        advice=[] if ready else [render(advice, language) for advice in finding.advice],
        evidence=_evidence(finding, told),
        steps=[_step(step, language) for step in finding.steps],
        consequences_words=counted(language, "page_consequences", len(below)) if below else "",
        consequences=[
            _consequence(f"{anchor}-{place}", one, told, cause=finding) for place, one in enumerate(below, start=1)
        ],
    )


def _consequence(anchor: str, finding: Finding, told: FindingContext, *, cause: Finding) -> Card:
    """What follows from another: that one's remedy is the one to go by. Where neither is known, how to find out stands
    with what nobody knows: only there it is told why.
    """
    shown = card(anchor, finding, [], told)
    is_open = finding.status is cause.status is Status.UNKNOWN
    return msgspec.structs.replace(shown, remedy=None, advice=shown.advice if is_open else [])


def _remedy(finding: Finding, language: Language) -> str | None:
    """The profile's remedy, unless nothing is wrong, or it is only not known yet and the advice says how to find out:
    "order a faster line" would mislead there.
    """
    if finding.status is Status.READY or (finding.status is Status.UNKNOWN and finding.advice):
        return None
    return choose(finding.remedy, language)


def _evidence(finding: Finding, told: FindingContext) -> str:
    evidence = finding.evidence
    if not evidence.count or evidence.newest_at is None:
        return phrase(told.language, "page_no_evidence")
    newest = age(evidence.newest_at, told.now, told.language)
    return counted(told.language, "page_evidence", evidence.count, age=newest)


def _step(step: ExplanationStep, language: Language) -> StepRow:
    return StepRow(
        name=sentences(language).get(step.name, step.name),
        value=quantity(step.value, step.unit, language),
        origin=phrase(language, f"page_origin_{step.origin}"),
        source=step.source,
        trust=_trust(step, language),
        at=moment(step.at, language) if step.at else "",
    )


def _trust(step: ExplanationStep, language: Language) -> str:
    """Whose rule it is, and whether they decide here."""
    if step.trust is None:
        return ""
    words = phrase(language, f"page_trust_{step.trust.value}")
    return words if step.whose is None else phrase(language, "page_trust_whose", whose=step.whose, trust=words)
