"""The protocol of a measurement point, once: what is granted, what is counted, and what is answered.

Two thin transports carry it and decide nothing: `asgi` on the collector's own port, `connection` in a process of its
own. Neither is named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qs
from weakref import WeakValueDictionary

from agent.protocol.tcp_info import Options, segments_in
from collector.measurement.answer import (
    BYTES,
    EMPTY,
    EMPTY_NOT_KEPT,
    NO_STORE,
    MeasurementRefusedError,
    PointAnswer,
    in_json,
)
from collector.measurement.counting import (
    CHUNK_BYTES,
    ByteCounter,
    Siblings,
    incompressible,
    ticket_ended,
    upload_too_slow,
    wanted_bytes,
)
from collector.measurement.gate import Gate
from collector.measurement.origins import Origins
from collector.measurement.request import Action, Route, malformed
from collector.measurement.tickets import Ticket


class Point:
    """One measurement point. For one event loop."""

    def __init__(self, gate: Gate, origins: Origins) -> None:
        """`gate` decides who comes in, `origins` which pages of other servers may read the answers."""
        self.gate = gate
        self.source = incompressible()
        self._origins = origins
        self._siblings: WeakValueDictionary[str, Siblings] = WeakValueDictionary()

    def ticket(self, action: Action, authorization: str) -> Ticket:
        """The ticket in an `Authorization` header, if it opens `action`. Raises MeasurementRefusedError."""
        scheme, _, text = authorization.partition(" ")
        return self.gate.ticket(text.strip() if scheme.lower() == "bearer" else None, action)

    def grant(self, action: Action, ticket: Ticket, query: str, connection: Options | None = None) -> Exchange:
        """What the holder of `ticket`, who has come in, may do now. Raises MeasurementRefusedError.

        `connection` is asked how much has arrived, where a transport has one to ask.
        """
        exchange = Exchange(action, self, ticket)
        if action == "ping":
            return exchange
        asked = parse_qs(query)
        exchange.seconds, exchange.ends_with_ticket = self.gate.seconds(ticket)
        exchange.despite_loss = asked.get("congestion") == ["bbr"]
        if action == "down":
            exchange.left_bytes = wanted_bytes(asked.get("bytes", [""])[0])
        else:
            exchange.count = self._count(ticket.device_id, connection)
        self.gate.take(ticket, 0)
        return exchange

    def _count(self, device_id: str, connection: Options | None) -> ByteCounter:
        """A count that knows of the other uploads of that device; they are forgotten with the last of them."""
        siblings = self._siblings.get(device_id)
        if siblings is None:
            siblings = self._siblings[device_id] = Siblings()
        return (
            ByteCounter(siblings=siblings)
            if connection is None
            else ByteCounter(partial(segments_in, connection), siblings)
        )

    def for_pages(self, origin: str, *, asks_first: bool = False) -> Mapping[str, str]:
        """What a browser has to know before it lets a page of the server `origin` read the answer."""
        return self._origins.preflight(origin) if asks_first else self._origins.headers(origin)


class Exchange:
    """A request that was granted, and what it comes to. `left_bytes` have still to be sent; `seconds` is how long it
    may last; `despite_loss` asks a transport that can to send on when segments are lost.
    """

    __slots__ = ("_point", "_ticket", "count", "despite_loss", "ends_with_ticket", "left_bytes", "route", "seconds")

    def __init__(self, route: Route, point: Point, ticket: Ticket | None = None) -> None:
        """Without a ticket for what anybody may ask."""
        self.route = route
        self._point = point
        self._ticket = ticket
        self.left_bytes = 0
        self.count: ByteCounter | None = None
        self.seconds = 0.0
        self.ends_with_ticket = False
        self.despite_loss = False

    def arrived(self, size: int, now_s: float) -> None:
        """Counts bytes of an upload. Raises MeasurementRefusedError."""
        if self.count is None or self._ticket is None:
            raise malformed("Only an upload has a body.")
        self.count.add(size, now_s)
        self._point.gate.take(self._ticket, size)

    def next_piece(self) -> memoryview:
        """The next bytes of a download. Raises MeasurementRefusedError where the ticket allows no more: the head has
        gone by then, so only a download that ends too early can say it.
        """
        assert self._ticket is not None
        size = min(self.left_bytes, CHUNK_BYTES)
        self._point.gate.take(self._ticket, size)
        self.left_bytes -= size
        return self._point.source[:size]

    def answer(self, now_s: float) -> PointAnswer:
        """The answer once the request is whole; the head of it for a download."""
        if self.route == "down":
            return PointAnswer(HTTPStatus.OK, NO_STORE, BYTES, self.left_bytes)
        if self.count is not None:
            return in_json(self.count.result(now_s))
        return EMPTY_NOT_KEPT if self.route == "ping" else EMPTY

    def late(self) -> MeasurementRefusedError:
        """The refusal of an upload that lasts too long."""
        return ticket_ended() if self.ends_with_ticket else upload_too_slow(self._point.gate.bounds.request_seconds)
