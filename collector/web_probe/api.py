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
from collector.readiness.domain.model import DeviceSeen, Evidence, Profile, Room, School
from collector.readiness.domain.sittings import starts_at
from collector.store.errors import EnrolmentRefusedError
from collector.store.web_devices import Visit
from collector.web_probe.answers import DeviceVerdictAnswer, Surroundings, WebDevice, surroundings, verdict_answer

REFUSALS_PER_MINUTE = 60
"""Wrong codes per client address: mistyped by a class that shares an address, and too few to guess by."""
LARGEST_BODY_BYTES = 4_096
HELD_BACK = "Too many browsers join from this address. Try again in {wait_s} s."
NO_STORE = {"cache-control": "no-store"}

_wish = msgspec.json.Decoder(WebDevice)


class WebDeviceStore(Protocol):
    """What this needs of the store."""

    def join_web_device(self, visit: Visit, now: datetime, *, most_per_day: int) -> Enrolled: ...
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
        summary="A browser joins by school code and room, without a key, and gets a token of its own.",
        body=WebDevice,
        answers={
            201: Answer("The browser's id and token; the token is shown this once.", Enrolled),
            **BODY_REFUSED,
            403: Answer("The collector, or the school, takes no browsers.", Problem),
            404: Answer("There is no such school or room.", Problem),
            429: TOO_MANY,
            503: LATER,
        },
    )
    async def join(self, request: Request) -> Response:
        """Counts only those who name a school and a room that there are."""
        bounds = self._configuration().settings.web_probe
        if not bounds.enabled:
            raise RefusedError(
                403, "web_probe_closed", "This collector takes no browsers (web_probe.enabled). Ask the school's IT."
            )
        client = client_address(request) or "unknown"
        hold_back(client, HELD_BACK, self._joins, self._refusals)
        visit = self._visit(decoded(await read_body(request, self._limits), _wish), client)
        self._joins.count(client)
        join = partial(self._store.join_web_device, visit, most_per_day=bounds.devices_per_school_and_day)
        try:
            joined = await run_in_threadpool(join, self._clock())
        except EnrolmentRefusedError as refused:
            status = 429 if refused.code == "too_many_web_devices" else 403
            raise RefusedError(status, refused.code, refused.message) from None
        return json_response(joined, 201, NO_STORE)

    def _visit(self, wish: WebDevice, client: str) -> Visit:
        school = self._configuration().schools.get(wish.school)
        if school is None:
            self._refusals.count(client)
            message = f"There is no school with the code {wish.school}. It has 8 digits: check it, or ask a teacher."
            raise RefusedError(404, "unknown_school", message, place="$.school")
        room = room_of(school, wish.room)
        if room is None:
            self._refusals.count(client)
            message = f"{school.name} has no room {wish.room}. Check the sign by the door, or ask a teacher."
            raise RefusedError(404, "unknown_room", message, place="$.room")
        return Visit(school.code, room.id, wish.kept)

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


def room_of(school: School, written: str) -> Room | None:
    """The room that somebody means by its id or its name, in capitals or not."""
    asked = " ".join(written.split()).casefold()
    by_id = (room for room in school.rooms if room.id.casefold() == asked)
    named = [room for room in school.rooms if room.name and " ".join(room.name.split()).casefold() == asked]
    return next(by_id, named[0] if len(named) == 1 else None)


def profile_of_school(configuration: Configuration, school: str, now: datetime) -> Profile:
    """What the school's next sitting is judged by; the collector's own profile where none is to come."""
    coming = [one for one in configuration.sittings if one.school == school and still_to_come(one, now)]
    if not coming:
        return configuration.profiles[configuration.settings.profile]
    return configuration.profile_for(min(coming, key=lambda one: starts_at(one, now)))
