"""One connection to a measurement point that is a process of its own: HTTP/1.1, one request at a time.

Everything that a client can make long has a bound: its head in bytes, every wait in seconds. What arrives is read into
one buffer that all connections share, counted and forgotten; what is sent is one buffer, over and over. So a
connection costs next to no memory, whatever its client does.
"""

from __future__ import annotations

import asyncio
import time
from enum import Enum, auto
from functools import partial
from http import HTTPStatus
from typing import Literal, cast
from urllib.parse import parse_qs
from weakref import WeakValueDictionary

import httptools
import msgspec

from collector.measurement.counting import (
    CHUNK_BYTES,
    Count,
    Siblings,
    incompressible,
    ticket_ended,
    too_slow,
    wanted_bytes,
)
from collector.measurement.gate import Gate, require
from collector.measurement.origins import Origins
from collector.measurement.refusal import MeasurementRefusedError
from collector.measurement.request import HEAD_BYTES, Head, Request, head_too_large, malformed, route_of
from collector.measurement.tcp import segments_in, send_despite_loss
from collector.measurement.tickets import Ticket

HEAD_S = 15.0
"""On a thin line that is full, TCP may have to send a head three times, seconds apart."""
IDLE_S = 30.0
LINGER_S = 2.0
WRITE_AHEAD_BYTES = 2 * CHUNK_BYTES
STRANGERS = 256
"""Connections beyond the bound, for those who have not shown a ticket yet."""

EMPTY = b"HTTP/1.1 204 No Content\r\ncache-control: no-store\r\n"
LAST = b"connection: close\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Common:
    """What all connections share. Full of strangers, it lets go of the one that has been one for longest."""

    def __init__(self, gate: Gate) -> None:
        """For one event loop."""
        self.gate = gate
        self.origins = Origins(gate.bounds.allowed_origins)
        self.source = incompressible()
        self.room = memoryview(bytearray(CHUNK_BYTES))
        self.connections: set[Connection] = set()
        self.strangers: dict[Connection, None] = {}
        self._siblings: WeakValueDictionary[str, Siblings] = WeakValueDictionary()

    def siblings(self, device_id: str) -> Siblings:
        """The uploads of that device; forgotten with the last of them."""
        found = self._siblings.get(device_id)
        if found is None:
            found = self._siblings[device_id] = Siblings()
        return found

    def welcome(self, connection: Connection) -> None:
        """Takes a new connection in."""
        self.connections.add(connection)
        self.strangers[connection] = None
        if len(self.strangers) > STRANGERS + max(0, self.gate.bounds.connections - self.gate.inside):
            oldest = next(iter(self.strangers))
            del self.strangers[oldest]
            oldest.abort()

    def farewell(self, connection: Connection) -> None:
        """A connection that has ended."""
        self.connections.discard(connection)
        self.strangers.pop(connection, None)

    def end_overdue(self, now_s: float) -> None:
        """Ends every wait that has been long enough; to be called often."""
        for connection in [one for one in self.connections if one.deadline_s <= now_s]:
            connection.overdue()


class Doing(Enum):
    """What a connection is about."""

    WAITING = auto()
    HEAD = auto()
    BODY = auto()
    SENDING = auto()
    LEAVING = auto()


