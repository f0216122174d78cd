"""The overview: every sitting that is still to come, by day and school, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby

import msgspec

from collector.i18n.formatting import clock_time, counted, day, days_ahead, headroom_in_words, local_day, phrase
from collector.i18n.messages import Language, choose, render
from collector.i18n.rooms import room_name
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import Finding, School, Status, Text, Verdict
from collector.readiness.domain.order import WORST_FIRST, deciding
from collector.web.page import Asked, Page
from collector.web.views.empty import Empty, empty
from collector.web.views.incidents import IncidentCard, incident_cards
from collector.web.views.layout import Badge, Link, PageFrame, address, badge, frame, freshness, notices

SITTINGS_PER_PAGE = 100


class Filter(msgspec.Struct, frozen=True):
    """What the reader asked to see, as it came: values that fit nothing show nothing."""

    school: str | None = None
    status: str | None = None
    page: int = 1


class Option(msgspec.Struct, frozen=True):
    """A choice in the filter."""

    value: str
    words: str
    selected: bool


class Tile(msgspec.Struct, frozen=True):
    """How many sittings have a status; the link shows only them, or all again."""

    badge: Badge
    count: str
    link: Link


class SittingRow(msgspec.Struct, frozen=True):
    """One sitting. `binds` names the requirement that decides, under the label that fits the status, and
    `standing` says that the day is a thought one; `warnings` what is odd about it.
    """

    path: str
    badge: Badge
    school: str
    test: str
    id: str
    at: str
    who: str
    standing: str | None
    warnings: list[str]
    simulated: bool
    headroom: str | None
    binds_label: str
    binds: str | None
    action: str


class DayGroup(msgspec.Struct, frozen=True):
    """The sittings of one day, worst first."""

    heading: str
    away: str
    rows: list[SittingRow]


class Overview(msgspec.Struct, frozen=True):
    """The whole page."""

    frame: PageFrame
    headline: str
    incidents: list[IncidentCard]
    tiles: list[Tile]
    schools: list[Option]
    statuses: list[Option]
    filtered: str | None
    show_all: Link
    days: list[DayGroup]
    pages: list[Link]
    empty: Empty | None


def overview(snapshot: Snapshot, now: datetime, language: Language, asked: Filter) -> Overview:
    """The overview of `snapshot` at `now`, narrowed by what was asked for."""
    verdicts = snapshot.verdicts
    of_school = [v for v in verdicts if not asked.school or v.school.code == asked.school]
    chosen = [v for v in of_school if not asked.status or v.status.value == asked.status]
    first = SITTINGS_PER_PAGE * (asked.page - 1)
    shown = chosen[first : first + SITTINGS_PER_PAGE]
    return Overview(
        frame=_frame(snapshot, shown, now, language, asked),
        headline=_headline(of_school, language),
        incidents=incident_cards(snapshot, language, asked.school),
        tiles=[_tile(status, of_school, language, asked) for status in WORST_FIRST],
        schools=_schools(snapshot, language, asked),
        statuses=_statuses(language, asked),
        filtered=counted(language, "page_filtered", len(chosen)) if asked.school or asked.status else None,
        show_all=Link(address(language), phrase(language, "page_show_all")),
        days=_days(shown, now, language),
        pages=_pages(len(chosen), language, asked),
        empty=None if shown else _empty(snapshot, verdicts, language),
    )


def _frame(snapshot: Snapshot, shown: list[Verdict], now: datetime, language: Language, asked: Filter) -> PageFrame:
    query: dict[str, str | int | None] = {"school": asked.school, "status": asked.status}
    return frame(
        language,
        phrase(language, "page_overview_title"),
        section="overview",
        query=query | ({"page": asked.page} if asked.page > 1 else {}),
        authority=snapshot.configuration.settings.authority,
        notices=notices(snapshot, now, language, simulated=[v.simulated for v in shown]),
        freshness=freshness(snapshot, shown, now, language),
    )


def _headline(verdicts: list[Verdict], language: Language) -> str:
    if not verdicts:
        return phrase(language, "page_headline_none")
    ready = sum(v.status is Status.READY for v in verdicts)
    if ready == len(verdicts):
        return counted(language, "page_headline_all_ready", ready)
    return counted(language, "page_headline", len(verdicts), ready=ready)


def _tile(status: Status, verdicts: list[Verdict], language: Language, asked: Filter) -> Tile:
    count = sum(v.status is status for v in verdicts)
    current = asked.status == status.value
    words = phrase(language, "page_tile_all" if current else "page_tile_only")
    path = address(language, school=asked.school, status=None if current else status.value)
    written = counted(language, "page_sittings", count)
    return Tile(badge=badge(status, language), count=written, link=Link(path, words, current=current))


def _schools(snapshot: Snapshot, language: Language, asked: Filter) -> list[Option]:
    schools = sorted(snapshot.configuration.schools.values(), key=lambda school: school.name)
    everything = Option("", phrase(language, "page_filter_all_schools"), selected=not asked.school)
    return [everything, *(Option(s.code, s.name, selected=s.code == asked.school) for s in schools)]


def _statuses(language: Language, asked: Filter) -> list[Option]:
    everything = Option("", phrase(language, "page_filter_all_statuses"), selected=not asked.status)
    return [
        everything,
        *(Option(s.value, badge(s, language).words, selected=s.value == asked.status) for s in WORST_FIRST),
    ]


def _days(verdicts: list[Verdict], now: datetime, language: Language) -> list[DayGroup]:
    today = local_day(now)
    return [
        DayGroup(
            heading=day(date, language),
            away=days_ahead(date, today, language),
            rows=[_row(verdict, language) for verdict in sorted(group, key=_worst_first)],
        )
        for date, group in groupby(verdicts, key=lambda verdict: local_day(verdict.starts_at))
    ]


def _worst_first(verdict: Verdict) -> tuple[int, str, datetime]:
    return WORST_FIRST.index(verdict.status), verdict.school.name, verdict.starts_at


def _row(verdict: Verdict, language: Language) -> SittingRow:
    cause = deciding(verdict)
    sitting = verdict.sitting
    return SittingRow(
        path=address(language, f"sittings/{sitting.id}"),
        badge=badge(verdict.status, language),
        school=verdict.school.name,
        test=sitting.test,
        id=sitting.id,
        at=clock_time(verdict.starts_at, language),
        who=counted(language, "page_who", sitting.pupils, grade=sitting.year_group),
        standing=phrase(language, "page_standing") if sitting.standing else None,
        warnings=[render(one, language) for one in verdict.warnings],
        simulated=verdict.simulated,
        headroom=_headroom(verdict, language),
        binds_label=phrase(language, f"page_binds_{verdict.status.value}"),
        binds=_named(cause, verdict.school, language) if cause else None,
        action=action(verdict.status, cause, language),
    )


def _headroom(verdict: Verdict, language: Language) -> str | None:
    if verdict.status is Status.UNKNOWN:
        return phrase(language, "page_headroom_unknown")
    return headroom_in_words(verdict.headroom, language)


def _named(finding: Finding, school: School, language: Language) -> str:
    title = choose(finding.heading, language)
    if finding.room is None:
        return title
    return phrase(language, "page_in_room", what=title, room=room_name(school, finding.room))


def action(status: Status, cause: Finding | None, language: Language) -> str:
    """What to do next: the advice in numbers where there is some, else the profile's remedy."""
    if status is Status.READY:
        return phrase(language, "page_nothing_to_do")
    if cause is None:
        return phrase(language, "page_wait_for_judging")
    advice: list[Text] = cause.advice
    return render(advice[0], language) if advice else choose(cause.remedy, language)


