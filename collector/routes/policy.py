"""`GET /api/v1/policy`: what devices shall measure, how often and where. Changes only when the configuration does."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.wire import SCHEMA, Policy
from collector.alerting.links import base_url
from collector.configuration.model import Settings
from collector.routes.requests import Authorise, answering, authorised

MEASUREMENT_PATH = "/measure/v1"


def policy_of(settings: Settings) -> Policy:
    """The policy that the settings come to; the measurement point is the collector unless another is named."""
    agents = settings.agents
    return Policy(
        schema=SCHEMA,
        plans=agents.plans,
        measurement_url=agents.measurement_url or base_url(settings) + MEASUREMENT_PATH,
        hosts=agents.hosts,
        throughput=agents.throughput,
        latency_samples=agents.latency_samples,
        upload_every_s=agents.upload_every_s,
        outbox_max_reports=agents.outbox_max_reports,
    )


def routes(authorise: Authorise, settings: Callable[[], Settings]) -> list[Route]:
    """`settings` gives those in use, so that a changed configuration reaches the devices."""

    @answering
    async def read_policy(request: Request) -> Response:
        authorised(request, authorise)
        body = msgspec.json.encode(policy_of(settings()))
        etag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = {"etag": etag, "cache-control": "private, no-cache"}
        if _matches(request.headers.get("if-none-match", ""), etag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    return [Route("/api/v1/policy", read_policy, methods=["GET"])]


def _matches(if_none_match: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags
