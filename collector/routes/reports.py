"""`POST /api/v1/reports`: a batch of reports from one device, answered one by one when they are on disk."""

from __future__ import annotations

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.protocol.wire import BatchAnswer, ReportAnswer, ReportBatch
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
from collector.ingest.queue import Ingest, IngestBusyError, IngestStoppedError
from collector.readiness.domain.location import Locate, Whereabouts
from collector.readiness.domain.model import DeviceSeen

ANSWER_DEADLINE_S = 60.0
RETRY_BUSY_S = 2

_batch = msgspec.json.Decoder(ReportBatch)


def routes(authorise: Authorise, ingest: Ingest, limits: Limits, locate: Locate) -> list[Route]:
    """Hands what enrolled devices send to `ingest`, within `limits`. `locate` tells from where they send."""
    rate = RateLimit(limits.requests_per_minute)

    @answering
    async def reports(request: Request) -> Response:
        device = authorised(request, authorise)
        rate.admit(device.device_id, "sends", "then send more reports at a time")
        batch = decoded(await read_body(request, limits), _batch)
        where = locate(device.school, client_address(request))
        return json_response(BatchAnswer(await _stored(ingest, device, batch, where)))

    return [Route("/api/v1/reports", reports, methods=["POST"])]


async def _stored(ingest: Ingest, device: DeviceSeen, batch: ReportBatch, where: Whereabouts) -> list[ReportAnswer]:
    try:
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            return await ingest.submit(device, [bytes(raw) for raw in batch.reports], where)
    except (IngestBusyError, TimeoutError):
        raise RefusedError(
            503, "busy", "The collector has more reports than it can take now. Send again.", retry_after_s=RETRY_BUSY_S
        ) from None
    except IngestStoppedError:
        raise RefusedError(
            503, "stopping", "The collector is being restarted. Send again.", retry_after_s=RETRY_BUSY_S
        ) from None
