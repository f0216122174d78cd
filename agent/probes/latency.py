"""Round trips to the gateway, the measurement point and the test service, side by side and spread in time.

Where the system lets ordinary users send an ICMP echo and the other end answers it, that is the method; else a TCP
connection, or for the measurement point a request over a warm HTTP connection. Which one it was is a fact. Loss on
the way to the gateway is the own network's; loss that begins beyond it is not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from agent.ladder.gateway import KNOCK_PORTS
from agent.measuring.contract import Probe, ProbeFailureError, ProbeReading, Task
from agent.measuring.gateway import default_gateway
from agent.measuring.measurement_point import MeasurementPoint
from agent.measuring.rtt_methods import (
    LOST,
    HttpPing,
    Method,
    RttMethod,
    connects_if_answered,
    echoes_if_answered,
    one_of_each_family,
)
from agent.measuring.rtt_statistics import SUFFIXES, enough_answers, facts_of
from agent.protocol.facts import DefaultPlan, FactSpec, at_least, at_most
from agent.protocol.wire import Facts, Host
from agent.system.deadlines import Deadlined, DeadlinePassedError
from agent.system.machine import System
from agent.system.network import Address

ROUND_TRIP_MAX_S = 2.0
PAUSE_S = 0.2
"""Between round trips, give or take half by chance: bursts and rhythms of other traffic are met as they come."""

SERVICES_MAX = 4
_SPARE_S = 1.0


class RoundTripSeries(NamedTuple):
    """Round trips to one target, None for a lost one, and how they were timed."""

    method: Method
    samples_s: list[float | None]


SeriesOrReason = RoundTripSeries | str
"""A series, or the reason why there is none."""


def read(system: System, task: Task) -> ProbeReading:
    """Times `task.latency_samples` round trips to each target, or as many as there is time for.

    ProbeFailureError, with what the other targets gave, if the measurement point can't be measured.
    """
    point = MeasurementPoint(system, task)
    ends_s = system.monotonic_s() + task.deadline_s - _SPARE_S
    run = _Run(system, task.latency_samples, ends_s - ROUND_TRIP_MAX_S)
    gateway = Deadlined(partial(_series, run, partial(_way_to_gateway, system)), "gateway")
    services = [
        (host, Deadlined(partial(_series, run, partial(_way_to_service, system, host)), host.name))
        for host in task.hosts[:SERVICES_MAX]
    ]
    try:
        own: SeriesOrReason | ProbeFailureError = _series(run, partial(_way_to_point, system, point, task))
    except ProbeFailureError as error:
        own = error
    beside = _joined(
        told("gateway_", _in_time(gateway, ends_s - system.monotonic_s())),
        service_reading([(host, _in_time(work, ends_s - system.monotonic_s())) for host, work in services]),
    )
    if isinstance(own, ProbeFailureError):
        raise ProbeFailureError(own.code, own.detail, beside)
    return summary(own, beside)


class _Run(NamedTuple):
    """What all series share: how many round trips, and when to begin no more."""

    system: System
    samples: int
    until_s: float


# --- measuring


def _series(run: _Run, way_to: Callable[[], RttMethod | str]) -> SeriesOrReason:
    way = way_to()
    if isinstance(way, str):
        return way
    samples_s: list[float | None] = []
    try:
        while len(samples_s) < run.samples and (not samples_s or run.system.monotonic_s() < run.until_s):
            run.system.sleep(PAUSE_S * random.uniform(0.5, 1.5))
            try:
                samples_s.append(way.round_trip_s(ROUND_TRIP_MAX_S))
            except LOST:
                samples_s.append(None)
    finally:
        way.close()
    return RoundTripSeries(way.method, samples_s)


def _way_to_point(system: System, point: MeasurementPoint, task: Task) -> RttMethod:
    parts = urlsplit(task.measurement_url or "")
    try:
        addresses = one_of_each_family(system.resolve(parts.hostname or "", 0))
    except OSError:
        addresses = []
    return echoes_if_answered(system, addresses) or HttpPing(system, point)


def _way_to_gateway(system: System) -> RttMethod | str:
    try:
        gateway = default_gateway(system)
    except PermissionError:
        return "permission_denied"
    if gateway is None:
        return "no_default_route"
    ports = [Address(gateway.family, (gateway.sockaddr[0], port, *gateway.sockaddr[2:])) for port in KNOCK_PORTS]
    way = echoes_if_answered(system, [gateway]) or connects_if_answered(system, ports, refusal_counts=True)
    return way or "no_answer"


def _way_to_service(system: System, host: Host) -> RttMethod | str:
    try:
        addresses = one_of_each_family(system.resolve(host.name, host.port))
    except (OSError, UnicodeError):
        return "dns_failed"
    way = echoes_if_answered(system, addresses) or connects_if_answered(system, addresses, refusal_counts=False)
    return way or "no_answer"


def _in_time(work: Deadlined[SeriesOrReason], within_s: float) -> SeriesOrReason:
    try:
        return work.result(within_s)
    except DeadlinePassedError:
        return "deadline_passed"


# --- what it comes to


def summary(own: SeriesOrReason, beside: ProbeReading) -> ProbeReading:
    """All facts. ProbeFailureError if the round trips to the measurement point say nothing."""
    reading = _joined(told("", own), beside)
    samples_s = [] if isinstance(own, str) else own.samples_s
    answered = sum(sample is not None for sample in samples_s)
    if answered == 0:
        detail = f"none of {len(samples_s)} round trips was answered"
        raise ProbeFailureError("measurement_point_away", detail, reading)
    if not enough_answers(samples_s):
        raise ProbeFailureError("too_few_answers", f"{answered} of {len(samples_s)} round trips were answered", reading)
    return reading


def told(prefix: str, measured: SeriesOrReason) -> ProbeReading:
    """The facts of one target, or for each of them why it is not known."""
    if isinstance(measured, str):
        names = [f"{prefix}{suffix}" for suffix in (*SUFFIXES, "method")]
        return ProbeReading(dict.fromkeys(names), dict.fromkeys(names, measured))
    reading = facts_of(measured.samples_s, prefix)
    return ProbeReading({**reading.facts, f"{prefix}method": measured.method}, reading.missing)


def service_reading(measured: Sequence[tuple[Host, SeriesOrReason]]) -> ProbeReading:
    """The facts of the host with the slowest median, and a row for every host that was tried."""
    rows: list[Facts] = []
    slowest: tuple[float, str, ProbeReading] | None = None
    for host, found in measured:
        row: Facts = {"host": host.name, "port": host.port}
        if isinstance(found, str):
            rows.append({**row, "error_code": found})
            continue
        rows.append({**row, **told("", found).facts})
        median_ms = rows[-1]["rtt_median_ms"]
        if isinstance(median_ms, float) and (slowest is None or median_ms > slowest[0]):
            slowest = median_ms, host.name, told("service_", found)
    if slowest is None:
        reason = _why_no_service(measured)
        nothing = told("service_", reason)
        return ProbeReading({**nothing.facts, "service_host": None}, {**nothing.missing, "service_host": reason}, rows)
    _, name, reading = slowest
    return ProbeReading({**reading.facts, "service_host": name}, reading.missing, rows)


def _why_no_service(measured: Sequence[tuple[Host, SeriesOrReason]]) -> str:
    if not measured:
        return "no_hosts"
    return next((found for _, found in measured if isinstance(found, str)), "too_few_answers")


def _joined(*readings: ProbeReading) -> ProbeReading:
    facts: Facts = {}
    missing: dict[str, str] = {}
    rows: list[Facts] = []
    for reading in readings:
        facts |= reading.facts
        missing |= reading.missing
        rows += reading.rows
    return ProbeReading(facts, missing, rows)


_MS_MAX = 60_000
_TIMES_MS = at_most(25, 50, 100, 200, 300, 600, 1_000)
_LOSSES = at_most(0, 0.01, 0.1, 0.5)
_COUNTS = at_least(5, 10, 20, 50, 100)


def _specs(prefix: str, target: str) -> tuple[FactSpec, ...]:
    return (
        _time(f"{prefix}rtt_min_ms", f"shortest round trip to {target}"),
        _time(f"{prefix}rtt_median_ms", f"median round trip to {target}"),
        _time(f"{prefix}rtt_p95_ms", f"round trip to {target} that 95 of 100 do not exceed"),
        _time(f"{prefix}rtt_p99_ms", f"round trip to {target} that 99 of 100 do not exceed"),
        _time(f"{prefix}jitter_ms", f"mean difference of successive round trips to {target}"),
        FactSpec(
            f"{prefix}loss_ratio",
            "float",
            "ratio",
            f"share of round trips to {target} not answered in 2 s",
            0,
            1,
            _LOSSES,
        ),
        FactSpec(
            f"{prefix}samples_count", "int", "samples", f"round trips to {target} that were tried", 0, 100_000, _COUNTS
        ),
        FactSpec(f"{prefix}method", "str", "", f"how round trips to {target} were timed: icmp, tcp or http"),
    )


def _time(name: str, meaning: str) -> FactSpec:
    return FactSpec(name, "float", "ms", meaning, 0, _MS_MAX, _TIMES_MS)


PROBE = Probe(
    name="latency",
    version=2,
    about="network",
    shows_room="line",
    plan=DefaultPlan(every_s=300, jitter_s=120, deadline_s=60),
    page_knows=("method", *SUFFIXES),
    steady=("method", "gateway_method", "service_method"),
    read=read,
    needs_policy=True,
    facts=(
        *_specs("", "the measurement point"),
        *_specs("gateway_", "the default gateway"),
        *_specs("service_", "the test service's slowest host"),
        FactSpec("service_host", "str", "", "the host of the test service that the service facts are about"),
    ),
)
