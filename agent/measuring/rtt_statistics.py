"""What a series of round trips comes to. Pure: no clock, no network.

Percentiles are by nearest rank, so always a measured value, and are of the round trips that were answered; the share
that was not stands beside them. A percentile that so few samples can't tell is missing, not guessed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median

from agent.measuring.contract import ProbeReading
from agent.protocol.quantiles import samples_needed_above
from agent.protocol.wire import Facts

P95, P99 = 0.95, 0.99
CONFIDENCE = 0.5
"""A percentile is told once the largest sample is more likely above it than below: from 14 for 0.95, 69 for 0.99."""
ANSWERS_MIN = 5
"""With fewer answers than this, of more than that were tried, nothing is said about times at all."""

SUFFIXES = ("rtt_min_ms", "rtt_median_ms", "rtt_p95_ms", "rtt_p99_ms", "jitter_ms", "loss_ratio", "samples_count")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def enough_answers(samples_s: Sequence[float | None]) -> bool:
    """Whether times can be told of these round trips, None being a lost one."""
    answered = sum(sample is not None for sample in samples_s)
    return answered > 0 and answered >= min(ANSWERS_MIN, len(samples_s))


def facts_of(samples_s: Sequence[float | None], prefix: str = "") -> ProbeReading:
    """The facts of round trips in seconds (at least one was tried), each name with `prefix` before it."""
    enough = enough_answers(samples_s)
    times_ms = [sample * 1000 for sample in samples_s if sample is not None]
    facts = _times(times_ms) if enough else dict.fromkeys(SUFFIXES)
    facts["loss_ratio"] = round(1 - len(times_ms) / len(samples_s), 4)
    facts["samples_count"] = len(samples_s)
    reason = "too_few_samples" if enough else "too_few_answers"
    return ProbeReading(
        {prefix + name: value for name, value in facts.items()},
        {prefix + name: reason for name, value in facts.items() if value is None},
    )


def _times(times_ms: Sequence[float]) -> Facts:
    steps = [abs(later - earlier) for earlier, later in pairwise(times_ms)]
    return {
        "rtt_min_ms": round(min(times_ms), 3),
        "rtt_median_ms": round(median(times_ms), 3),
        "rtt_p95_ms": _percentile_if_told(times_ms, P95),
        "rtt_p99_ms": _percentile_if_told(times_ms, P99),
        "jitter_ms": round(fmean(steps), 3) if steps else None,
    }


def _percentile_if_told(times_ms: Sequence[float], share: float) -> float | None:
    return round(percentile(times_ms, share), 3) if len(times_ms) >= samples_needed_above(share, CONFIDENCE) else None
