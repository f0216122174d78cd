"""`POST /api/v1/leases`: leave to fill the line of the device's school. `DELETE` of a lease gives it back early."""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.wire import LeaseRequest
from collector.configuration.model import Limits
from collector.leases.keeper import LeaseKeeper, NotPlannedError
from collector.leases.planning import Refusal, Refused
from collector.readiness.domain import DeviceSeen
from collector.routes.rates import RateLimit
from collector.routes.requests import (
    Authorise,
    RefusedError,
    answering,
    authorised,
    decoded,
    json_response,
    read_body,
)

NOT_PLANNED_RETRY_S = 3_600

MESSAGES: dict[Refusal, str] = {
    "line_busy": "Another device of the school measures the line now. Ask again as Retry-After says.",
    "enough_for_now": "The line has been measured enough for this hour. Ask again as Retry-After says.",
    "tried_lately": "A test of the line failed a short while ago. Ask again as Retry-After says.",
    "outside_school_day": "The line is measured in the school day only. Ask again as Retry-After says.",
    "quiet_hours": "These are quiet hours of the school. Ask again as Retry-After says.",
    "sitting_in_progress": "The school sits a test now or soon. Ask again as Retry-After says.",
}

_wish = msgspec.json.Decoder(LeaseRequest)


def routes(authorise: Authorise, keeper: LeaseKeeper, limits: Limits) -> list[Route]:
    """For enrolled devices."""
    rate = RateLimit(limits.requests_per_minute)

    @answering
    async def ask(request: Request) -> Response:
        device = authorised(request, authorise)
        _check_rate(rate, device)
        wish = decoded(await read_body(request, limits), _wish)
        try:
            answer = await run_in_threadpool(keeper.ask, device, wish.probe)
        except NotPlannedError:
            raise RefusedError(
                409,
                "probe_not_planned",
                f"The collector plans no {wish.probe}, so nobody may fill a line with it. Fetch the policy again.",
                place="probe",
                retry_after_s=NOT_PLANNED_RETRY_S,
            ) from None
        if isinstance(answer, Refused):
            raise RefusedError(409, answer.code, MESSAGES[answer.code], retry_after_s=answer.retry_after_s)
        return json_response(answer)

    @answering
    async def give_back(request: Request) -> Response:
        device = authorised(request, authorise)
        if not await run_in_threadpool(keeper.give_back, device, request.path_params["lease_id"]):
            raise RefusedError(404, "no_such_lease", "The device holds no such lease, or it has ended. Nothing to do.")
        return Response(status_code=204)

    return [
        Route("/api/v1/leases", ask, methods=["POST"]),
        Route("/api/v1/leases/{lease_id}", give_back, methods=["DELETE"]),
    ]


def _check_rate(rate: RateLimit, device: DeviceSeen) -> None:
    wait_s = rate.wait_s(device.device_id)
    if wait_s:
        raise RefusedError(
            429,
            "too_many_requests",
            f"The device asks too often (requests_per_minute). Ask again in {wait_s} s.",
            retry_after_s=wait_s,
        )
    rate.count(device.device_id)
