"""`POST /api/v1/enrolments`: a machine shows a school's key and gets a token of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from agent.protocol.wire import UNKNOWN_ROOM, Enrolled, Enrolment, Problem
from collector.api.operation import Answer, Operation, Resource
from collector.api.refusals import BODY_REFUSED, LATER, TOO_MANY
from collector.clock import Clock
from collector.configuration.model import Limits
from collector.http.rates import RateLimit, hold_back
from collector.http.requests import RefusedError, client_address, decoded, json_response, read_body, small
from collector.readiness.domain.model import School
from collector.readiness.domain.room_names import room_of
from collector.store.errors import EnrolmentRefusedError

ENROLMENTS_PER_MINUTE = 6_000
"""Per client address; all machines of a school may share one."""
REFUSALS_PER_MINUTE = 10
"""Wrong keys per client address: beyond it nobody there is heard for a while, so that guessing is hopeless."""
LARGEST_BODY_BYTES = 16_384
HELD_BACK = "Too many enrolments from this address. Check the key, and try again in {wait_s} s."

_enrolment = msgspec.json.Decoder(Enrolment)


class EnrolmentStore(Protocol):
    """What enrolling needs of the store."""

    def enrol(self, enrolment: Enrolment, now: datetime) -> Enrolled: ...


class EnrolmentsResource(Resource):
    """Lets machines in, within bounds per address."""

    def __init__(
        self, store: EnrolmentStore, clock: Clock, schools: Callable[[], Mapping[str, School]], limits: Limits
    ) -> None:
        """`schools` gives the schools in the configuration in use, by code."""
        self._store = store
        self._clock = clock
        self._schools = schools
        self._limits = small(limits, LARGEST_BODY_BYTES)
        self._attempts, self._refusals = RateLimit(ENROLMENTS_PER_MINUTE), RateLimit(REFUSALS_PER_MINUTE)

    @Operation(
        path="/api/v1/enrolments",
        method="post",
        summary="Enrols a device with its school's key; the token in the answer is shown this once.",
        body=Enrolment,
        answers={
            201: Answer("Enrolled.", Enrolled),
            **BODY_REFUSED,
            403: Answer("The key is wrong or revoked.", Problem),
            404: Answer("The collector has no such school, or the school no such room.", Problem),
            429: TOO_MANY,
            503: LATER,
        },
    )
    async def enrol(self, request: Request) -> Response:
        """Counts what is refused, so that guessing is hopeless."""
        client = client_address(request) or "unknown"
        hold_back(client, HELD_BACK, self._attempts, self._refusals)
        self._attempts.count(client)
        enrolment = decoded(await read_body(request, self._limits), _enrolment)
        school = self._schools().get(enrolment.school)
        if school is None:
            self._refusals.count(client)
            raise _unknown_school(enrolment.school)
        _check_room(school, enrolment.room)
        try:
            enrolled = await run_in_threadpool(self._store.enrol, enrolment, self._clock())
        except EnrolmentRefusedError as refused:
            self._refusals.count(client)
            raise RefusedError(403, refused.code, refused.message, place="$.key") from None
        return json_response(enrolled, 201, {"cache-control": "no-store"})


def _unknown_school(code: str) -> RefusedError:
    return RefusedError(
        404,
        "unknown_school",
        f"School {code} is not among the collector's schools. Check the school code in agent.yaml; "
        "it has 8 digits and stands in the collector's schools.yaml.",
        place="$.school",
    )


def _check_room(school: School, room: str | None) -> None:
    """What a machine measures in a room that nobody sits in counts for none. A mistyped room is no guess at a key, so
    it is not counted as one: all machines of a cart may have it.
    """
    rooms = [one.id for one in school.rooms]
    if room is None or room in rooms:
        return
    meant = room_of(school, room)
    near = f" Did you mean {meant.id}?" if meant is not None else ""
    raise RefusedError(
        404,
        UNKNOWN_ROOM,
        f"{school.name} has no room {room}.{near} Its rooms in the collector's schools.yaml are: "
        f"{', '.join(rooms) or 'none'}. Correct the room in agent.yaml; leave it out for a machine that moves.",
        place="$.room",
    )
