"""One sitting: the verdict in plain words, every finding with its cause, its remedy and how it is known."""

from __future__ import annotations

from datetime import datetime

import msgspec

from collector.readiness.domain import Finding, School, Status, Step, Trust, Verdict
from collector.snapshot import Snapshot
from collector.web.freshness import as_known
from collector.web.phrases import (
    age,
    clock_time,
    counted,
    day,
    days_ahead,
    headroom_in_words,
    local_day,
    phrase,
    quantity,
)
from collector.web.views.frame import Badge, Frame, Link, address, badge, frame, freshness, notices
from collector.web.views.order import deciding, roots
from collector.web.views.rooms import room_name
from collector.web.words import Language, choose, moment, render, sentences

GAUGE_FULL = 2.0
"""The headroom at which the bar is full: the mark for 'just enough' stands in the middle."""


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
    remedy: str | None
    advice: list[str]
    evidence: str
    steps: list[StepRow]
    consequences_words: str = ""
    consequences: list[Card] = []


class Detail(msgspec.Struct, frozen=True):
    """A line about the sitting: a label and its value."""

    label: str
    value: str


class SittingPage(msgspec.Struct, frozen=True):
    """The whole page. `gauge` is how far the bar of headroom reaches, in percent, where there is a headroom."""

    frame: Frame
    back: Link
    school: str
    test: str
    simulated: bool
    badge: Badge
    sentence: str
    reason: str
    headroom: str | None
    gauge: int | None
    next_binding: str | None
    details: list[Detail]
    problems: list[Card]
    fulfilled: list[Card]


class _Told(msgspec.Struct, frozen=True):
    """Whose findings are told, when, and in which language."""

    school: School
    now: datetime
    language: Language


def sitting_page(snapshot: Snapshot, found: Verdict, now: datetime, language: Language) -> SittingPage:
    """The page of one sitting at `now`."""
    verdict = as_known(found, snapshot.configuration.settings, now)
    told = _Told(school=verdict.school, now=now, language=language)
    numbered = enumerate(roots(verdict.findings), start=1)
    cards = [_card(f"finding-{place}", top, below, told) for place, (top, below) in numbered]
    return SittingPage(
        frame=_frame(snapshot, verdict, now, language),
        back=Link(address(language), phrase(language, "page_back")),
        school=verdict.school.name,
        test=verdict.sitting.test,
        simulated=verdict.simulated,
        badge=badge(verdict.status, language),
        sentence=_sentence(verdict, language),
        reason=_reason(verdict, language),
        headroom=headroom_in_words(verdict.headroom, language),
        gauge=None if verdict.headroom is None else round(100 * min(verdict.headroom / GAUGE_FULL, 1)),
        next_binding=_next_binding(verdict, language),
        details=_details(snapshot, verdict, now, language),
        problems=[card for card in cards if card.badge.status is not Status.READY],
        fulfilled=[card for card in cards if card.badge.status is Status.READY],
    )


def _frame(snapshot: Snapshot, verdict: Verdict, now: datetime, language: Language) -> Frame:
    judged = msgspec.structs.replace(snapshot, judged_at=verdict.judged_at)
    return frame(
        language,
        f"{verdict.school.name}: {verdict.sitting.test}",
        page=f"sittings/{verdict.sitting.id}",
        authority=snapshot.configuration.settings.authority,
        notices=notices(judged, now, language, simulated=[verdict.simulated]),
        freshness=freshness(judged, [verdict], now, language),
    )


def _sentence(verdict: Verdict, language: Language) -> str:
    sitting = verdict.sitting
    code = f"page_sentence_{verdict.status.value}"
    return counted(language, code, sitting.pupils, grade=sitting.year_group)


def _reason(verdict: Verdict, language: Language) -> str:
    cause = deciding(verdict)
    return render(cause.why, language) if cause else phrase(language, "page_wait_for_judging")


def _next_binding(verdict: Verdict, language: Language) -> str | None:
    behind = next((f for f in verdict.findings if f.requirement == verdict.next_binding), None)
    return phrase(language, "page_next_binding", what=choose(behind.title, language)) if behind else None


def _details(snapshot: Snapshot, verdict: Verdict, now: datetime, language: Language) -> list[Detail]:
    sitting, date = verdict.sitting, local_day(verdict.starts_at)
    profile = snapshot.configuration.profiles.get(verdict.profile)
    when = phrase(
        language,
        "page_when_standing" if sitting.standing else "page_when",
        day=day(date, language),
        time=clock_time(verdict.starts_at, language),
        away=days_ahead(date, local_day(now), language),
        minutes=sitting.minutes,
    )
    rooms = ", ".join(room_name(verdict.school, room) for room in sitting.rooms)
    values = {
        "when": when,
        "who": counted(language, "page_who", sitting.pupils, grade=sitting.year_group),
        "rooms": rooms or phrase(language, "page_no_rooms"),
        "profile": choose(profile.title, language) if profile else verdict.profile,
    }
    return [Detail(phrase(language, f"page_detail_{name}"), value) for name, value in values.items()]


def _card(anchor: str, finding: Finding, below: list[Finding], told: _Told) -> Card:
    language, ready = told.language, finding.status is Status.READY
    return Card(
        anchor=anchor,
        badge=badge(finding.status, language),
        title=choose(finding.title, language),
        room=room_name(told.school, finding.room) if finding.room else None,
        recommended=finding.severity == "recommended",
        why=render(finding.why, language),
        measured=quantity(finding.measured, finding.unit, language),
        required=quantity(finding.required, finding.unit, language),
        headroom=headroom_in_words(finding.headroom, language),
        remedy=_remedy(finding, language),
        advice=[] if ready else [render(advice, language) for advice in finding.advice],
        evidence=_evidence(finding, told),
        steps=[_step(step, language) for step in finding.steps],
        consequences_words=counted(language, "page_consequences", len(below)) if below else "",
        consequences=[_card(f"{anchor}-{place}", f, [], told) for place, f in enumerate(below, start=1)],
    )


def _remedy(finding: Finding, language: Language) -> str | None:
    """The profile's remedy, unless nothing is wrong, or it is only not known yet and the advice says how to find out:
    "order a faster line" would mislead there.
    """
    if finding.status is Status.READY or (finding.status is Status.UNKNOWN and finding.advice):
        return None
    return choose(finding.remedy, language)


def _evidence(finding: Finding, told: _Told) -> str:
    evidence = finding.evidence
    if not evidence.count or evidence.newest_at is None:
        return phrase(told.language, "page_no_evidence")
    newest = age(evidence.newest_at, told.now, told.language)
    return counted(told.language, "page_evidence", evidence.count, age=newest)


def _step(step: Step, language: Language) -> StepRow:
    return StepRow(
        name=sentences(language).get(step.name, step.name),
        value=quantity(step.value, step.unit, language),
        origin=phrase(language, f"page_origin_{step.origin}"),
        source=step.source,
        trust=_trust(step.trust, language),
        at=moment(step.at, language) if step.at else "",
    )


def _trust(trust: Trust | None, language: Language) -> str:
    return phrase(language, f"page_trust_{trust.value}") if trust else ""
