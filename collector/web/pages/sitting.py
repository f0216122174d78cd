"""One sitting: the verdict in plain words, every finding with its cause, its remedy and how it is known."""

from __future__ import annotations

from datetime import datetime

import msgspec

from collector.i18n.formatting import (
    clock_time,
    counted,
    day,
    days_ahead,
    headroom_in_words,
    local_day,
    phrase,
)
from collector.i18n.line_limit import limit_in_words
from collector.i18n.messages import Language, choose, moment, render
from collector.i18n.rooms import room_name
from collector.judgement.lending import lenders
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import Fix, Status, Verdict
from collector.readiness.domain.order import deciding, roots
from collector.readiness.domain.verdicts import hint_text, plan_texts, set_aside_text
from collector.web.page import Asked, Page
from collector.web.views.finding_card import Card, FindingContext, card
from collector.web.views.layout import Badge, Link, PageFrame, address, badge, frame, freshness, notices

GAUGE_FULL = 2.0
"""The headroom at which the bar is full: the mark for 'just enough' stands in the middle."""


class Detail(msgspec.Struct, frozen=True):
    """A line about the sitting: a label and its value."""

    label: str
    value: str


class DriftPart(msgspec.Struct, frozen=True):
    """What differs from when the sitting was ready last, in the order of time."""

    heading: str
    changes: list[Detail]


class SittingPage(msgspec.Struct, frozen=True):
    """The whole page. `gauge` is how far the bar of headroom reaches, in percent, where there is a headroom."""

    frame: PageFrame
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
    warnings: list[str]
    details: list[Detail]
    fixes: list[str]
    drift: DriftPart | None
    problems: list[Card]
    fulfilled: list[Card]


def sitting_page(snapshot: Snapshot, verdict: Verdict, now: datetime, language: Language) -> SittingPage:
    """The page of one sitting at `now`."""
    told = FindingContext(school=verdict.school, now=now, language=language)
    numbered = enumerate(roots(verdict.findings), start=1)
    cards = [card(f"finding-{place}", top, below, told) for place, (top, below) in numbered]
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
        warnings=[render(one, language) for one in verdict.warnings],
        details=_details(snapshot, verdict, now, language),
        fixes=[_fix(snapshot, verdict, fix, language) for fix in verdict.fixes],
        drift=_drift(verdict, language),
        problems=[card for card in cards if card.badge.status is not Status.READY],
        fulfilled=[card for card in cards if card.badge.status is Status.READY],
    )


def _frame(snapshot: Snapshot, verdict: Verdict, now: datetime, language: Language) -> PageFrame:
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
    return phrase(language, "page_next_binding", what=choose(behind.heading, language)) if behind else None


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
    if verdict.plan is not None:
        values["plan"] = " ".join(render(one, language) for one in plan_texts(verdict.plan))
    if verdict.limit is not None:
        values["limit"] = limit_in_words(verdict.limit, language)
    if verdict.hints is not None:
        values["hints"] = render(hint_text(verdict.hints), language)
    if verdict.set_aside:
        values["set_aside"] = " ".join(render(set_aside_text(one), language) for one in verdict.set_aside)
    return [Detail(phrase(language, f"page_detail_{name}"), value) for name, value in values.items()]


def _fix(snapshot: Snapshot, verdict: Verdict, fix: Fix, language: Language) -> str:
    """With the schools that could lend, where it is to borrow."""
    said = [fix.what, *(one.what for one in lenders(verdict, fix, snapshot.verdicts))]
    return " ".join(render(text, language) for text in said)


def _drift(verdict: Verdict, language: Language) -> DriftPart | None:
    if verdict.drift is None:
        return None
    changes = [Detail(moment(one.at, language), render(one.what, language)) for one in verdict.drift.changes]
    nothing = [] if changes else [Detail("", phrase(language, "drift_nothing"))]
    return DriftPart(phrase(language, "drift_since", at=verdict.drift.ready_until), [*changes, *nothing])


def _view(asked: Asked) -> SittingPage | None:
    verdict = asked.snapshot.verdict(asked.place["sitting"])
    return None if verdict is None else sitting_page(asked.snapshot, verdict, asked.now, asked.language)


def _samples(snapshot: Snapshot) -> list[str]:
    return [address("sv", f"sittings/{verdict.sitting.id}") for verdict in snapshot.verdicts]


PAGE = Page(path="sittings/{sitting}", view=_view, samples=_samples)
