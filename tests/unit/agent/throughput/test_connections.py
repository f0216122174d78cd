"""Connections that take their time to open, as on a line that is full."""

from __future__ import annotations

import http.client
import threading
import time
from typing import cast

import pytest

from agent.measuring.measurement_point import MeasurementPoint
from agent.throughput.connections import Connections

DEADLINE_S = 10


class SlowToReach:
    """Lets one connection through at once and holds the others back until `way_free`."""

    def __init__(self) -> None:
        self.way_free = threading.Event()
        self.first = threading.Lock()

    def connection(self, timeout_s: float) -> http.client.HTTPConnection:
        opened = http.client.HTTPConnection("measurement.example", timeout=timeout_s)
        if not self.first.acquire(blocking=False):
            assert self.way_free.wait(DEADLINE_S)
        return opened


class Away:
    """Nobody listens there."""

    def connection(self, timeout_s: float) -> http.client.HTTPConnection:
        raise ConnectionRefusedError


def test_each_is_ready_as_soon_as_it_is_open() -> None:
    """One that waited for the slowest could be let go by the server, which waits a while for a first request."""
    point = SlowToReach()
    with Connections(cast("MeasurementPoint", point)) as connections:
        connections.ask_for(3)
        taken = taken_until(connections, 1)
        assert len(taken) == 1
        opening = [connections.opening]
        assert len(connections) == 3
        assert connections.ready() == []
        point.way_free.set()
        taken += taken_until(connections, 2)
        assert len(taken) == 3
        opening.append(connections.opening)
        assert opening == [True, False]
        assert len(connections) == 3


def test_one_that_can_not_be_opened_is_told() -> None:
    """As it was, to the one who asks."""
    with Connections(cast("MeasurementPoint", Away())) as connections:
        connections.ask_for(1)
        with pytest.raises(ConnectionRefusedError):
            taken_until(connections, 1)


def taken_until(connections: Connections, count: int) -> list[object]:
    """What becomes ready, until there are so many."""
    taken: list[object] = []
    deadline = time.monotonic() + DEADLINE_S
    while len(taken) < count and time.monotonic() < deadline:
        taken += connections.ready()
        time.sleep(0.005)
    return taken