class Connection(asyncio.BufferedProtocol):
    """Speaks with one client. `deadline_s` is when, by the monotonic clock, `overdue` has to be called."""

    def __init__(self, common: Common) -> None:
        """The event loop calls the rest."""
        self._common = common
        self._gate = common.gate
        self._transport: asyncio.Transport
        self._parser = httptools.HttpRequestParser(self)
        self._doing = Doing.WAITING
        self._head = Head()
        self._fed_bytes = 0
        self._request = Request("ping")
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
        self._common.welcome(self)

    def connection_lost(self, _reason: Exception | None) -> None:
        """The client has gone."""
        self._doing = Doing.LEAVING
        self._common.farewell(self)
        if self._device_id is not None:
            self._gate.leave(self._device_id)
            self._device_id = None

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where the next bytes go: shared by all, because they are looked at before anything else is read."""
        return self._common.room

    def buffer_updated(self, size: int) -> None:
        """Bytes have arrived. What a refused client still sends is dropped."""
        if self._doing is Doing.LEAVING:
            return
        if self._doing in (Doing.WAITING, Doing.HEAD):
            self._fed_bytes += size
        try:
            self._parser.feed_data(self._common.room[:size])
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
            self._send()

    # What the parser calls.

    def on_message_begin(self) -> None:
        """A request begins: one at a time."""
        if self._doing is Doing.SENDING:
            self.abort()
        elif self._doing is Doing.WAITING:
            self._doing = Doing.HEAD
            self._head = Head()
            self._request = Request("ping")
            self.deadline_s = time.monotonic() + HEAD_S

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
            self._request = self._granted()
        except MeasurementRefusedError as refused:
            self._refuse(refused)
            return
        if self._head.expects:
            self._transport.write(CONTINUE)

    def on_body(self, body: bytes) -> None:
        """Bytes of an upload."""
        if self._doing is not Doing.BODY:
            return
        request = self._request
        try:
            if request.route != "up" or request.ticket is None:
                raise malformed("Only an upload has a body.")
            request.count.add(len(body), time.monotonic())
            self._gate.take(request.ticket, len(body))
        except MeasurementRefusedError as refused:
            self._refuse(refused)

    def on_message_complete(self) -> None:
        """The request is whole and can be answered."""
        if self._doing is not Doing.BODY:
            return
        self._stays = self._parser.should_keep_alive()
        if self._request.route == "down":
            self._doing = Doing.SENDING
            self._transport.write(self._head_of(self._request.left_bytes, "application/octet-stream"))
            self._send()
        elif self._request.route == "up":
            body = msgspec.json.encode(self._request.count.result(time.monotonic()))
            self._transport.write(self._head_of(len(body), "application/json") + body)
            self._answered()
        else:
            self._transport.write(EMPTY + self._last_of_head())
            self._answered()

    # What follows from it.

    def _granted(self) -> Request:
        """The request, if it is one and its ticket opens it. Raises MeasurementRefusedError."""
        path, _, query = self._head.url.decode("latin-1").partition("?")
        route = route_of(self._parser.get_method(), path)
        match route:
            case "health" | "preflight":
                return Request(route)
        ticket = self._ticket(route)
        self._enter(ticket.device_id)
        if route == "ping":
            return Request(route, ticket)
        left_s, ends_with_ticket = self._gate.seconds(ticket)
        self.deadline_s = time.monotonic() + left_s
        asked = parse_qs(query)
        size = wanted_bytes(asked.get("bytes", [""])[0]) if route == "down" else 0
        self._gate.take(ticket, 0)
        if asked.get("congestion") == ["bbr"]:
            send_despite_loss(self._transport)
        count = Count(partial(segments_in, self._transport), self._common.siblings(ticket.device_id))
        return Request(route, ticket, size, count, ends_with_ticket=ends_with_ticket)

    def _ticket(self, action: Literal["ping", "down", "up"]) -> Ticket:
        written = self._head.authorization
        if self._shown is not None and self._shown[0] == written and self._gate.seconds(self._shown[1])[0] > 0:
            require(self._shown[1], action)
            return self._shown[1]
        scheme, _, text = written.decode("latin-1").partition(" ")
        ticket = self._gate.ticket(text.strip() if scheme.lower() == "bearer" else None, action)
        self._shown = (written, ticket)
        return ticket

    def _enter(self, device_id: str) -> None:
        if self._device_id == device_id:
            return
        self._gate.enter(device_id)
        if self._device_id is not None:
            self._gate.leave(self._device_id)
        self._device_id = device_id
        self._common.strangers.pop(self, None)

    def _send(self) -> None:
        """Gives the client as much as it takes; the rest when `resume_writing` says so."""
        request = self._request
        assert request.ticket is not None
        while request.left_bytes and not self._paused:
            size = min(request.left_bytes, CHUNK_BYTES)
            try:
                self._gate.take(request.ticket, size)
            except MeasurementRefusedError:
                self.abort()  # the head has gone; only a download that ends too early can say it now
                return
            self._transport.write(self._common.source[:size])
            request.left_bytes -= size
        if not request.left_bytes:
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
        self._transport.write(refused.head_and_body(self._for_pages()))
        if self._transport.can_write_eof():
            self._transport.write_eof()

    def _leave(self) -> None:
        """Ends once all that was written has gone out, or after a moment."""
        self._doing = Doing.LEAVING
        self.deadline_s = time.monotonic() + max(LINGER_S, self._gate.bounds.request_seconds)
        self._transport.close()

    def _head_of(self, length: int, media_type: str) -> bytes:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n"
        return head.encode("ascii") + b"cache-control: no-store\r\n" + self._last_of_head()

    def _last_of_head(self) -> bytes:
        return (b"" if self._stays else LAST) + self._for_pages() + b"\r\n"

    def _for_pages(self) -> bytes:
        """What a browser has to know before it lets a page of another server read the answer."""
        if not self._head.origin:
            return b""
        origins, origin = self._common.origins, self._head.origin
        told = origins.preflight(origin) if self._request.route == "preflight" else origins.headers(origin)
        return "".join(f"{name}: {value}\r\n" for name, value in told.items()).encode("latin-1")

    def overdue(self) -> None:
        """The wait has been long enough. A client that can still be answered is told so."""
        if self._doing is Doing.HEAD:
            self._refuse(MeasurementRefusedError(HTTPStatus.REQUEST_TIMEOUT, "too_slow", "Send the request faster."))
        elif self._doing is Doing.BODY:
            late = ticket_ended() if self._request.ends_with_ticket else too_slow(self._gate.bounds.request_seconds)
            self._refuse(late)
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
