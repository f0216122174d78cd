"""`GET /api/v1/policy`: what devices shall measure, how often and where. Changes when the configuration does,
and once a day, for its ticket."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent.protocol.wire import SCHEMA, Policy, Rung
from collector.api.operation import Answer, Operation, Parameter, Resource
from collector.api.refusals import LATER, NO_TOKEN
from collector.clock import Clock
from collector.configuration.links import base_url
from collector.configuration.model import Settings
from collector.http.requests import Authorise, authorised
from collector.measurement.request import BASE
from collector.measurement.tickets import Ticket, issue

KNOWN_POLICY = Parameter("If-None-Match", "header", "The ETag of the policy that the device has.")


def policy_of(settings: Settings, ticket: str, ladder: Sequence[Rung] = (), machine_key: str = "") -> Policy:
    """The policy that the settings come to; the measurement point is the collector unless another is named."""
    agents = settings.agents
    return Policy(
        schema=SCHEMA,
        plans=agents.plans,
        measurement_url=agents.measurement_url or base_url(settings) + BASE,
        hosts=agents.hosts,
        throughput=agents.throughput,
        latency_samples=agents.latency_samples,
        upload_every_s=agents.upload_every_s,
        outbox_max_reports=agents.outbox_max_reports,
        ticket=ticket,
        internet=agents.internet,
        ladder=list(ladder),
        machine_key=machine_key,
    )


def machine_key(secret: bytes) -> str:
    """What the authority's devices hash ids of their hardware under. It follows from the secret that tickets are signed
    with, and says nothing of it; with another secret all machines are others.
    """
    return hmac.new(secret, b"provklar: ids of machines", sha256).hexdigest()


def round_trips_until(now: datetime) -> datetime:
    """When a ticket for round trips ends: with the next day, by UTC. So it is the same all day, and so is the ETag."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=2), time.min, UTC)


class PolicyResource(Resource):
    """The policy, with a ticket of its own for each device."""

    def __init__(
        self,
        authorise: Authorise,
        settings: Callable[[], Settings],
        secret: bytes,
        clock: Clock,
        ladder: Callable[[], Sequence[Rung]] = tuple,
    ) -> None:
        """`settings` gives those in use, so that a changed configuration reaches devices. `secret` signs tickets, and
        the key for ids of machines follows from it.
        """
        self._authorise = authorise
        self._settings = settings
        self._secret = secret
        self._clock = clock
        self._ladder = ladder

    @Operation(
        path="/api/v1/policy",
        summary="What the device is to measure, how often and against what.",
        parameters=[KNOWN_POLICY],
        token=True,
        answers={
            200: Answer("The policy, with an ETag.", Policy),
            304: Answer("The device has the newest policy."),
            401: NO_TOKEN,
            503: LATER,
        },
    )
    async def show(self, request: Request) -> Response:
        """Nothing but the ETag to a device that has it."""
        device = authorised(request, self._authorise)
        ticket = Ticket(device.device_id, device.school, "round_trips", round_trips_until(self._clock()))
        policy = policy_of(self._settings(), issue(self._secret, ticket), self._ladder(), machine_key(self._secret))
        body = msgspec.json.encode(policy)
        etag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = {"etag": etag, "cache-control": "private, no-cache"}
        if _matches(request.headers.get("if-none-match", ""), etag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")


def _matches(if_none_match: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags
