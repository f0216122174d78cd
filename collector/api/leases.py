"""`POST /api/v1/leases`: leave to fill the line of the device's school. `DELETE` of a lease gives it back early.
`GET` tells whether there would be leave now, without taking it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from agent.protocol.wire import Lease, LeaseRequest, Problem
from collector.api.operation import Answer, Operation, Parameter, Resource
from collector.api.refusals import BODY_REFUSED, LATER, NO_TOKEN, TOO_MANY
from collector.configuration.model import Limits
from collector.http.rates import RateLimit
from collector.http.requests import (
    Authorise,
    RefusedError,
    authorised,
    client_address,
    decoded,
    json_response,
    read_body,
)
from collector.leases.service import LeaseService, NotPlannedError
from collector.readiness.domain.location import Locate, Location
from collector.readiness.domain.model import DeviceSeen
from collector.readiness.leases.scheduler import Refusal, Refused

NOT_PLANNED_RETRY_S = 3_600
LEASE = Parameter("lease_id", "path", "The lease's id.", required=True)
LEASED_PROBE = Parameter("probe", "query", "What would fill the line; `throughput` unless written.")

MESSAGES: dict[Refusal, str] = {
    "line_busy": "Another device of the school measures the line now. Ask again as Retry-After says.",
    "enough_for_now": "The line has been measured enough for this hour. Ask again as Retry-After says.",
    "tried_lately": "A test of the line failed a short while ago. Ask again as Retry-After says.",
    "outside_school_day": "The line is measured in the school day only. Ask again as Retry-After says.",
    "quiet_hours": "These are quiet hours of the school. Ask again as Retry-After says.",
    "sitting_in_progress": "The school sits a test now or soon. Ask again as Retry-After says.",
    "not_at_school": "The device is in none of its school's networks (networks in schools.yaml), so it would measure "
    "another line. Ask again when it is back.",
}

_wish = msgspec.json.Decoder(LeaseRequest)


class LeasesResource(Resource):
    """For enrolled devices."""

    def __init__(self, authorise: Authorise, keeper: LeaseService, limits: Limits, locate: Locate) -> None:
        """`locate` tells from where a device asks."""
        self._authorise = authorise
        self._keeper = keeper
        self._limits = limits
        self._locate = locate
        self._rate = RateLimit(limits.requests_per_minute)

    @Operation(
        path="/api/v1/leases",
        method="post",
        summary="Asks for leave to fill the school's line for a moment; one device of a school gets it at a time.",
        body=LeaseRequest,
        token=True,
        answers={
            200: Answer("The lease. It ends by itself.", Lease),
            **BODY_REFUSED,
            401: NO_TOKEN,
            409: Answer("Not now; `code` says why. Ask again as `Retry-After` says.", Problem),
            429: TOO_MANY,
            503: LATER,
        },
    )
    async def ask(self, request: Request) -> Response:
        """Takes the line, if it is to be had."""
        device = self._admitted(request)
        wish = decoded(await read_body(request, self._limits), _wish)
        with _planned(wish.probe):
            answer = await run_in_threadpool(self._keeper.ask, device, wish.probe, self._from_where(request, device))
        if isinstance(answer, Refused):
            raise _refusal(answer)
        return json_response(answer)

    @Operation(
        path="/api/v1/leases",
        summary="Whether there would be leave to fill the school's line now. Takes none.",
        parameters=[LEASED_PROBE],
        token=True,
        answers={
            204: Answer("There would be."),
            401: NO_TOKEN,
            409: Answer("Not now; `code` says why, `Retry-After` when it may be.", Problem),
            429: TOO_MANY,
            503: LATER,
        },
    )
    async def look(self, request: Request) -> Response:
        """Only looks."""
        device = self._admitted(request)
        probe = request.query_params.get("probe", "throughput")
        with _planned(probe):
            refused = await run_in_threadpool(self._keeper.outlook, device, probe, self._from_where(request, device))
        if refused:
            raise _refusal(refused)
        return Response(status_code=204)

    @Operation(
        path="/api/v1/leases/{lease_id}",
        method="delete",
        summary="Gives a lease back early.",
        parameters=[LEASE],
        token=True,
        answers={
            204: Answer("The line is free."),
            401: NO_TOKEN,
            404: Answer("The device holds no such lease.", Problem),
            503: LATER,
        },
    )
    async def give_back(self, request: Request) -> Response:
        """Frees the line."""
        device = authorised(request, self._authorise)
        if not await run_in_threadpool(self._keeper.give_back, device, request.path_params["lease_id"]):
            raise RefusedError(404, "no_such_lease", "The device holds no such lease, or it has ended. Nothing to do.")
        return Response(status_code=204)

    def _admitted(self, request: Request) -> DeviceSeen:
        device = authorised(request, self._authorise)
        self._rate.admit(device.device_id, "asks", "then ask again")
        return device

    def _from_where(self, request: Request, device: DeviceSeen) -> Location:
        return self._locate(device.school, client_address(request))


@contextmanager
def _planned(probe: str) -> Iterator[None]:
    try:
        yield
    except NotPlannedError:
        raise RefusedError(
            409,
            "probe_not_planned",
            f"The collector plans no {probe}, so nobody may fill a line with it. Fetch the policy again.",
            place="probe",
            retry_after_s=NOT_PLANNED_RETRY_S,
        ) from None


def _refusal(refused: Refused) -> RefusedError:
    return RefusedError(409, refused.code, MESSAGES[refused.code], retry_after_s=refused.retry_after_s)
