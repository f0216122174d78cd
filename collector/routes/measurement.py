"""The measurement point in the collector, for small installations: `/measure/v1`, as ASGI.

Who may use it and what is counted is the same code as in a measurement point of its own (`collector.measurement`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps

from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from agent.protocol.wire import UploadCount
from collector.http.cors import AllowOrigins
from collector.http.requests import RefusedError, answering, bearer, json_response
from collector.measurement.counting import (
    CHUNK_BYTES,
    Count,
    incompressible,
    ticket_ended,
    too_slow,
    wanted_bytes,
)
from collector.measurement.gate import Gate
from collector.measurement.origins import Origins
from collector.measurement.refusal import MeasurementRefusedError
from collector.measurement.tickets import Ticket
from collector.routes.policy import MEASUREMENT_PATH

NO_STORE = {"cache-control": "no-store"}


class _Download(Response):
    """Sends `size` bytes of one buffer, over and over. Ends the connection when it takes too long."""

    def __init__(self, size: int, source: memoryview, gate: Gate, ticket: Ticket) -> None:
        super().__init__(headers=NO_STORE | {"content-length": str(size)}, media_type="application/octet-stream")
        self._left = size
        self._source = source
        self._gate = gate
        self._ticket = ticket

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await self._send(send, gone)
        finally:
            gone.cancel()

    async def _send(self, send: Send, gone: asyncio.Future[None]) -> None:
        left_s, _ = self._gate.seconds(self._ticket)
        with _inside(self._gate, self._ticket), suppress(TimeoutError, MeasurementRefusedError):
            async with asyncio.timeout(left_s):
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                while self._left > 0 and not gone.done():
                    chunk = self._source[: min(self._left, CHUNK_BYTES)]
                    self._gate.take(self._ticket, len(chunk))
                    self._left -= len(chunk)
                    await send({"type": "http.response.body", "body": chunk, "more_body": self._left > 0})
                    # To a client that has left, the server "sends" without ever waiting: nobody would notice.
                    await asyncio.sleep(0)


async def _disconnected(receive: Receive) -> None:
    """Returns when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def routes(gate: Gate, origins: Origins | None = None) -> list[Route]:
    """The three routes of a measurement point, for holders of tickets; `origins` are those of other servers' pages."""
    source = incompressible()
    other_pages = [Middleware(AllowOrigins, origins=origins or Origins())]

    @answering
    @_refusing
    async def ping(request: Request) -> Response:
        gate.ticket(bearer(request), "ping")
        return Response(status_code=204, headers=NO_STORE)

    @answering
    @_refusing
    async def down(request: Request) -> Response:
        shown = gate.ticket(bearer(request), "down")
        size = wanted_bytes(request.query_params.get("bytes", ""))
        gate.take(shown, 0)
        with _inside(gate, shown):  # refused now, while it can be said; it comes in when it begins to send
            return _Download(size, source, gate, shown)

    @answering
    @_refusing
    async def up(request: Request) -> Response:
        shown = gate.ticket(bearer(request), "up")
        with _inside(gate, shown):
            return json_response(await _counted(request, gate, shown))

    return [
        Route(f"{MEASUREMENT_PATH}/{name}", handler, methods=[method, "OPTIONS"], middleware=other_pages)
        for name, handler, method in (("ping", ping, "GET"), ("down", down, "GET"), ("up", up, "POST"))
    ]


def _refusing(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Makes the gate's refusals into those of the API."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except MeasurementRefusedError as refused:
            said = refused.problem
            raise RefusedError(
                refused.status.value, said.code, said.message, place=said.place, retry_after_s=refused.retry_after_s
            ) from None

    return answer


@contextmanager
def _inside(gate: Gate, ticket: Ticket) -> Iterator[None]:
    gate.enter(ticket.device_id)
    try:
        yield
    finally:
        gate.leave(ticket.device_id)


async def _counted(request: Request, gate: Gate, ticket: Ticket) -> UploadCount:
    count = Count()
    left_s, ends_with_ticket = gate.seconds(ticket)
    try:
        async with asyncio.timeout(left_s):
            async for chunk in request.stream():
                if chunk:
                    count.add(len(chunk), time.monotonic())
                    gate.take(ticket, len(chunk))
    except TimeoutError:
        raise (ticket_ended() if ends_with_ticket else too_slow(left_s)) from None
    except ClientDisconnect:
        raise RefusedError(400, "malformed", "The connection ended before the upload did.") from None
    return count.result(time.monotonic())
