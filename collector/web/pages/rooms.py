"""The rooms: per school how many are measured and good enough, and per room what its air is like."""

from __future__ import annotations

from datetime import datetime

import msgspec

from collector.i18n.formatting import age, counted, phrase, quantity
from collector.i18n.messages import Language, choose, moment, number, render
from collector.i18n.rooms import room_name
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import Finding, School, Status
from collector.readiness.domain.order import WORST_FIRST, rank
from collector.readiness.domain.verdicts import counts
from collector.readiness.verdict.room_reports import AccessPointUse, RoomReport, SchoolRooms
from collector.web.page import Asked, Page
from collector.web.views.empty import Empty, empty
from collector.web.views.finding_card import Card, FindingContext, card
from collector.web.views.layout import Badge, Link, PageFrame, address, badge, frame, notices

_PERCENT = 100


class LabelledValue(msgspec.Struct, frozen=True):
    """A label and its value."""

    label: str
    value: str


class ToDo(msgspec.Struct, frozen=True):
    """Why something is not good enough, or not known, and what to do about it."""

    why: str
    advice: list[str]


class RoomCard(msgspec.Struct, frozen=True):
    """One room. `figures` are its numbers; `access_points` who carries it, in words; `todo` what is not good enough or
    not known, with what to do; `cards` what it was judged by.
    """

    anchor: str
    name: str
    badge: Badge
    seats: str
    figures: list[LabelledValue]
    access_points: list[str]
    todo: list[ToDo]
    cards: list[Card]


class SchoolRoomsRow(msgspec.Struct, frozen=True):
    """How many rooms of a school there are, how many are measured, and how many of those are good enough."""

    school: Link
    rooms: str
    measured: str
    never: str
    ready: str
    some_never: bool
    simulated: bool


class RoomsPage(msgspec.Struct, frozen=True):
    """Either all schools, or the rooms of one: first those that were never measured. `misplaced` are access points that
    do not stand where they are said to.
    """

    frame: PageFrame
    heading: str
    summary: str
    back: Link | None
    schools: list[SchoolRoomsRow]
    misplaced: list[str]
    never: list[RoomCard]
    rooms: list[RoomCard]
    empty: Empty | None


def rooms_page(snapshot: Snapshot, now: datetime, language: Language, school_code: str | None) -> RoomsPage:
    """The rooms of one school, or every school's count of them when none is asked for."""
    known = snapshot.rooms
    school = snapshot.configuration.schools.get(school_code or "")
    found = known.get(school_code or "")
    shown = [found] if found else [] if school_code else list(known.values())
    title = phrase(language, "page_rooms_title")
    heading = f"{title}: {school.name}" if school else title
    told = None if school is None else FindingContext(school=school, now=now, language=language)
    cards = [] if found is None or told is None else _cards(found, told)
    reports = [report for one in shown for report in one.rooms]
    return RoomsPage(
        frame=frame(
            language,
            heading,
            section="rooms",
            page="rooms",
            query={"school": school_code},
            authority=snapshot.configuration.settings.authority,
            notices=notices(snapshot, now, language, simulated=[one.simulated for one in shown]),
        ),
        heading=heading,
        summary=counted(language, "page_rooms_measured", len(reports), measured=sum(one.measured for one in reports)),
        back=Link(address(language, "rooms"), phrase(language, "page_all_schools")) if school_code else None,
        schools=[] if school_code else _schools(snapshot, known, language),
        misplaced=[] if found is None else [render(text, language) for text in found.misplaced],
        never=[made for report, made in cards if report.newest_at is None],
        rooms=[made for report, made in cards if report.newest_at is not None],
        empty=_empty(snapshot, school, found, school_code, language),
    )


def _schools(snapshot: Snapshot, known: dict[str, SchoolRooms], language: Language) -> list[SchoolRoomsRow]:
    schools = sorted(snapshot.configuration.schools.values(), key=lambda school: school.name)
    return [_school(school, known.get(school.code), language) for school in schools]


