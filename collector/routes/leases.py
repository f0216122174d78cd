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
from starlette.routing import Route

from agent.protocol.wire import LeaseRequest
from collector.configuration.model import Limits
from collector.http.rates import RateLimit
from collector.http.requests import (
    Authorise,
    RefusedError,
    answering,
    authorised,
    client_address,
    decoded,
    json_response,
    read_body,
)
from collector.leases.service import LeaseKeeper, NotPlannedError
from collector.readiness.domain.location import Locate, Whereabouts
from collector.readiness.domain.model import DeviceSeen
from collector.readiness.leases.scheduler import Refusal, Refused

NOT_PLANNED_RETRY_S = 3_600

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


def routes(authorise: Authorise, keeper: LeaseKeeper, limits: Limits, locate: Locate) -> list[Route]:
    """For enrolled devices. `locate` tells from where they ask."""
    rate = RateLimit(limits.requests_per_minute)

    def admitted(request: Request) -> DeviceSeen:
        device = authorised(request, authorise)
        rate.admit(device.device_id, "asks", "then ask again")
        return device

    def from_where(request: Request, device: DeviceSeen) -> Whereabouts:
        return locate(device.school, client_address(request))

    @answering
    async def ask(request: Request) -> Response:
        device = admitted(request)
        wish = decoded(await read_body(request, limits), _wish)
        with _planned(wish.probe):
            answer = await run_in_threadpool(keeper.ask, device, wish.probe, from_where(request, device))
        if isinstance(answer, Refused):
            raise _refusal(answer)
        return json_response(answer)

    @answering
    async def look(request: Request) -> Response:
        device = admitted(request)
        probe = request.query_params.get("probe", "throughput")
        with _planned(probe):
            refused = await run_in_threadpool(keeper.outlook, device, probe, from_where(request, device))
        if refused:
            raise _refusal(refused)
        return Response(status_code=204)

    @answering
    async def give_back(request: Request) -> Response:
        device = authorised(request, authorise)
        if not await run_in_threadpool(keeper.give_back, device, request.path_params["lease_id"]):
            raise RefusedError(404, "no_such_lease", "The device holds no such lease, or it has ended. Nothing to do.")
        return Response(status_code=204)

    return [
        Route("/api/v1/leases", ask, methods=["POST"]),
        Route("/api/v1/leases", look, methods=["GET"]),
        Route("/api/v1/leases/{lease_id}", give_back, methods=["DELETE"]),
    ]


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
