"""One connection to a measurement point that is a process of its own: HTTP/1.1, one request at a time.

Everything that a client can make long has a bound: its head in bytes, every wait in seconds. What arrives is read into
one buffer that all connections share, counted and forgotten; what is sent is one buffer, over and over. So a
connection costs next to no memory, whatever its client does.

It is a server of our own because none that is kept counts what arrives as it arrives: nginx takes an upload to disk or
throws it away uncounted, and an ASGI server hands each piece through a queue (about 4 times the processor time of this
one for an upload). httptools parses and uvloop carries, so that one core gives 41 Gbit/s in one stream and takes 39
(docs/benchmarks.md, P7). What the point grants, counts and answers is not here but in `point`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import cast

import httptools

from agent.protocol.tcp_info import Options, send_despite_loss
from collector.measurement.answer import NO_STORE, MeasurementRefusedError, PointAnswer
from collector.measurement.counting import CHUNK_BYTES
from collector.measurement.gate import require
from collector.measurement.point import Exchange, Point
from collector.measurement.request import HEAD_BYTES, Action, head_too_large, malformed, route_of, too_slow
from collector.measurement.tickets import Ticket

HEAD_S = 15.0
"""On a thin line that is full, TCP may have to send a head three times, seconds apart."""
IDLE_S = 30.0
LINGER_S = 2.0
WRITE_AHEAD_BYTES = 2 * CHUNK_BYTES
UNAUTHENTICATED_MOST = 256
"""Connections beyond the bound, for those who have not shown a ticket yet."""

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class ServerState:
    """What all connections share. Full of those without a ticket, it lets go of the one that has waited for longest."""

    def __init__(self, point: Point) -> None:
        """For one event loop."""
        self.point = point
        self.room = memoryview(bytearray(CHUNK_BYTES))
        self.connections: set[Connection] = set()
        self.unauthenticated: dict[Connection, None] = {}

    def add(self, connection: Connection) -> None:
        """Takes a new connection in."""
        self.connections.add(connection)
        self.unauthenticated[connection] = None
        gate = self.point.gate
        if len(self.unauthenticated) > UNAUTHENTICATED_MOST + max(0, gate.bounds.connections - gate.inside):
            oldest = next(iter(self.unauthenticated))
            del self.unauthenticated[oldest]
            oldest.abort()

    def remove(self, connection: Connection) -> None:
        """A connection that has ended."""
        self.connections.discard(connection)
        self.unauthenticated.pop(connection, None)

    def end_overdue(self, now_s: float) -> None:
        """Ends every wait that has been long enough, and looks how far downloads have come; to be called often."""
        for connection in list(self.connections):
            connection.look(now_s)
            if connection.deadline_s <= now_s:
                connection.overdue()


@dataclass(slots=True)
class RequestHead:
    """What matters of a request's head."""

    url: bytes = b""
    authorization: bytes = b""
    origin: str = ""
    expects: bool = False
    size_bytes: int = 0


class Doing(Enum):
    """What a connection is about."""

    WAITING = auto()
    HEAD = auto()
    BODY = auto()
    SENDING = auto()
    LEAVING = auto()


