"""`POST /api/v1/reports`: a batch of reports from one device, answered one by one when they are on disk."""

from __future__ import annotations

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent.protocol import wire
from collector.api.operation import Answer, Operation, Resource
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
from collector.ingest.queue import IngestBusyError, IngestQueue, IngestStoppedError
from collector.readiness.domain.location import Locate, Location
from collector.readiness.domain.model import DeviceSeen

ANSWER_DEADLINE_S = 60.0
RETRY_BUSY_S = 2

_batch = msgspec.json.Decoder(wire.ReportBatch)


class ReportBatch(msgspec.Struct, frozen=True):
    """The body of `POST /api/v1/reports`: each report is checked on its own, so one that is wrong is answered for
    itself and the rest are kept.
    """

    reports: list[wire.Report]


class ReportsResource(Resource):
    """Hands what enrolled devices send to `ingest`."""

    def __init__(self, authorise: Authorise, ingest: IngestQueue, limits: Limits, locate: Locate) -> None:
        """`locate` tells from where a device sends."""
        self._authorise = authorise
        self._ingest = ingest
        self._limits = limits
        self._locate = locate
        self._rate = RateLimit(limits.requests_per_minute)

    @Operation(
        path="/api/v1/reports",
        method="post",
        summary="Takes reports, at least once: a report that was sent before is a duplicate and no error.",
        body=ReportBatch,
        token=True,
        answers={
            200: Answer("One answer per report, in order.", wire.BatchAnswer),
            **BODY_REFUSED,
            401: NO_TOKEN,
            429: TOO_MANY,
            503: LATER,
        },
    )
    async def take(self, request: Request) -> Response:
        """Answers when the reports are on disk."""
        device = authorised(request, self._authorise)
        self._rate.admit(device.device_id, "sends", "then send more reports at a time")
        batch = decoded(await read_body(request, self._limits), _batch)
        where = self._locate(device.school, client_address(request))
        return json_response(wire.BatchAnswer(await _stored(self._ingest, device, batch, where)))


async def _stored(
    ingest: IngestQueue, device: DeviceSeen, batch: wire.ReportBatch, where: Location
) -> list[wire.ReportAnswer]:
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
