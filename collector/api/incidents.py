"""`GET /api/v1/incidents`: what fails on the way to the test right now, with what each device saw."""

from __future__ import annotations

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent.protocol.wire import RungKind
from collector.api.operation import Answer, Operation, Resource
from collector.api.reading import LANGUAGE, SCHOOL, asked_language, asked_school, told
from collector.api.refusals import REFUSED
from collector.i18n.incidents import actor, title
from collector.i18n.messages import Language
from collector.judgement.snapshot import ReadSnapshot
from collector.readiness.incidents.attribute import Actor, AttributionDoubt, Incident, Reach, SchoolFailing


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
    kind: RungKind
    error_code: str
    title: str
    reach: Reach
    actor: Actor
    act: str
    doubt: AttributionDoubt | None
    authority: str | None
    since: datetime
    judged_schools: int
    schools: list[IncidentSchoolAnswer]


class IncidentsResource(Resource):
    """The incidents, as they were found last."""

    def __init__(self, read_snapshot: ReadSnapshot) -> None:
        self._read_snapshot = read_snapshot

    @Operation(
        path="/api/v1/incidents",
        summary="What fails on the way to the test right now, where, since when and who has to act.",
        parameters=[SCHOOL, LANGUAGE],
        answers={200: Answer("The incidents, the earliest first.", list[IncidentAnswer]), 400: REFUSED},
    )
    def list_all(self, request: Request) -> Response:
        """Those that touch one school where one is asked for."""
        snapshot, language = self._read_snapshot(), asked_language(request)
        school = asked_school(request, snapshot.configuration)
        touching = [one for one in snapshot.incidents if school in {None, *(failing.school for failing in one.schools)}]
        return told([incident_answer(one, language) for one in touching])


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