class Connection(asyncio.BufferedProtocol):
    """Speaks with one client. `deadline_s` is when, by the monotonic clock, `overdue` has to be called."""

    def __init__(self, server: ServerState) -> None:
        """The event loop calls the rest."""
        self._server = server
        self._point = server.point
        self._gate = server.point.gate
        self._transport: asyncio.Transport
        self._socket: Options | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._doing = Doing.WAITING
        self._head = RequestHead()
        self._fed_bytes = 0
        self._exchange = Exchange("ping", self._point)
        self._shown: tuple[bytes, Ticket] | None = None
        self._device_id: str | None = None
        self._paused = False
        self._stays = True
        self.deadline_s = time.monotonic() + HEAD_S

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self._transport.set_write_buffer_limits(high=WRITE_AHEAD_BYTES)
        self._socket = transport.get_extra_info("socket")
        self._server.add(self)

    def eof_received(self) -> None:
        """The client says nothing more, and the connection ends: the last moment to ask what has arrived."""
        self._exchange.look(time.monotonic())

    def connection_lost(self, _reason: Exception | None) -> None:
        """The client has gone."""
        self._doing = Doing.LEAVING
        self._exchange.end(time.monotonic())
        self._server.remove(self)
        if self._device_id is not None:
            self._gate.leave(self._device_id)
            self._device_id = None

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where the next bytes go: shared by all, because they are looked at before anything else is read."""
        return self._server.room

    def buffer_updated(self, size: int) -> None:
        """Bytes have arrived. What a refused client still sends is dropped."""
        if self._doing is Doing.LEAVING:
            return
        if self._doing in (Doing.WAITING, Doing.HEAD):
            self._fed_bytes += size
        try:
            self._parser.feed_data(self._server.room[:size])
        except httptools.HttpParserCallbackError:
            raise
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(malformed("This is not a request that a measurement point understands."))
            return
        if self._fed_bytes > HEAD_BYTES and self._doing in (Doing.WAITING, Doing.HEAD):
            self._refuse(head_too_large())

    def pause_writing(self) -> None:
        """The client takes less than it could be given."""
        self._paused = True

    def resume_writing(self) -> None:
        """It can take more."""
        self._paused = False
        if self._doing is Doing.SENDING:
            self._exchange.look(time.monotonic())
            self._send()

    # What the parser calls.

    def on_message_begin(self) -> None:
        """A request begins: one at a time."""
        if self._doing is Doing.SENDING:
            self.abort()
        elif self._doing is Doing.WAITING:
            self._doing = Doing.HEAD
            self._head = RequestHead()
            now_s = time.monotonic()
            self._exchange.look(now_s)
            self._exchange.end(now_s)
            self._exchange = Exchange("ping", self._point)
            self.deadline_s = now_s + HEAD_S

    def on_url(self, url: bytes) -> None:
        """A part of what is asked for."""
        self._head.url += url
        self._head.size_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or a trailer."""
        self._head.size_bytes += len(name) + len(value)
        name = name.lower()
        if name == b"authorization":
            self._head.authorization = value
        elif name == b"origin":
            self._head.origin = value.decode("latin-1")
        elif name == b"expect":
            self._head.expects = value.lower() == b"100-continue"

    def on_headers_complete(self) -> None:
        """All is known that decides whether the request is granted."""
        if self._doing is not Doing.HEAD:
            return
        self._fed_bytes = 0
        self._doing = Doing.BODY
        try:
            if self._head.size_bytes > HEAD_BYTES:
                raise head_too_large()
            self._exchange = self._granted()
        except MeasurementRefusedError as refused:
            self._refuse(refused)
            return
        if self._head.expects:
            self._transport.write(CONTINUE)

    def on_body(self, body: bytes) -> None:
        """Bytes of an upload."""
        if self._doing is not Doing.BODY:
            return
        try:
            self._exchange.arrived(len(body), time.monotonic())
        except MeasurementRefusedError as refused:
            self._refuse(refused)

    def on_message_complete(self) -> None:
        """The request is whole and can be answered."""
        if self._doing is not Doing.BODY:
            return
        self._stays = self._parser.should_keep_alive()
        answer = self._exchange.answer(time.monotonic())
        self._write(answer)
        if self._exchange.left_bytes:
            self._doing = Doing.SENDING
            self._send()
        else:
            self._answered()

    # What follows from it.

    def _granted(self) -> Exchange:
        """What is granted, if anything is asked that there is and a ticket opens. Raises MeasurementRefusedError."""
        path, _, query = self._head.url.decode("latin-1").partition("?")
        route = route_of(self._parser.get_method(), path)
        if route == "health" or route == "preflight":  # noqa: PLR1714 - so that the types see that a ticket is due else
            return Exchange(route, self._point)
        ticket = self._ticket(route)
        self._enter(ticket.device_id)
        exchange = self._point.grant(route, ticket, query, self._socket)
        if route in {"down", "up"}:
            self.deadline_s = time.monotonic() + exchange.seconds
        if exchange.despite_loss and self._socket is not None:
            send_despite_loss(self._socket)
        return exchange

    def _ticket(self, action: Action) -> Ticket:
        """The ticket that is shown; one that was shown on this connection before is known without its signature."""
        written = self._head.authorization
        if self._shown is not None and self._shown[0] == written and self._gate.seconds(self._shown[1])[0] > 0:
            require(self._shown[1], action)
            return self._shown[1]
        ticket = self._point.ticket(action, written.decode("latin-1"))
        self._shown = (written, ticket)
        return ticket

    def _enter(self, device_id: str) -> None:
        if self._device_id == device_id:
            return
        self._gate.enter(device_id)
        if self._device_id is not None:
            self._gate.leave(self._device_id)
        self._device_id = device_id
        self._server.unauthenticated.pop(self, None)

    def _send(self) -> None:
        """Gives the client as much as it takes; the rest when `resume_writing` says so."""
        while self._exchange.left_bytes and not self._paused:
            try:
                self._transport.write(self._exchange.next_piece(time.monotonic()))
            except MeasurementRefusedError:
                self.abort()
                return
        if not self._exchange.left_bytes:
            self._answered()

    def _answered(self) -> None:
        if self._stays:
            self._doing = Doing.WAITING
            self.deadline_s = time.monotonic() + IDLE_S
        else:
            self._leave()

    def _refuse(self, refused: MeasurementRefusedError) -> None:
        """Says no, and reads on for a moment, for the answer to arrive before the connection breaks."""
        self._doing = Doing.LEAVING
        self.deadline_s = time.monotonic() + LINGER_S
        if self._transport.is_closing():
            return
        self._stays = False
        self._write(refused.answer)
        if self._transport.can_write_eof():
            self._transport.write_eof()

    def _leave(self) -> None:
        """Ends once all that was written has gone out, or after a moment."""
        self._doing = Doing.LEAVING
        self.deadline_s = time.monotonic() + max(LINGER_S, self._gate.bounds.request_seconds)
        self._transport.close()

    def _write(self, answer: PointAnswer) -> None:
        self._transport.write(written(answer, self._for_pages(), stays=self._stays))

    def _for_pages(self) -> Mapping[str, str]:
        """Nothing for those who name no page."""
        origin = self._head.origin
        return self._point.for_pages(origin, asks_first=self._exchange.route == "preflight") if origin else {}

    def look(self, now_s: float) -> None:
        """Counts what has arrived of what is being sent."""
        self._exchange.look(now_s)

    def overdue(self) -> None:
        """The wait has been long enough. A client that can still be answered is told so."""
        if self._doing is Doing.HEAD:
            self._refuse(too_slow("Send the request faster."))
        elif self._doing is Doing.BODY:
            self._refuse(self._exchange.late())
        else:
            self.abort()

    def stop_by(self, moment_s: float) -> None:
        """The process ends: what is under way has until then, what waits goes now."""
        self.deadline_s = min(self.deadline_s, moment_s)
        if self._doing in (Doing.WAITING, Doing.HEAD):
            self._transport.close()

    def abort(self) -> None:
        """Ends at once."""
        self._doing = Doing.LEAVING
        self._transport.abort()


def written(answer: PointAnswer, for_pages: Mapping[str, str], *, stays: bool) -> bytes:
    """The answer as HTTP/1.1, its head and what body it has; `stays` says that the connection does."""
    lines = [f"HTTP/1.1 {answer.status.value} {answer.status.phrase}"]
    if answer.media_type:
        lines += [f"content-type: {answer.media_type}", f"content-length: {answer.length}"]
    ends = {} if stays else {"connection": "close"}
    lines += [f"{name}: {value}" for name, value in {**NO_STORE, **ends, **answer.headers, **for_pages}.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body
