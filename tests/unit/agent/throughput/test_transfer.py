"""How many connections a run takes, on lines that exist as a sum only: no socket, no clock."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import cast

import pytest

from agent.measuring.measurement_point import MeasurementPoint
from agent.protocol.wire import ThroughputLimits
from agent.throughput.connections import Connections
from agent.throughput.responsiveness import RoundTrip
from agent.throughput.round_trips import RoundTripsUnderLoad
from agent.throughput.stop import StopRule
from agent.throughput.timeline import Timeline
from agent.throughput.transfer import STARVED_S, Transfer
from agent.throughput.transfer_loop import TICK_S, Party

IDLE_S = 0.02


class FakeConnections:
    """Opens at once, and keeps count."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.opening = False

    def __len__(self) -> int:
        return sum(self.asked)

    def ask_for(self, count: int) -> None:
        self.asked.append(count)

    def ready(self) -> list[socket.socket]:
        return []


class FakeRoundTrips:
    """Small requests, of which each takes as long as the queue says."""

    def __init__(self) -> None:
        self.queue_s = 0.0
        self.count = 10

    def since(self, moment_s: float, _now_s: float) -> list[RoundTrip]:
        return [RoundTrip(moment_s, IDLE_S + self.queue_s)] * self.count


class FakeLoad(Transfer):
    """Carries what a line of `line_mbit_s` lets through when each connection is held back to `each_mbit_s`."""

    def __init__(self, limits: ThroughputLimits, line_mbit_s: float, each_mbit_s: float) -> None:
        self.connections = FakeConnections()
        self.trips = FakeRoundTrips()
        super().__init__(
            cast("MeasurementPoint", None),
            StopRule(limits, IDLE_S),
            cast("Connections", self.connections),
            cast("RoundTripsUnderLoad", self.trips),
        )
        self.line_mbit_s, self.each_mbit_s = line_mbit_s, each_mbit_s
        self._carried = self._now_s = 0.0
        self.waited_ratio = 0.0
        self._waited_s = lambda: self.waited_ratio * self._now_s
        self.connections.ask_for(self._stages.pop(0))

    @property
    def carried(self) -> int:
        return int(self._carried)

    def tick(self, now_s: float) -> bool:
        self._now_s = now_s
        rate_mbit_s = min(self.line_mbit_s, self.each_mbit_s * len(self.connections))
        self._carried += rate_mbit_s * 125_000 * TICK_S
        if self.timeline is None:
            self.timeline, self.before = Timeline(now_s, TICK_S), self._carried
        self.timeline.add(now_s, int(self._carried - self.before))
        return self.look(now_s)

    def join(self, opened: list[socket.socket], *, despite_loss: bool) -> Sequence[Party]:
        del opened, despite_loss
        return []

    def finish(self, now_s: float) -> None:
        raise AssertionError(now_s)

    def played(self) -> FakeLoad:
        """To its end."""
        now_s = 0.0
        while self.tick(now_s):
            self.newcomers()
            now_s += TICK_S
        return self


def test_a_queue_is_enough() -> None:
    """Four connections, and it stops as soon as it is sure."""
    load = FakeLoad(ThroughputLimits(), 100, 100)
    load.trips.queue_s = 0.05
    load.played()
    assert (load.connections.asked, load.stop_reason, load.filled) == ([4], "steady", True)
    assert load.ended_s < 1


def test_connections_that_carry_no_more_are_enough() -> None:
    """A line without a queue: twice the connections show that it was full."""
    load = FakeLoad(ThroughputLimits(), 100, 30).played()
    assert (load.connections.asked, load.stop_reason, load.filled) == ([4, 4], "steady", True)


def test_as_many_as_it_takes() -> None:
    """12 Mbit/s each: eight fill nearly all, sixteen do."""
    load = FakeLoad(ThroughputLimits(), 100, 12).played()
    assert (load.connections.asked, load.filled) == ([4, 4, 8], True)


