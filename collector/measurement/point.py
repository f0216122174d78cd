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

from agent.protocol.tcp_info import Options, acknowledged_bytes, segments_in
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
from collector.measurement.tally import OpenRun, Way
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
        if action in {"ping", "counts"}:
            return exchange
        asked = parse_qs(query)
        exchange.seconds, exchange.ends_with_ticket = self.gate.seconds(ticket)
        exchange.despite_loss = asked.get("congestion") == ["bbr"]
        if action == "down":
            exchange.left_bytes = wanted_bytes(asked.get("bytes", [""])[0])
            exchange.follow(connection)
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

    Whatever carries it tells what moves and when it is over, so that the point keeps its own count of the run.
    """

    __slots__ = (
        *("_arrived", "_connection", "_handed", "_held", "_point", "_run", "_sent_before", "_ticket"),
        *("count", "despite_loss", "ends_with_ticket", "left_bytes", "route", "seconds"),
    )

    def __init__(self, route: Route, point: Point, ticket: Ticket | None = None) -> None:
        """Without a ticket for what anybody may ask."""
        self.route = route
        self._point = point
        self._ticket = ticket
        self._run: OpenRun | None = None
        self._connection: Options | None = None
        self._sent_before = self._handed = self._held = self._arrived = 0
        self.left_bytes = 0
        self.count: ByteCounter | None = None
        self.seconds = 0.0
        self.ends_with_ticket = False
        self.despite_loss = False

    def follow(self, connection: Options | None) -> None:
        """Counts a download by what the other end has of it, where the connection tells."""
        before = None if connection is None else acknowledged_if_known(connection)
        if before is not None:
            self._connection, self._sent_before = connection, before

    def arrived(self, size: int, now_s: float) -> None:
        """Counts bytes of an upload. Raises MeasurementRefusedError."""
        if self.count is None or self._ticket is None:
            raise malformed("Only an upload has a body.")
        self.count.add(size, now_s)
        self._point.gate.take(self._ticket, size)
        self._moved("up", size, now_s)

    def next_piece(self, now_s: float) -> memoryview:
        """The next bytes of a download. Raises MeasurementRefusedError where the ticket allows no more: the head has
        gone by then, so only a download that ends too early can say it.
        """
        assert self._ticket is not None
        size = min(self.left_bytes, CHUNK_BYTES)
        self._point.gate.take(self._ticket, size)
        self.left_bytes -= size
        # Without a connection to ask, a piece has left once the next one can be taken.
        self._moved("down", 0 if self._connection else self._held, now_s)
        self._handed, self._held = self._handed + size, size
        return self._point.source[:size]

    def look(self, now_s: float) -> None:
        """Counts what of a download has arrived by now; to be called often, and once more before the connection goes.
        It is over when all of it has.
        """
        if self.route != "down" or self._run is None:
            return
        if self._connection is not None:
            known = acknowledged_if_known(self._connection)
            # The head of the answer is among what is acknowledged, so never more than was handed over.
            arrived = self._arrived if known is None else min(known - self._sent_before, self._handed)
            self._moved("down", max(0, arrived - self._arrived), now_s)
            self._arrived = max(arrived, self._arrived)
        if not self.left_bytes and (self._connection is None or self._arrived >= self._handed):
            self.end(now_s)

    def end(self, now_s: float) -> None:
        """It is over, well or not. Only the first time counts."""
        if self._run is not None:
            way: Way = "down" if self.route == "down" else "up"
            if way == "down" and self._connection is None:
                self._moved("down", self._held, now_s)
            self._run.leave(way, now_s)
            self._run = None

    def _moved(self, way: Way, size: int, now_s: float) -> None:
        if self._run is None and self._ticket is not None:
            self._run = self._point.gate.tally.enter(self._ticket, now_s)
        if self._run is not None:
            self._run.note(way, size, now_s)

    def answer(self, now_s: float) -> PointAnswer:
        """The answer once the request is whole; the head of it for a download."""
        if self.route == "down":
            return PointAnswer(HTTPStatus.OK, NO_STORE, BYTES, self.left_bytes)
        if self.route == "counts":
            return in_json(self._point.gate.tally.lately(now_s), headers=NO_STORE)
        if self.count is not None:
            self.end(now_s)
            return in_json(self.count.result(now_s))
        return EMPTY_NOT_KEPT if self.route == "ping" else EMPTY

    def late(self) -> MeasurementRefusedError:
        """The refusal of an upload that lasts too long."""
        return ticket_ended() if self.ends_with_ticket else upload_too_slow(self._point.gate.bounds.request_seconds)


def acknowledged_if_known(connection: Options) -> int | None:
    """What the other end has acknowledged; None where the system does not say, or the connection has gone."""
    try:
        return acknowledged_bytes(connection)
    except OSError:
        return None
