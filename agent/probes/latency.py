"""Round trips to the measurement point: requests over one warm TCP connection, so that no handshake is counted.

A request that gets no answer in time counts as lost; TCP mends what the network loses underneath, so a lost round
trip here is a stall that a pupil would notice.
"""

from __future__ import annotations

import http.client
import math
from itertools import pairwise
from statistics import fmean, median

from agent.measurement_point import MeasurementPoint, refusal
from agent.probe import FactSpec, Probe, ProbeFailureError, Reading, Task
from agent.system import System

ROUND_TRIP_MAX_S = 2.0
PAUSE_S = 0.05
SAMPLES_MIN = 5
"""Fewer answers than this say nothing about a 95th percentile."""


def read(system: System, task: Task) -> Reading:
    """Measures `task.latency_samples` round trips, or as many as there is time for."""
    point = MeasurementPoint(system, task)
    until_s = system.monotonic_s() + task.deadline_s - ROUND_TRIP_MAX_S - 1.0
    samples_s: list[float | None] = []
    connection: http.client.HTTPConnection | None = None
    try:
        for _ in range(task.latency_samples):
            if samples_s and system.monotonic_s() > until_s:
                break
            try:
                if connection is None:
                    connection = point.connection(ROUND_TRIP_MAX_S)
                    _round_trip_s(system, point, connection)
                samples_s.append(_round_trip_s(system, point, connection))
            except (OSError, http.client.HTTPException):
                samples_s.append(None)
                if connection is not None:
                    connection.close()
                    connection = None
            system.sleep(PAUSE_S)
    finally:
        if connection is not None:
            connection.close()
    return summary(samples_s)


def _round_trip_s(system: System, point: MeasurementPoint, connection: http.client.HTTPConnection) -> float:
    started_s = system.monotonic_s()
    connection.request("GET", point.path("ping"), headers=point.headers)
    answer = connection.getresponse()
    answer.read()
    took_s = system.monotonic_s() - started_s
    if answer.status != 204:
        raise refusal(answer, "ping")
    return took_s


def summary(samples_s: list[float | None]) -> Reading:
    """The facts of round trips in seconds, None for a lost one. Raises ProbeFailureError if too few came back."""
    times_ms = [sample * 1000 for sample in samples_s if sample is not None]
    if not times_ms:
        raise ProbeFailureError("measurement_point_away", f"none of {len(samples_s)} round trips was answered")
    if len(times_ms) < min(SAMPLES_MIN, len(samples_s)):
        raise ProbeFailureError("too_few_answers", f"{len(times_ms)} of {len(samples_s)} round trips were answered")
    steps = [abs(later - earlier) for earlier, later in pairwise(times_ms)]
    return Reading(
        {
            "rtt_min_ms": round(min(times_ms), 3),
            "rtt_median_ms": round(median(times_ms), 3),
            "rtt_p95_ms": round(percentile(times_ms, 0.95), 3),
            "jitter_ms": round(fmean(steps), 3) if steps else None,
            "loss_ratio": round(1 - len(times_ms) / len(samples_s), 4),
            "samples_count": len(samples_s),
        },
        {} if steps else {"jitter_ms": "too_few_answers"},
    )


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed (nearest rank: always a measured value)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


_MS_MAX = 60_000
PROBE = Probe(
    name="latency",
    version=1,
    read=read,
    needs_policy=True,
    facts=(
        FactSpec("rtt_min_ms", "float", "ms", "shortest round trip to the measurement point", 0, _MS_MAX),
        FactSpec("rtt_median_ms", "float", "ms", "median round trip to the measurement point", 0, _MS_MAX),
        FactSpec("rtt_p95_ms", "float", "ms", "round trip that 95 of 100 do not exceed", 0, _MS_MAX),
        FactSpec("jitter_ms", "float", "ms", "mean difference of successive round trips", 0, _MS_MAX),
        FactSpec("loss_ratio", "float", "ratio", "share of round trips without an answer within 2 seconds", 0, 1),
        FactSpec("samples_count", "int", "samples", "round trips that were tried", 0, 100_000),
    ),
)
