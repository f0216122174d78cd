"""`/measure/v1`: the measurement point in the collector, for holders of tickets."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp

from agent.protocol.wire import Problem, UploadCount
from collector.api.operation import Answer, Operation, Parameter, Resource
from collector.api.refusals import LATER, REFUSED, TOO_LARGE, TOO_MANY, TOO_SLOW
from collector.measurement.asgi import MeasuringEndpoint
from collector.measurement.point import Point
from collector.measurement.request import BASE
from collector.measurement.tally import RunCount

DOWN_BYTES = Parameter(
    "bytes",
    "query",
    "How many bytes to send; the collector has a cap.",
    {"type": "integer", "minimum": 1},
    required=True,
)
NO_TICKET = Answer("No ticket, or one that is not valid (any more): fetch the policy or ask for a lease.", Problem)
OTHER_TICKET = Answer("The ticket is for round trips alone: ask for a lease.", Problem)
OCTETS = "application/octet-stream"


class MeasurementResource(Resource):
    """Round trips, downloads and uploads. What is answered is the point's own business."""

    def __init__(self, point: Point) -> None:
        self._point = point

    @Operation(
        path=f"{BASE}/ping",
        summary="Answers at once, for latency.",
        token=True,
        answers={204: Answer("Here."), 401: NO_TICKET, 503: LATER},
        asks_first=True,
    )
    async def ping(self, _request: Request) -> ASGIApp:
        """A round trip."""
        return MeasuringEndpoint("ping", self._point)

    @Operation(
        path=f"{BASE}/down",
        summary="Sends bytes that cannot be compressed, for throughput down.",
        parameters=[DOWN_BYTES],
        token=True,
        answers={
            200: Answer("The bytes.", bytes, OCTETS),
            400: REFUSED,
            401: NO_TICKET,
            403: OTHER_TICKET,
            429: TOO_MANY,
            503: LATER,
        },
        asks_first=True,
    )
    async def down(self, _request: Request) -> ASGIApp:
        """A download."""
        return MeasuringEndpoint("down", self._point)

    @Operation(
        path=f"{BASE}/up",
        method="post",
        summary="Counts what arrives, for throughput up.",
        body=bytes,
        body_media_type=OCTETS,
        token=True,
        answers={
            200: Answer("The receiver's count.", UploadCount),
            400: REFUSED,
            401: NO_TICKET,
            403: OTHER_TICKET,
            408: TOO_SLOW,
            413: TOO_LARGE,
            429: TOO_MANY,
            503: LATER,
        },
        asks_first=True,
    )
    async def up(self, _request: Request) -> ASGIApp:
        """An upload."""
        return MeasuringEndpoint("up", self._point)

    @Operation(
        path=f"{BASE}/counts",
        summary="What was counted of the runs of the last minutes, for the collector alone.",
        token=True,
        answers={200: Answer("The runs.", list[RunCount]), 401: NO_TICKET, 403: OTHER_TICKET},
    )
    async def counts(self, _request: Request) -> ASGIApp:
        """A collector reads this of a measurement point that is a process of its own."""
        return MeasuringEndpoint("counts", self._point)
