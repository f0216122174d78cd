"""How much the line carries in both directions, how sure that is, what it cost, and how the line felt meanwhile.

Down is counted here, up by the measurement point. A run that failed on any connection, was too short or did not become
steady is a failed result with a code, never a number. docs/throughput.md explains the method.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

import msgspec

from agent.measuring.contract import Probe, ProbeFailureError, ProbeReading, Task
from agent.measuring.measurement_point import MeasurementPoint
from agent.protocol.facts import DefaultPlan, FactSpec
from agent.protocol.wire import Facts
from agent.system.deadlines import DeadlinePassedError
from agent.system.machine import System
from agent.throughput.connections import Connections
from agent.throughput.download import Download
from agent.throughput.estimate import UNSTABLE_RATIO, Estimate
from agent.throughput.processor import NOT_TOLD
from agent.throughput.responsiveness import Responsiveness, RoundTrip, idle_s, responsiveness
from agent.throughput.round_trips import RoundTripsUnderLoad, idle_round_trips
from agent.throughput.stop import StopReason, StopRule
from agent.throughput.timeline import Timeline
from agent.throughput.transfer import Transfer
from agent.throughput.upload import Upload

SEGMENT_BYTES = 1_448
LEAST_MBIT_S = 0.05
"""No line is slower; what a proxy lets trickle through while it looks at a whole download is."""

Direction = Literal["down", "up"]
DIRECTIONS: tuple[Direction, ...] = ("down", "up")


class Run(NamedTuple):
    """What one direction came to."""

    estimate: Estimate
    bytes: int
    duration_s: float
    stop_reason: StopReason
    felt: Responsiveness | None
    connections: int
    held_back: bool | None


def read(system: System, task: Task) -> ProbeReading:
    """The idle line, then down, then up, each within `task.throughput`. Raises ProbeFailureError."""
    # Without a lease only the token may open it: the policy's ticket is for round trips.
    point = MeasurementPoint(system, task if task.lease else msgspec.structs.replace(task, ticket=""))
    with _failing("measurement_point_away"):
        idle = idle_round_trips(system, point)
    rtt_s = idle_s(idle) or 0.0
    rule = StopRule(task.throughput, rtt_s)
    runs = {direction: _measured(direction, system, point, rule, idle) for direction in DIRECTIONS}
    facts: Facts = {
        "idle_rtt_ms": round(rtt_s * 1000, 3),
        "connections_count": max(run.connections for run in runs.values()),
    }
    for direction, run in runs.items():
        facts |= _facts(direction, run)
    return ProbeReading(facts, {name: _why_missing(name) for name, value in facts.items() if value is None})


def _why_missing(fact: str) -> str:
    return NOT_TOLD if fact.endswith("_held_back") else "too_few_answers"


def _facts(direction: Direction, run: Run) -> Facts:
    return {
        f"{direction}_mbit_s": round(run.estimate.mbit_s, 3),
        f"{direction}_half_width_mbit_s": round(run.estimate.half_width_mbit_s, 3),
        f"{direction}_bytes": run.bytes,
        f"{direction}_duration_s": round(run.duration_s, 3),
        f"{direction}_stop_reason": run.stop_reason,
        f"{direction}_held_back": run.held_back,
        f"{direction}_responsiveness_rpm": round(run.felt.rpm, 1) if run.felt else None,
        f"{direction}_added_delay_p95_ms": round(run.felt.added_p95_ms, 3) if run.felt else None,
    }


def _measured(
    direction: Direction, system: System, point: MeasurementPoint, rule: StopRule, idle: list[RoundTrip]
) -> Run:
    one_way = _down if direction == "down" else _up
    with _failing(f"{direction}_failed"), Connections(point) as connections:
        return one_way(system, point, rule, idle, connections)


@contextmanager
def _failing(code: str) -> Iterator[None]:
    """What goes wrong in the block becomes a failed result with this code."""
    try:
        yield
    except DeadlinePassedError as error:
        raise ProbeFailureError(code, f"connection {error} did not open in time") from error
    except (OSError, http.client.HTTPException) as error:
        raise ProbeFailureError(code, f"{type(error).__name__}: {error}") from error


def _down(
    system: System, point: MeasurementPoint, rule: StopRule, idle: list[RoundTrip], connections: Connections
) -> Run:
    with RoundTripsUnderLoad(system, point, idle) as under_load:
        run = Download(point, rule, connections, under_load)
        run.run(system)
        connections.close()
    _refuse_unfilled("down", run, connections)
    found = _sure("down", rule, run.timeline or Timeline(run.ended_s), run.ended_s)
    found = _whole("down", found, under_load, (found.steady_from_s, run.ended_s), len(connections))
    felt = responsiveness(idle, under_load.trips, found.steady_from_s)
    return _run(run, found, run.received, felt, len(connections))


def _up(
    system: System, point: MeasurementPoint, rule: StopRule, idle: list[RoundTrip], connections: Connections
) -> Run:
    with RoundTripsUnderLoad(system, point, idle) as under_load:
        run = Upload(point, rule, connections, under_load)
        run.run(system)
    arrived = run.arrived()
    _refuse_unfilled("up", run, connections)
    found = _sure("up", rule, arrived)
    steady_from_s = run.ended_s - (arrived.end_s - found.steady_from_s)
    found = _whole("up", found, under_load, (steady_from_s, run.ended_s), len(connections))
    felt = responsiveness(idle, [trip for trip in under_load.trips if trip.sent_s <= run.ended_s], steady_from_s)
    return _run(run, found, run.sent, felt, len(connections))


def _run(run: Transfer, found: Estimate, carried: int, felt: Responsiveness | None, connections: int) -> Run:
    duration_s = run.ended_s - run.began_s
    return Run(found, carried, duration_s, _reason(run, found), felt, connections, run.held_back)


def _whole(
    direction: Direction,
    found: Estimate,
    under_load: RoundTripsUnderLoad,
    steady_s: tuple[float, float],
    connections: int,
) -> Estimate:
    """With the round trips beside the load, and no surer than half a segment of each connection at either end."""
    grain_mbit_s = connections * SEGMENT_BYTES * 8 / 1_000_000 / (steady_s[1] - steady_s[0])
    return found.with_more(under_load.beside_mbit_s(direction, *steady_s), grain_mbit_s / 2)


def _reason(run: Transfer, found: Estimate) -> StopReason:
    """Why it ended, as it turned out."""
    reason = run.stop_reason or "bytes"
    return "unsure" if reason == "steady" and not found.within(run.limits.precision) else reason


def _refuse_unfilled(direction: Direction, run: Transfer, connections: Connections) -> None:
    """Raises ProbeFailureError if nothing shows that it was the line that held the rate back. Where the bound of bytes
    came first, what was carried is the least that the line can, and the stop reason says so.
    """
    if run.timeline is not None and not run.filled and run.stop_reason != "bytes":
        why = "the device has no time for more" if run.held_up else "more of them do not carry as much"
        detail = f"{len(connections)} connections did not fill the line: no queue, and {why}"
        raise ProbeFailureError(f"{direction}_not_filled", detail)


def _sure(direction: Direction, rule: StopRule, timeline: Timeline, to_s: float | None = None) -> Estimate:
    """The estimate, if it says something."""
    found = rule.estimate(timeline, to_s)
    if found is None:
        seconds = (timeline.end_s if to_s is None else to_s) - timeline.start_s
        detail = f"all connections carried data for {max(0.0, seconds):.3f} s only"
        raise ProbeFailureError(f"{direction}_too_short", detail)
    if 0 < found.mbit_s < LEAST_MBIT_S:
        detail = f"{found.mbit_s:.3f} Mbit/s: something keeps it back, as a proxy that looks for viruses does"
        raise ProbeFailureError(f"{direction}_too_little", detail)
    if not found.within(UNSTABLE_RATIO):
        detail = f"{found.mbit_s:.2f} Mbit/s give or take {found.half_width_mbit_s:.2f} is no answer"
        raise ProbeFailureError(f"{direction}_unstable", detail)
    return found


_MBIT_S_MAX = 1_000_000
_BYTES_MAX = 1_099_511_627_776
_WAYS = (("down", "towards the device, by the device's count"), ("up", "from the device, by the receiver's count"))

_FACTS = (
    *(FactSpec(f"{way}_mbit_s", "float", "Mbit/s", help_, 0, _MBIT_S_MAX) for way, help_ in _WAYS),
    *(
        spec
        for way, _ in _WAYS
        for spec in (
            FactSpec(
                f"{way}_half_width_mbit_s",
                "float",
                "Mbit/s",
                f"the rate lies this much below or above {way}_mbit_s, with 95 % confidence",
                0,
                _MBIT_S_MAX,
            ),
            FactSpec(f"{way}_bytes", "int", "bytes", f"data that measuring {way} cost", 0, _BYTES_MAX),
            FactSpec(f"{way}_duration_s", "float", "s", f"how long the line was filled {way}", 0, 86_400),
            FactSpec(
                f"{way}_stop_reason", "str", "", "steady: sure enough; time or bytes: a bound of the policy was met"
            ),
            FactSpec(
                f"{way}_held_back",
                "bool",
                "",
                "whether the device had too little time itself: the line carries this at least",
            ),
            FactSpec(
                f"{way}_responsiveness_rpm",
                "float",
                "rpm",
                "round trips per minute while the line is full, one after the other",
                0,
                10_000_000,
            ),
            FactSpec(
                f"{way}_added_delay_p95_ms",
                "float",
                "ms",
                "what a full line adds to a round trip; 95 of 100 do not exceed it",
                0,
                60_000,
            ),
        )
    ),
    FactSpec("idle_rtt_ms", "float", "ms", "median round trip just before the run", 0, 60_000),
    FactSpec(
        "connections_count",
        "int",
        "connections",
        "connections side by side",
        1,
        64,
    ),
)

PROBE = Probe(
    name="throughput",
    version=2,
    about="network",
    counts_late=True,  # its lease is from the school
    transfers=2,
    shows_room="line",
    plan=DefaultPlan(every_s=3_600, jitter_s=1_800, deadline_s=60),
    page_knows=tuple(spec.name for spec in _FACTS if not spec.name.endswith("_held_back")),
    read=read,
    loads_line=True,
    needs_policy=True,
    facts=_FACTS,
)
