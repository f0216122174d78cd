"""How the line feels while it is full: round trips per minute, and the delay that the load adds. Pure."""

from __future__ import annotations

import math
from statistics import fmean, median
from typing import NamedTuple

SAMPLES_MIN = 4
"""Fewer round trips than this say nothing about how a line feels."""


class RoundTrip(NamedTuple):
    """One small request and its answer: when it was sent, and how long it took (a lost one: how long was waited)."""

    sent_s: float
    took_s: float


class Responsiveness(NamedTuple):
    """`rpm`: round trips per minute, one after the other. `added_p95_ms`: what 95 of 100 did not exceed, less idle."""

    rpm: float
    added_p95_ms: float


def idle_s(idle: list[RoundTrip]) -> float | None:
    """The round trip of the idle line (median), or None if too few were answered."""
    return median(trip.took_s for trip in idle) if len(idle) >= SAMPLES_MIN else None


def responsiveness(idle: list[RoundTrip], loaded: list[RoundTrip], steady_from_s: float) -> Responsiveness | None:
    """From round trips sent while the line was full, or None if too few were. The first ones, sent before it was,
    are left out; a mean without the slowest twentieth is what the IETF's responsiveness measure takes.
    """
    before_s = idle_s(idle)
    took_s = sorted(trip.took_s for trip in loaded if trip.sent_s >= steady_from_s)
    if before_s is None or len(took_s) < SAMPLES_MIN:
        return None
    kept = took_s[: max(1, math.floor(0.95 * len(took_s)))]
    slowest_s = took_s[math.ceil(0.95 * len(took_s)) - 1]
    return Responsiveness(60.0 / max(fmean(kept), 1e-6), max(0.0, slowest_s - before_s) * 1000)
