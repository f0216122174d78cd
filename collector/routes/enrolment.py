"""`POST /api/v1/enrolments`: a machine shows a school's key and gets a token of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Protocol

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.protocol.wire import Enrolled, Enrolment
from collector.clock import Clock
from collector.configuration.model import Limits
from collector.http.rates import RateLimit
from collector.http.requests import RefusedError, answering, client_address, decoded, json_response, read_body
from collector.store.errors import EnrolmentRefusedError

ENROLMENTS_PER_MINUTE = 6_000
"""Per client address; all machines of a school may share one."""
REFUSALS_PER_MINUTE = 10
"""Wrong keys per client address: beyond it nobody there is heard for a while, so that guessing is hopeless."""
LARGEST_BODY_BYTES = 16_384

_enrolment = msgspec.json.Decoder(Enrolment)


class EnrolmentStore(Protocol):
    """What enrolling needs of the store."""

    def enrol(self, enrolment: Enrolment, now: datetime) -> Enrolled: ...


def routes(store: EnrolmentStore, clock: Clock, schools: Callable[[], Collection[str]], limits: Limits) -> list[Route]:
    """`schools` gives the codes of the schools in the configuration in use."""
    body_limits = Limits(
        body_bytes=min(limits.body_bytes, LARGEST_BODY_BYTES),
        decompressed_bytes=min(limits.decompressed_bytes, LARGEST_BODY_BYTES),
    )
    attempts, refusals = RateLimit(ENROLMENTS_PER_MINUTE), RateLimit(REFUSALS_PER_MINUTE)

    @answering
    async def enrolments(request: Request) -> Response:
        client = client_address(request) or "unknown"
        _check_rates(client, attempts, refusals)
        enrolment = decoded(await read_body(request, body_limits), _enrolment)
        if enrolment.school not in schools():
            refusals.count(client)
            raise RefusedError(
                404,
                "unknown_school",
                f"School {enrolment.school} is not among the collector's schools. Check the school code in agent.yaml; "
                "it has 8 digits and stands in the collector's schools.yaml.",
                place="$.school",
            )
        try:
            enrolled = await run_in_threadpool(partial(store.enrol, enrolment, clock()))
        except EnrolmentRefusedError as refused:
            refusals.count(client)
            raise RefusedError(403, refused.code, refused.message, place="$.key") from None
        return json_response(enrolled, 201, {"cache-control": "no-store"})

    return [Route("/api/v1/enrolments", enrolments, methods=["POST"])]


def _check_rates(client: str, attempts: RateLimit, refusals: RateLimit) -> None:
    wait_s = max(attempts.wait_s(client), refusals.wait_s(client))
    if wait_s:
        raise RefusedError(
            429,
            "too_many_requests",
            f"Too many enrolments from this address. Check the key, and try again in {wait_s} s.",
            retry_after_s=wait_s,
        )
    attempts.count(client)
