"""Ways to time a round trip to a host: ICMP echo, opening a TCP connection, a request over a warm HTTP connection.

Each has `round_trip_s(within_s)`, which raises OSError or HTTPException for a round trip that was lost, and `close`.
"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Sequence
from typing import Literal, Protocol

from agent.measuring import icmp
from agent.measuring.measurement_point import MeasurementPoint, refusal
from agent.system.machine import System
from agent.system.network import Address

Method = Literal["icmp", "tcp", "http"]
LOST = (OSError, http.client.HTTPException)
TRIALS = 3
"""So many tries decide whether a way works at all: a firewall that drops echoes must not look like a lossy line."""

TRIAL_MAX_S = 1.0


class RttMethod(Protocol):
    """One way to one host."""

    method: Method

    def round_trip_s(self, within_s: float) -> float:
        """Times one round trip."""

    def close(self) -> None:
        """Lets go of what is open."""


class IcmpEcho:
    """ICMP echo: the network alone, so that a lost packet shows as lost. OSError where this system allows none."""

    method: Method = "icmp"

    def __init__(self, system: System, address: Address) -> None:
        self._clock_s = system.monotonic_s
        self._sequence = 0
        self._socket = icmp.opened(system, address)

    def round_trip_s(self, within_s: float) -> float:
        """One echo."""
        self._sequence += 1
        return icmp.round_trip_s(self._socket, self._sequence, within_s, self._clock_s)

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()


class TcpConnect:
    """A new TCP connection each time: its handshake is one round trip. With `refusal_counts`, a refusal is one too."""

    method: Method = "tcp"

    def __init__(self, system: System, address: Address, *, refusal_counts: bool) -> None:
        self._system = system
        self._address = address
        self._refusal_counts = refusal_counts

    def round_trip_s(self, within_s: float) -> float:
        """One handshake."""
        started_s = self._system.monotonic_s()
        try:
            self._system.connect(self._address, within_s).close()
        except ConnectionRefusedError:
            if not self._refusal_counts:
                raise
        return self._system.monotonic_s() - started_s

    def close(self) -> None:
        """Nothing stays open."""


class HttpPing:
    """Requests to the measurement point over one warm connection, so that no handshake is counted.

    TCP mends what the network loses underneath: what is lost here is a stall that a pupil would notice.
    """

    method: Method = "http"

    def __init__(self, system: System, point: MeasurementPoint) -> None:
        self._system = system
        self._point = point
        self._connection: http.client.HTTPConnection | None = None

    def round_trip_s(self, within_s: float) -> float:
        """One request. Raises ProbeFailureError if it is refused: that is no round trip, however fast it comes."""
        try:
            if self._connection is None:
                self._connection = self._point.connection(within_s)
                self._request_s(self._connection)
            return self._request_s(self._connection)
        except LOST:
            self.close()
            raise

    def _request_s(self, connection: http.client.HTTPConnection) -> float:
        started_s = self._system.monotonic_s()
        connection.request("GET", self._point.path("ping"), headers=self._point.headers)
        answer = connection.getresponse()
        answer.read()
        took_s = self._system.monotonic_s() - started_s
        if answer.status != 204:
            raise refusal(answer, "ping")
        return took_s

    def close(self) -> None:
        """Closes the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def echoes_if_answered(system: System, addresses: Sequence[Address]) -> RttMethod | None:
    """Echoes to the first address that answers one; None if none does, or this system allows no echo."""
    for address in addresses:
        try:
            way = IcmpEcho(system, address)
        except OSError:
            continue
        if _answers(way):
            return way
        way.close()
    return None


def connects_if_answered(system: System, addresses: Sequence[Address], *, refusal_counts: bool) -> RttMethod | None:
    """Connections to the first address and port that answers; None if none does."""
    for address in addresses:
        way = TcpConnect(system, address, refusal_counts=refusal_counts)
        if _answers(way):
            return way
    return None


def one_of_each_family(addresses: Sequence[Address]) -> list[Address]:
    """The first address of each family, in the order in which the system would try them."""
    first: dict[int, Address] = {}
    for address in addresses:
        first.setdefault(address.family, address)
    return [address for family, address in first.items() if family in {socket.AF_INET, socket.AF_INET6}]


def _answers(way: RttMethod) -> bool:
    for _ in range(TRIALS):
        try:
            way.round_trip_s(TRIAL_MAX_S)
        except ConnectionRefusedError:
            return False
        except OSError:
            continue
        return True
    return False
