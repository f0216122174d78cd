"""What downloads and uploads have in common: how many connections it takes to fill the line, and when to stop."""

from __future__ import annotations

import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from agent.measuring.measurement_point import MeasurementPoint
from agent.system.machine import System
from agent.throughput.connections import Connections
from agent.throughput.processor import ProcessorUse, held_back, processor_use
from agent.throughput.round_trips import RoundTripsUnderLoad
from agent.throughput.saturation import carried_as_much, has_queue, held_up, stages
from agent.throughput.stop import StopReason, StopRule
from agent.throughput.timeline import Timeline
from agent.throughput.transfer_loop import Party, drive

OPENING_S = 20.0
BEFORE_QUEUE_RATIO = 0.4
"""This part of a stage TCP may take to fill the line's queue."""

LOSS_MATTERS_S = 0.005
"""With a shorter round trip no loss that a line in use has keeps TCP from filling it: what joins is as the first."""

STARVED_S = 2.0
"""Where small requests wait in the line's queue, a connection that carries nothing for so long after it joined is not
waited for: others fill the line, its first packets were dropped from the queue, and TCP waits one second before it
sends them anew, then twice as long each time (RFC 6298).
"""

DOUBT_RATIO = 3
"""So many times as long as a stage lasts at least, small requests that would tell are waited for."""


class Transfer(ABC):
    """One direction of a run. `timeline` is of the connections of the newest stage, from when all of them carry data,
    or the others fill the line without those that do not.

    Once it has stopped, `filled` is whether it was the line that held the rate back, as far as it can be told here;
    `has_queue`, whether small requests showed it; `held_up`, whether the device had no time for more; `held_back`,
    whether it had so little time that the line may carry more; `before_span_s`, from when to when the stage before was
    steady.
    """

    def __init__(
        self,
        point: MeasurementPoint,
        rule: StopRule,
        connections: Connections,
        under_load: RoundTripsUnderLoad,
    ) -> None:
        self.point = point
        self.rule = rule
        self.limits = rule.limits
        self.began_s = self.ended_s = self._joined_s = 0.0
        self.timeline: Timeline | None = None
        self.stop_reason: StopReason | None = None
        self.filled = self.queue_felt = self.held_up = False
        self.held_back: bool | None = None
        self.before_span_s: tuple[float, float] | None = None
        self._connections = connections
        self.under_load = under_load
        self._stages = stages(rule.limits.connections)
        self._before_mbit_s: float | None = None
        self._opening = False
        self._waited_s: Callable[[], float | None] = lambda: None
        self._processor: Callable[[], ProcessorUse | None] = lambda: None
        self._stage_processor: ProcessorUse | None = None
        self._stage_began: tuple[Timeline, float, float | None] | None = None

    @property
    @abstractmethod
    def carried(self) -> int:
        """Bytes so far."""

    @abstractmethod
    def tick(self, now_s: float) -> bool:
        """Whether to go on."""

    @abstractmethod
    def join(self, opened: list[socket.socket], *, despite_loss: bool) -> Sequence[Party]:
        """Puts connections to work; `despite_loss`: by asking for BBR."""

    @abstractmethod
    def finish(self, now_s: float) -> None:
        """Raises ProbeFailureError if what came can't be right."""

    def run(self, system: System) -> None:
        """Until the stop rule ends it. Raises ProbeFailureError, OSError or DeadlinePassedError."""
        self._waited_s = system.waited_for_processor_s
        self._processor = lambda: processor_use(system)
        self._connections.ask_for(self._stages.pop(0))
        opened = self._connections.opened(OPENING_S)
        self.began_s = self._joined_s = system.monotonic_s()
        drive(system, list(self.join(opened, despite_loss=False)), self)
        if self.stop_reason is None:
            self.end("bytes", system.monotonic_s())
        self.finish(system.monotonic_s())

    def end(self, reason: StopReason, now_s: float) -> None:
        """Nothing after this moment counts."""
        self.stop_reason, self.ended_s = reason, now_s
        self.queue_felt = self._queue_felt(now_s) is True
        self.held_up = self._is_held_up(now_s)
        before, after = self._stage_processor, self._processor()
        self.held_back = held_back(before, after) if before and after else None
        self.filled = self._is_full(now_s) is True

    def newcomers(self) -> list[Party]:
        """Those of the next stage, each as soon as it is open: a server does not wait for ever for a first request, and
        on a full line some take seconds to open.
        """
        if not self._opening:
            return []
        self._opening = self._connections.opening
        return list(self.join(self._connections.ready(), despite_loss=self.rule.rtt_s >= LOSS_MATTERS_S))

    def counts_from(self, now_s: float, *, all_carry: bool) -> bool:
        """Whether what is carried counts from now on: every connection of the stage has been put to work, and all of
        them carry data, or else the line is full without those that do not.
        """
        if self._opening:
            self._joined_s = now_s
            return False
        if all_carry or now_s - self._joined_s < STARVED_S:
            return all_carry
        return has_queue(self.rule.rtt_s, self.under_load.since(self._joined_s, now_s)) is True

    def look(self, now_s: float) -> bool:
        """Whether it goes on, perhaps with more connections; it ends itself otherwise."""
        if self.timeline and (self._stage_began is None or self._stage_began[0] is not self.timeline):
            self._stage_began = self.timeline, now_s, self._waited_s()
            self._stage_processor = self._processor()
        reason = self.rule.reason(self.timeline, self.carried, self.began_s, now_s)
        if reason in ("bytes", "time") or (reason and not self._stages):
            self.end(reason, now_s)
            return False
        age_s = now_s - (now_s if self.timeline is None else self.timeline.start_s)
        if age_s < self.rule.least_s or not self._stages:
            return True
        full = self._is_full(now_s)
        if full and reason:
            self.end(reason, now_s)
        elif full is False or (full is None and age_s >= DOUBT_RATIO * self.rule.least_s):
            self._reinforce(now_s)
        return self.stop_reason is None

    def _is_full(self, now_s: float) -> bool | None:
        """None: too early to tell."""
        if self.timeline is None:
            return False
        found = self.rule.estimate(self.timeline, now_s)
        as_much = found and self._before_mbit_s is not None and carried_as_much(self._before_mbit_s, found.mbit_s)
        return True if as_much and not self._is_held_up(now_s) else self._queue_felt(now_s)

    def _is_held_up(self, now_s: float) -> bool:
        if self._stage_began is None or self._stage_began[0] is not self.timeline:
            return False
        _, began_s, before_s = self._stage_began
        waited_s = self._waited_s()
        return before_s is not None and waited_s is not None and held_up(waited_s - before_s, now_s - began_s)

    def _queue_felt(self, now_s: float) -> bool | None:
        if self.timeline is None:
            return False
        began_s = self.timeline.start_s
        later = self.under_load.since(began_s + (now_s - began_s) * BEFORE_QUEUE_RATIO, now_s)
        felt = has_queue(self.rule.rtt_s, later)
        return has_queue(self.rule.rtt_s, self.under_load.since(began_s, now_s)) if felt is None else felt

    def _reinforce(self, now_s: float) -> None:
        """Lets the next stage begin: its connections are opened while those of this one carry on."""
        found = self.rule.estimate(self.timeline, now_s) if self.timeline else None
        self._before_mbit_s = found.mbit_s if found else None
        self.before_span_s = None if found is None else (found.steady_from_s, now_s)
        self._connections.ask_for(self._stages.pop(0) - len(self._connections))
        self.timeline, self._opening = None, True