def _pages(count: int, language: Language, asked: Filter) -> list[Link]:
    last = -(-count // SITTINGS_PER_PAGE)
    if last < 2:
        return []
    return [
        Link(
            address(language, school=asked.school, status=asked.status, page=page if page > 1 else None),
            phrase(language, "page_number", page=page),
            current=page == asked.page,
        )
        for page in range(1, last + 1)
    ]


def _empty(snapshot: Snapshot, verdicts: list[Verdict], language: Language) -> Empty:
    if verdicts:
        link = Link(address(language), phrase(language, "page_show_all"))
        return empty("filter", language, link)
    if not snapshot.configuration.sittings:
        return empty("calendar", language)
    if snapshot.judged_at is None:
        return empty("waiting", language)
    return empty("past", language)


def _view(asked: Asked) -> Overview:
    return overview(asked.snapshot, asked.now, asked.language, _filter(asked.query))


def _filter(query: Mapping[str, str]) -> Filter:
    page = query.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return Filter(school=query.get("school") or None, status=query.get("status") or None, page=max(1, number))


def _samples(snapshot: Snapshot) -> list[str]:
    school = next(iter(snapshot.configuration.schools), None)
    return [address("sv"), address("sv", status="ready"), address("sv", status="at_risk", school=school)]


PAGE = Page(path="", view=_view, samples=_samples, navigation=10)
