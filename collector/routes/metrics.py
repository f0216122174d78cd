"""`GET /metrics` for Prometheus, in the format it asks for, gzip if it takes it."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client.exposition import choose_encoder
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.alerting.deliver import Delivery
from collector.clock import Clock
from collector.judgement.snapshot import ReadSnapshot
from collector.metrics.exporter import SnapshotCollector, registry


def routes(
    read_snapshot: ReadSnapshot, clock: Clock, read_delivery: Callable[[], Delivery | None] = lambda: None
) -> list[Route]:
    """One route; each request shows the newest snapshot, and `name[]` in the query picks metrics."""
    exposed = registry(SnapshotCollector(read_snapshot, clock, read_delivery))

    def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        names = request.query_params.getlist("name[]")
        shown = exposed.restricted_registry(names) if names else exposed
        return Response(encode(shown), headers={"content-type": content_type})

    return [Route("/metrics", metrics, methods=["GET"], middleware=[Middleware(GZipMiddleware)])]
