"""`GET /metrics` for Prometheus, in the format it asks for, gzip if it takes it."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client.exposition import choose_encoder
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

from collector.api.operation import Answer, Operation, Resource
from collector.clock import Clock
from collector.judgement.snapshot import ReadSnapshot
from collector.metrics.exporter import SnapshotCollector, registry
from collector.readiness.alerts.delivery import Delivery


class MetricsResource(Resource):
    """The newest snapshot for Prometheus."""

    def __init__(
        self, read_snapshot: ReadSnapshot, clock: Clock, read_delivery: Callable[[], Delivery | None] = lambda: None
    ) -> None:
        """`read_delivery` tells how the last round of warnings went; None when there was none."""
        self._registry = registry(SnapshotCollector(read_snapshot, clock, read_delivery))

    @Operation(
        path="/metrics",
        summary="The newest judgement for Prometheus; a scrape measures nothing.",
        answers={200: Answer("Prometheus or OpenMetrics text.", str, "text/plain")},
        middleware=[Middleware(GZipMiddleware)],
    )
    def scrape(self, request: Request) -> Response:
        """All of it, or what `name[]` in the query picks."""
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        names = request.query_params.getlist("name[]")
        shown = self._registry.restricted_registry(names) if names else self._registry
        return Response(encode(shown), headers={"content-type": content_type})
