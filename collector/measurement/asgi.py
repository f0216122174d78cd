"""The measurement point in the collector, for small installations: carries `point` over ASGI, on the collector's port.

So one port and one certificate are enough, and a reverse proxy carries it with the rest. ASGI hides the connection, so
nothing is known of its segments, and it can not be told to send despite loss.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from collector.measurement.answer import EMPTY, MeasurementRefusedError, PointAnswer
from collector.measurement.point import Exchange, Point
from collector.measurement.request import Action, malformed
from collector.measurement.tickets import Ticket

Begin = Callable[[PointAnswer], Awaitable[None]]
"""Sends the head of an answer."""


class MeasuringEndpoint:
    """An ASGI application for one action of a point: answers a request for it, or a browser that asks first."""

    def __init__(self, action: Action, point: Point) -> None:
        self._action = action
        self._point = point

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        asks_first = request.method == "OPTIONS"
        for_pages = self._point.for_pages(request.headers.get("origin", ""), asks_first=asks_first)
        begin = partial(_begin, send, for_pages)
        try:
            answer = EMPTY if asks_first else await self._answer(request, begin, send)
        except MeasurementRefusedError as refused:
            answer = refused.answer
        if answer is not None:
            await begin(answer)
            await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, request: Request, begin: Begin, send: Send) -> PointAnswer | None:
        """The answer that is still to be sent; None after a download, which is sent by then."""
        ticket = self._point.ticket(self._action, request.headers.get("authorization", ""))
        if self._action in {"ping", "counts"}:  # cost next to nothing, so they take no place from who measures
            return self._point.grant(self._action, ticket, request.url.query).answer(time.monotonic())
        with self._inside(ticket):
            exchange = self._point.grant(self._action, ticket, request.url.query)
            try:
                if self._action == "up":
                    await _count(exchange, request)
                    return exchange.answer(time.monotonic())
                await _send_all(exchange, begin, request.receive, send)
            finally:
                exchange.end(time.monotonic())
        return None

    @contextmanager
    def _inside(self, ticket: Ticket) -> Iterator[None]:
        self._point.gate.enter(ticket.device_id)
        try:
            yield
        finally:
            self._point.gate.leave(ticket.device_id)


async def _begin(send: Send, for_pages: Mapping[str, str], answer: PointAnswer) -> None:
    headers = dict(answer.headers)
    if answer.media_type:
        headers |= {"content-length": str(answer.length), "content-type": answer.media_type}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in {**headers, **for_pages}.items()]
    await send({"type": "http.response.start", "status": answer.status.value, "headers": raw})


async def _send_all(exchange: Exchange, begin: Begin, receive: Receive, send: Send) -> None:
    """Sends a download. What takes too long, or more than its ticket allows, ends too early: its head has gone."""
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        with suppress(TimeoutError, MeasurementRefusedError):
            async with asyncio.timeout(exchange.seconds):
                await begin(exchange.answer(time.monotonic()))
                while exchange.left_bytes and not gone.done():
                    piece = exchange.next_piece(time.monotonic())
                    await send({"type": "http.response.body", "body": piece, "more_body": exchange.left_bytes > 0})
                    # To a client that has left, the server "sends" without ever waiting: nobody would notice.
                    await asyncio.sleep(0)
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    """Returns when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _count(exchange: Exchange, request: Request) -> None:
    """Counts an upload as it arrives. Raises MeasurementRefusedError."""
    try:
        async with asyncio.timeout(exchange.seconds):
            async for piece in request.stream():
                if piece:
                    exchange.arrived(len(piece), time.monotonic())
    except TimeoutError:
        raise exchange.late() from None
    except ClientDisconnect:
        raise malformed("The connection ended before the upload did.") from None