def _school(school: School, found: SchoolRooms | None, language: Language) -> SchoolRoomsRow:
    reports = [] if found is None else found.rooms
    never = len(school.rooms) - sum(one.newest_at is not None for one in reports)
    return SchoolRoomsRow(
        school=Link(address(language, "rooms", school=school.code), school.name),
        rooms=number(len(school.rooms), language),
        measured=number(sum(one.measured for one in reports), language),
        never=number(never, language),
        ready=number(sum(one.status is Status.READY for one in reports), language),
        some_never=never > 0,
        simulated=school.simulated or (found is not None and found.simulated),
    )


def _cards(found: SchoolRooms, told: FindingContext) -> list[tuple[RoomReport, RoomCard]]:
    """Worst first, then by name."""
    worst_first = sorted(found.rooms, key=lambda one: (WORST_FIRST.index(one.status), room_name(told.school, one.room)))
    return [(one, _room(f"room-{place}", one, told)) for place, one in enumerate(worst_first, start=1)]


def _room(anchor: str, report: RoomReport, told: FindingContext) -> RoomCard:
    language = told.language
    seats = next((room.seats for room in told.school.rooms if room.id == report.room), 0)
    findings = sorted(report.findings, key=lambda one: (not counts(one), rank(one)))
    open_ones = [one for one in findings if one.status is not Status.READY and one.caused_by is None]
    if not report.measured:
        # Until enough devices measure, all else is open for that one reason.
        open_ones = open_ones[:1]
    return RoomCard(
        anchor=anchor,
        name=room_name(told.school, report.room),
        badge=badge(report.status, language),
        seats=counted(language, "page_room_seats", seats),
        figures=_figures(report, told),
        access_points=[_access_point(one, language) for one in report.access_points],
        todo=[_todo(one, language) for one in open_ones],
        cards=[card(f"{anchor}-{place}", one, [], told) for place, one in enumerate(findings, start=1)],
    )


def _todo(finding: Finding, language: Language) -> ToDo:
    why = f"{choose(finding.heading, language)}: {render(finding.why, language)}"
    return ToDo(why, [render(text, language) for text in finding.advice])


def _figures(report: RoomReport, told: FindingContext) -> list[LabelledValue]:
    language = told.language
    newest = phrase(language, "page_room_never")
    if report.newest_at is not None:
        newest = f"{age(report.newest_at, told.now, language)} ({moment(report.newest_at, language)})"
    busy = report.utilisation_percent
    values = {
        "signal": quantity(report.signal_p10_dbm, "dBm", language),
        "snr": quantity(report.snr_p10_db, "dB", language),
        "busy": quantity(busy, "%", language),
        "evidence": _evidence(report, language),
        "newest": newest,
    }
    return [LabelledValue(phrase(language, f"page_room_{name}"), value) for name, value in values.items()]


def _evidence(report: RoomReport, language: Language) -> str:
    devices = counted(language, "page_room_devices", report.devices)
    return phrase(language, "page_room_on_days", devices=devices, days=counted(language, "page_room_days", report.days))


def _access_point(one: AccessPointUse, language: Language) -> str:
    """Who it is, how much of the room it carries, and how full and busy it is as far as anybody knows."""
    known = [
        phrase(language, "page_room_band", band=one.band) if one.band else None,
        phrase(language, "page_room_channel", channel=str(one.channel)) if one.channel else None,
        phrase(language, "page_room_share", percent=round(_PERCENT * one.share)),
        counted(language, "page_room_clients", one.clients) if one.clients is not None else None,
        phrase(language, "page_room_busy_at", percent=round(one.utilisation_percent))
        if one.utilisation_percent is not None
        else None,
        phrase(language, f"page_room_{one.unclear}") if one.unclear else None,
    ]
    return f"{one.name}: {', '.join(part for part in known if part)}"


def _empty(
    snapshot: Snapshot, school: School | None, found: SchoolRooms | None, asked: str | None, language: Language
) -> Empty | None:
    if asked and school is None:
        return empty("school", language)
    if snapshot.configuration.schools and not snapshot.rooms:
        return empty("waiting", language)
    return empty("rooms", language) if asked and found is not None and not found.rooms else None


def _view(asked: Asked) -> RoomsPage:
    return rooms_page(asked.snapshot, asked.now, asked.language, asked.query.get("school") or None)


def _samples(snapshot: Snapshot) -> list[str]:
    return [address("sv", "rooms", school=school) for school in (None, *snapshot.configuration.schools)]


PAGE = Page(path="rooms", view=_view, samples=_samples, navigation=20)
