"""The API of the web probe: a browser joins by school code and room, and is told whether its device is ready.

All else it does by the routes that agents use.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from agent.protocol.wire import Enrolled, Problem
from collector.api.operation import Answer, Operation, Resource
from collector.api.reading import LANGUAGE
from collector.api.refusals import BODY_REFUSED, LATER, NO_TOKEN, TOO_MANY
from collector.clock import Clock
from collector.configuration.model import Configuration, Limits
from collector.http.rates import RateLimit, hold_back
from collector.http.requests import (
    Authorise,
    RefusedError,
    authorised,
    client_address,
    decoded,
    json_response,
    read_body,
    small,
)
from collector.i18n.messages import Language
from collector.judgement.service import still_to_come
from collector.readiness.devices.one_device import judge_device
from collector.readiness.domain.model import DeviceSeen, Evidence, Profile
from collector.readiness.domain.room_names import room_of
from collector.readiness.domain.sessions import SupervisedSession
from collector.readiness.domain.sittings import starts_at
from collector.store.errors import EnrolmentRefusedError
from collector.store.web_devices import Visit
from collector.web_probe.answers import (
    DeviceVerdictAnswer,
    SessionAnswer,
    Surroundings,
    TakingPart,
    WebDevice,
    surroundings,
    verdict_answer,
)

REFUSALS_PER_MINUTE = 60
"""Wrong codes per client address: mistyped by a class that shares an address, and too few to guess by."""
LARGEST_BODY_BYTES = 4_096
HELD_BACK = "Too many browsers join from this address. Try again in {wait_s} s."
NO_STORE = {"cache-control": "no-store"}

_wish = msgspec.json.Decoder(WebDevice)
_taking_part = msgspec.json.Decoder(TakingPart)


class WebDeviceStore(Protocol):
    """What this needs of the store."""

    def join_web_device(self, visit: Visit, now: datetime, *, most_per_day: int) -> Enrolled: ...
    def session(self, code: str, now: datetime) -> SupervisedSession | None: ...
    def take_part(self, device_id: str, session: SupervisedSession, now: datetime) -> None: ...
    def device_evidence(self, device: DeviceSeen, as_of: datetime, since: datetime) -> Evidence: ...


class WebDevicesResource(Resource):
    """Lets browsers in, within bounds per address and per school, and tells each what became of its device."""

    def __init__(
        self, store: WebDeviceStore, authorise: Authorise, configuration: Callable[[], Configuration], clock: Clock
    ) -> None:
        """`configuration` gives the one in use."""
        self._store = store
        self._authorise = authorise
        self._configuration = configuration
        self._clock = clock
        self._refusals = RateLimit(REFUSALS_PER_MINUTE)
        self._joins = RateLimit(configuration().settings.web_probe.joins_per_address_and_minute)
        self._limits = small(Limits(), LARGEST_BODY_BYTES)

    @Operation(
        path="/api/v1/web-devices",
        method="post",
        summary="A browser joins by a session's code, or by school and room, and gets a token of its own. No key.",
        body=WebDevice,
        answers={
            201: Answer("The browser's id and token; the token is shown this once.", Enrolled),
            **BODY_REFUSED,
            403: Answer("The collector, or the school, takes no browsers.", Problem),
            404: Answer("There is no such school or room, or no session with that code goes on.", Problem),
            429: TOO_MANY,
            503: LATER,
        },
    )
    async def join(self, request: Request) -> Response:
        """Counts only those who name a session, or a school and a room, that there are."""
        bounds = self._configuration().settings.web_probe
        if not bounds.enabled:
            raise RefusedError(
                403, "web_probe_closed", "This collector takes no browsers (web_probe.enabled). Ask the school's IT."
            )
        client = client_address(request) or "unknown"
        hold_back(client, HELD_BACK, self._joins, self._refusals)
        visit = await self._visit(decoded(await read_body(request, self._limits), _wish), client)
        self._joins.count(client)
        join = partial(self._store.join_web_device, visit, most_per_day=bounds.devices_per_school_and_day)
        try:
            joined = await run_in_threadpool(join, self._clock())
        except EnrolmentRefusedError as refused:
            status = 429 if refused.code == "too_many_web_devices" else 403
            raise RefusedError(status, refused.code, refused.message) from None
        return json_response(joined, 201, NO_STORE)

    @Operation(
        path="/api/v1/web-devices/session",
        method="post",
        summary="A browser that joined before takes part in a supervised session of its school.",
        body=TakingPart,
        token=True,
        answers={
            200: Answer("The session.", SessionAnswer),
            **BODY_REFUSED,
            401: NO_TOKEN,
            403: Answer("It is no browser, or the session is another school's.", Problem),
            404: Answer("No session with that code goes on.", Problem),
            429: TOO_MANY,
            503: LATER,
        },
    )
    async def take_part(self, request: Request) -> Response:
        """From now on until the session ends, what it measures counts."""
        device = authorised(request, self._authorise)
        client = client_address(request) or "unknown"
        hold_back(client, HELD_BACK, self._refusals)
        asked = decoded(await read_body(request, self._limits), _taking_part)
        session = await self._session(asked.session, client)
        if device.kind == "agent" or device.school != session.school:
            message = "Only a browser of the session's own school takes part. Open the page again to join anew."
            raise RefusedError(403, "not_of_the_session", message)
        await run_in_threadpool(self._store.take_part, device.device_id, session, self._clock())
        return json_response(SessionAnswer(session.school, session.room, session.ends_at), headers=NO_STORE)

    async def _session(self, code: str, client: str) -> SupervisedSession:
        session = await run_in_threadpool(self._store.session, code, self._clock())
        if session is None:
            self._refusals.count(client)
            message = "No session with that code goes on. Check the code, or ask whoever opened it: it may have ended."
            raise RefusedError(404, "no_such_session", message, place="$.session")
        return session

    async def _visit(self, wish: WebDevice, client: str) -> Visit:
        if wish.session is not None:
            session = await self._session(wish.session, client)
            return Visit(session.school, session.room, wish.kept, session)
        if wish.school is None or wish.room is None:
            place = "$.school" if wish.school is None else "$.room"
            raise RefusedError(400, "malformed", "Say school and room, or the code of a session.", place=place)
        return self._visit_of_room(wish.school, wish.room, wish.kept, client)

    def _visit_of_room(self, code: str, written: str, kept: bool, client: str) -> Visit:
        school = self._configuration().schools.get(code)
        if school is None:
            self._refusals.count(client)
            message = f"There is no school with the code {code}. It has 8 digits: check it, or ask a teacher."
            raise RefusedError(404, "unknown_school", message, place="$.school")
        room = room_of(school, written)
        if room is None:
            self._refusals.count(client)
            message = f"{school.name} has no room {written}. Check the sign by the door, or ask a teacher."
            raise RefusedError(404, "unknown_room", message, place="$.room")
        return Visit(school.code, room.id, kept)

    @Operation(
        path="/api/v1/web-devices/verdict",
        summary="Whether this one device is ready, by the profile of its school's next sitting.",
        parameters=[LANGUAGE],
        token=True,
        answers={200: Answer("The verdict, what is wrong first.", DeviceVerdictAnswer), 401: NO_TOKEN, 503: LATER},
    )
    async def verdict(self, request: Request) -> Response:
        """Judged now, from what the device has sent."""
        device = authorised(request, self._authorise)
        language: Language = "en" if request.query_params.get("lang") == "en" else "sv"
        known, now = self._configuration(), self._clock()
        profile = profile_of_school(known, device.school, now)
        since = now - timedelta(days=profile.evidence.device_days.value)
        evidence = await run_in_threadpool(self._store.device_evidence, device, now, since)
        judged = judge_device(evidence, device.device_id, profile, known.releases, now)
        return json_response(verdict_answer(device.device_id, judged, profile.id, now, language), headers=NO_STORE)

    @Operation(
        path="/api/v1/web-devices/surroundings",
        summary="The right time, and whether Safe Exam Browser sent this request.",
        answers={200: Answer("What the collector sees.", Surroundings)},
    )
    async def around(self, request: Request) -> Response:
        """What no page can see itself."""
        return json_response(surroundings(request.headers, self._clock()), headers=NO_STORE)


def profile_of_school(configuration: Configuration, school: str, now: datetime) -> Profile:
    """What the school's next sitting is judged by; the collector's own profile where none is to come."""
    coming = [one for one in configuration.sittings if one.school == school and still_to_come(one, now)]
    if not coming:
        return configuration.profiles[configuration.settings.profile]
    return configuration.profile_for(min(coming, key=lambda one: starts_at(one, now, configuration.breaks)))
