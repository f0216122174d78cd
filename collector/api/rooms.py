"""`GET /api/v1/rooms`: what is known of the air in every room, and how each is judged if it is full."""

from __future__ import annotations

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from collector.api.findings import FindingAnswer, SchoolAnswer, finding_answer, school_answer
from collector.api.operation import Answer, Operation, Resource
from collector.api.reading import LANGUAGE, SCHOOL, asked_language, asked_school, told
from collector.api.refusals import REFUSED
from collector.configuration.model import Configuration
from collector.i18n.messages import Language, render
from collector.i18n.rooms import room_name
from collector.judgement.snapshot import ReadSnapshot
from collector.readiness.domain.model import School, Status
from collector.readiness.verdict.room_reports import AccessPointUse, RoomReport, SchoolRooms


class AccessPointAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An own access point's radio that carries a room; `share` is its part of the room's devices and days. What is
    null is not known; `unclear` says why, as a code, where network gear was asked about the clients.
    """

    name: str
    bssid: str
    share: float
    devices: int
    band: str | None
    channel: int | None
    clients: int | None
    utilisation_percent: float | None
    unclear: str | None


class RoomAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A room, judged as if it were full. `measured`: whether enough devices have measured there lately; `devices` did,
    on `days` days. Signal and SNR are what nine values of ten reach for certain; null while too little is known.
    """

    id: str
    name: str
    seats: int
    status: Status
    measured: bool
    devices: int
    days: int
    newest_at: datetime | None
    signal_p10_dbm: float | None
    snr_p10_db: float | None
    utilisation_percent: float | None
    access_points: list[AccessPointAnswer]
    findings: list[FindingAnswer]


class SchoolRoomsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The rooms of a school; `misplaced` are sentences about access points that do not stand where they are said to."""

    school: SchoolAnswer
    profile: str
    judged_at: datetime
    simulated: bool
    rooms: list[RoomAnswer]
    misplaced: list[str]


class RoomsResource(Resource):
    """The rooms of every school."""

    def __init__(self, read_snapshot: ReadSnapshot) -> None:
        self._read_snapshot = read_snapshot

    @Operation(
        path="/api/v1/rooms",
        summary="The rooms of every school: what is known of their air, and how each is judged if it is full.",
        parameters=[SCHOOL, LANGUAGE],
        answers={200: Answer("The schools with their rooms.", list[SchoolRoomsAnswer]), 400: REFUSED},
    )
    def list_all(self, request: Request) -> Response:
        """Those of one school where one is asked for."""
        snapshot, language = self._read_snapshot(), asked_language(request)
        configuration = snapshot.configuration
        school = asked_school(request, configuration)
        known = [
            one
            for code, one in sorted(snapshot.rooms.items())
            if school in {None, code} and code in configuration.schools
        ]
        return told([school_rooms_answer(one, configuration, language) for one in known])


def school_rooms_answer(found: SchoolRooms, configuration: Configuration, language: Language) -> SchoolRoomsAnswer:
    """The rooms in words, with every number behind their findings. The school must be configured."""
    school = configuration.schools[found.school]
    return SchoolRoomsAnswer(
        school=school_answer(school),
        profile=found.profile,
        judged_at=found.judged_at,
        simulated=found.simulated,
        rooms=[_room(report, school, language) for report in found.rooms],
        misplaced=[render(text, language) for text in found.misplaced],
    )


def _room(report: RoomReport, school: School, language: Language) -> RoomAnswer:
    return RoomAnswer(
        id=report.room,
        name=room_name(school, report.room),
        seats=next((room.seats for room in school.rooms if room.id == report.room), 0),
        status=report.status,
        measured=report.measured,
        devices=report.devices,
        days=report.days,
        newest_at=report.newest_at,
        signal_p10_dbm=report.signal_p10_dbm,
        snr_p10_db=report.snr_p10_db,
        utilisation_percent=report.utilisation_percent,
        access_points=[_access_point(one) for one in report.access_points],
        findings=[finding_answer(one, language, explained=True) for one in report.findings],
    )


def _access_point(one: AccessPointUse) -> AccessPointAnswer:
    return AccessPointAnswer(**msgspec.structs.asdict(one))
