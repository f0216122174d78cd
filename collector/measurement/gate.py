"""The gate of a measurement point: who may come in, with how many connections and for how many bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

from collector.configuration.model import Measurement
from collector.measurement.answer import MeasurementRefusedError
from collector.measurement.request import Action
from collector.measurement.tally import Tally
from collector.measurement.tickets import CLOCK_TOLERANCE, Purpose, Ticket, TicketRefusedError, expired, verify

OPENS: dict[Purpose, frozenset[Action]] = {
    "round_trips": frozenset({"ping"}),
    "throughput": frozenset({"ping", "down", "up"}),
    "rehearsal": frozenset({"ping", "down", "up"}),
    "counts": frozenset({"counts"}),
}
FULL_RETRY_S = 5
DEVICE_RETRY_S = 1
FORGET_EVERY = 256


class Gate:
    """Checks tickets and keeps count. One for a whole measurement point; for one thread."""

    def __init__(
        self,
        secret: bytes,
        bounds: Measurement,
        clock: Callable[[], datetime],
        tolerance: timedelta = CLOCK_TOLERANCE,
    ) -> None:
        """`clock` gives the time as aware UTC; `tolerance` is how far it may lie from that of the collector."""
        self.bounds = bounds
        self.tally = Tally(clock)
        """What is counted of each run."""
        self._secret = secret
        self._clock = clock
        self._tolerance = tolerance
        self.inside = 0
        """Connections that have come in and not left."""
        self._connections: Counter[str] = Counter()
        self._bytes: dict[Ticket, int] = {}
        self._first_shown_at: dict[Ticket, datetime] = {}
        self._news = 0

    def ticket(self, text: str | None, action: Action) -> Ticket:
        """The ticket that `text` is, if it opens `action`. Raises MeasurementRefusedError (401, 403)."""
        if not text:
            raise MeasurementRefusedError(
                HTTPStatus.UNAUTHORIZED, "ticket_missing", "Send a ticket as `Authorization: Bearer ...`."
            )
        try:
            ticket = verify(self._secret, text, self._clock(), self._tolerance)
            self._check_lease(ticket)
        except TicketRefusedError as error:
            raise MeasurementRefusedError(HTTPStatus.UNAUTHORIZED, error.code, error.message) from None
        require(ticket, action)
        return ticket

    def seconds(self, ticket: Ticket) -> tuple[float, bool]:
        """How long a download or an upload may last, and whether it is the ticket's end that ends it."""
        left_s = (self._ends_at(ticket) - self._clock()).total_seconds()
        return min(left_s, self.bounds.request_seconds), left_s < self.bounds.request_seconds

    def enter(self, device_id: str) -> None:
        """Counts one connection of a device in. Raises MeasurementRefusedError (429, 503) when there are too many."""
        if self._connections[device_id] >= self.bounds.connections_per_device:
            raise MeasurementRefusedError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_connections",
                f"The device already measures over {self.bounds.connections_per_device} connections. "
                "Wait for one to end.",
                retry_after_s=DEVICE_RETRY_S,
            )
        if self.inside >= self.bounds.connections:
            raise MeasurementRefusedError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "measurement_point_full",
                f"The measurement point already serves {self.bounds.connections} connections. Try again soon.",
                retry_after_s=FULL_RETRY_S,
            )
        self._connections[device_id] += 1
        self.inside += 1

    def leave(self, device_id: str) -> None:
        """Counts a connection that came in out again."""
        self.inside -= 1
        self._connections[device_id] -= 1
        if not self._connections[device_id]:
            del self._connections[device_id]

    def take(self, ticket: Ticket, count_bytes: int) -> None:
        """Counts bytes sent or received with a ticket. Raises MeasurementRefusedError (429) beyond its bound."""
        used = self._bytes.get(ticket)
        if used is None:
            self._forget_ended()
            used = 0
        if used + count_bytes > self.bounds.bytes_per_ticket:
            raise MeasurementRefusedError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_bytes",
                f"A ticket is good for {self.bounds.bytes_per_ticket} bytes. Ask for a new one.",
                retry_after_s=DEVICE_RETRY_S,
            )
        self._bytes[ticket] = used + count_bytes

    def _check_lease(self, ticket: Ticket) -> None:
        """Refuses a ticket that was first shown longer ago than its lease lasts."""
        if ticket.valid_s and ticket not in self._first_shown_at:
            self._forget_ended()
            self._first_shown_at[ticket] = self._clock()
        if self._clock() > self._ends_at(ticket):
            raise expired(ticket)

    def _ends_at(self, ticket: Ticket) -> datetime:
        latest = ticket.expires_at + self._tolerance
        first_at = self._first_shown_at.get(ticket)
        return latest if first_at is None else min(latest, first_at + timedelta(seconds=ticket.valid_s))

    def _forget_ended(self) -> None:
        """So that what is known of tickets that open nothing any more does not pile up."""
        self._news += 1
        if self._news % FORGET_EVERY == 0:
            ended = self._clock() - self._tolerance
            self._bytes = {ticket: used for ticket, used in self._bytes.items() if ticket.expires_at >= ended}
            self._first_shown_at = {
                ticket: at for ticket, at in self._first_shown_at.items() if ticket.expires_at >= ended
            }


def require(ticket: Ticket, action: Action) -> None:
    """Raises MeasurementRefusedError (403) when a ticket is good for something else."""
    if action not in OPENS[ticket.purpose]:
        raise MeasurementRefusedError(
            HTTPStatus.FORBIDDEN,
            "ticket_for_something_else",
            f"A ticket for {ticket.purpose} does not open /{action}. Ask the collector for a lease first.",
        )