@pytest.mark.parametrize("connections", [1, 2, 4, 16])
def test_what_is_held_back_is_not_the_line(connections: int) -> None:
    """3 Mbit/s each on 100: never full, however many the policy allows."""
    load = FakeLoad(ThroughputLimits(connections=connections), 100, 3).played()
    assert sum(load.connections.asked) == connections
    assert not load.filled


@pytest.mark.parametrize("limits", [ThroughputLimits(max_seconds=0.3), ThroughputLimits(max_bytes=100_000)])
def test_a_run_that_ends_too_soon_to_tell_is_not_full(limits: ThroughputLimits) -> None:
    """Unless there was a queue."""
    load = FakeLoad(limits, 100, 3).played()
    assert not load.filled
    queued = FakeLoad(limits, 100, 100)
    queued.trips.queue_s = 0.05
    assert queued.played().filled


def test_too_few_round_trips_are_waited_for_before_others_join() -> None:
    """On a thin line each takes long; more connections would only fill its buffer."""
    load = FakeLoad(ThroughputLimits(), 10, 10)
    load.trips.count = 2
    for n in range(61):
        assert load.tick(n * TICK_S)
    assert load.connections.asked == [4]
    load.trips.count, load.trips.queue_s = 5, 0.1
    assert not load.tick(61 * TICK_S)
    assert load.filled


def test_a_device_that_has_no_time_is_no_full_line() -> None:
    """It carries as much with twice the connections, because it can not more: as the lab's line of 500 Mbit/s was told
    as one of 394 where other work took the processors.
    """
    load = FakeLoad(ThroughputLimits(), 100, 30)
    load.waited_ratio = 0.7
    load.played()
    assert (load.connections.asked, load.stop_reason, load.filled) == ([4, 4, 8], "steady", False)


def test_a_busy_device_that_feels_the_queue_has_filled_the_line() -> None:
    """The line keeps small requests waiting, whatever the device does meanwhile."""
    load = FakeLoad(ThroughputLimits(), 100, 100)
    load.waited_ratio, load.trips.queue_s = 1.0, 0.05
    assert load.played().filled


def test_connections_that_carry_less_and_less_are_no_full_line() -> None:
    """Four carried 100 Mbit/s; with eight it is 1.6, and with sixteen less still."""
    load = FakeLoad(ThroughputLimits(max_seconds=3), 100, 30)
    now_s = 0.0
    while load.tick(now_s):
        load.newcomers()
        load.line_mbit_s = 100 if len(load.connections) == 4 else 100 / len(load.connections) ** 2
        now_s += TICK_S
    assert (load.connections.asked, load.stop_reason, load.filled) == ([4, 4, 8], "time", False)


def test_a_connection_that_a_full_line_starves_is_not_waited_for() -> None:
    """Its first packets were dropped from the queue that the others fill."""
    load = FakeLoad(ThroughputLimits(), 2, 10)
    load.trips.queue_s = 0.05
    assert not load.counts_from(STARVED_S - 0.1, all_carry=False)
    assert load.counts_from(STARVED_S + 0.1, all_carry=False)


@pytest.mark.parametrize("trips", [10, 2])
def test_one_that_carries_nothing_on_a_line_that_is_not_full_is_waited_for(trips: int) -> None:
    """Whatever keeps it back, no queue was seen that does: the run has to end without a number."""
    load = FakeLoad(ThroughputLimits(), 100, 10)
    load.trips.count, load.trips.queue_s = trips, 0.0 if trips > 2 else 0.05
    assert not load.counts_from(STARVED_S * 4, all_carry=False)
    assert load.counts_from(STARVED_S * 4, all_carry=True)


def test_the_patience_with_newcomers_begins_when_the_last_has_joined() -> None:
    load = FakeLoad(ThroughputLimits(), 2, 10)
    load.trips.queue_s = 0.05
    load.connections.opening = True
    load._reinforce(0.0)
    load.newcomers()
    assert not load.counts_from(5.0, all_carry=True)
    load.connections.opening = False
    load.newcomers()
    assert not load.counts_from(5.0 + STARVED_S - 0.1, all_carry=False)
    assert load.counts_from(5.0 + STARVED_S + 0.1, all_carry=False)
