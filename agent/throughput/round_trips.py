"""Small requests over a connection of their own: on the idle line, and beside the load."""

from __future__ import annotations

import http.client
import threading
from contextlib import closing, suppress
from typing import Literal

from agent.measuring.measurement_point import MeasurementPoint, refusal
from agent.system.deadlines import Deadlined, DeadlinePassedError
from agent.system.machine import System
from agent.throughput.connection import request_head
from agent.throughput.responsiveness import RoundTrip

IDLE_SAMPLES = 10
IDLE_S = 1.0
"""So long the idle line is looked at, at most; after `IDLE_SAMPLES` it is enough."""

PAUSE_S = 0.01
OVERHEAD_BYTES = 132
"""What a round trip takes of the line each way beside its contents: headers of one frame, and of one that confirms."""

ANSWER_BYTES = 60
LOST_S = 5.0
"""Later than this no answer is waited for. It counts as one that took so long."""


def idle_round_trips(system: System, point: MeasurementPoint) -> list[RoundTrip]:
    """Round trips while nothing else runs. Raises OSError, HTTPException or ProbeFailureError if there is no answer."""
    trips: list[RoundTrip] = []
    with closing(point.connection(LOST_S)) as connection:
        _round_trip(system, point, connection, system.monotonic_s())
        until_s = system.monotonic_s() + IDLE_S
        while len(trips) < IDLE_SAMPLES and (len(trips) < 4 or system.monotonic_s() < until_s):
            trips.append(_round_trip(system, point, connection, system.monotonic_s()))
    return trips


class RoundTripsUnderLoad:
    """Goes on making round trips in a thread of its own, from `with` to the end of the block."""

    def __init__(self, system: System, point: MeasurementPoint, idle: list[RoundTrip]) -> None:
        self._longest_idle_s = max((trip.took_s for trip in idle), default=0.0)
        self._system = system
        self._point = point
        self._trips: list[RoundTrip] = []
        self._asked_s: float | None = None
        self._over = threading.Event()
        self._work: Deadlined[None] | None = None

    def __enter__(self) -> RoundTripsUnderLoad:
        """Begins."""
        self._work = Deadlined(self._go_on, "round trips")
        return self

    def __exit__(self, *_: object) -> None:
        """Ends; the one under way is waited for, because it was sent while the line was full."""
        self._over.set()
        if self._work:
            with suppress(DeadlinePassedError):
                self._work.result(LOST_S + 1)

    @property
    def trips(self) -> list[RoundTrip]:
        """What was found."""
        return self._trips

    def since(self, moment_s: float, now_s: float) -> list[RoundTrip]:
        """Those sent since then, and the one under way if it has taken longer already than any of the idle line."""
        asked_s = self._asked_s
        found = [trip for trip in self._trips if trip.sent_s >= moment_s]
        under_way = asked_s is not None and asked_s >= moment_s and asked_s not in {trip.sent_s for trip in found}
        if under_way and asked_s is not None and now_s - asked_s > self._longest_idle_s:
            found.append(RoundTrip(asked_s, now_s - asked_s))
        return found

    def beside_mbit_s(self, direction: Literal["down", "up"], from_s: float, to_s: float) -> float:
        """What the round trips themselves took of the line; on a thin one that is a share that can be seen."""
        asked = request_head("GET", self._point.path("ping"), self._point.host, self._point.headers)
        size = OVERHEAD_BYTES + (ANSWER_BYTES if direction == "down" else len(asked))
        count = sum(from_s <= trip.sent_s <= to_s for trip in self._trips)
        return count * size * 8 / 1_000_000 / (to_s - from_s) if to_s > from_s else 0.0

    def _go_on(self) -> None:
        """A connection that fails is the end of it: too few round trips then say nothing."""
        with suppress(OSError, http.client.HTTPException), closing(self._point.connection(LOST_S)) as connection:
            while not self._over.is_set():
                self._asked_s = sent_s = self._system.monotonic_s()
                try:
                    self._trips.append(_round_trip(self._system, self._point, connection, sent_s))
                except TimeoutError:
                    self._trips.append(RoundTrip(sent_s, LOST_S))
                    raise
                self._over.wait(PAUSE_S)


def _round_trip(
    system: System, point: MeasurementPoint, connection: http.client.HTTPConnection, sent_s: float
) -> RoundTrip:
    connection.request("GET", point.path("ping"), headers=point.headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 204:
        raise refusal(answer, "ping")
    return RoundTrip(sent_s, system.monotonic_s() - sent_s)
