"""What lies beyond the measurement point, by tests towards the public internet. Pure.

A test there goes through the school's line and on. Where it gets about as much as the line gives, nothing beyond is
narrower. Where it gets much less, something beyond is, and that binds, at whatever hour that was seen. A single
server is not the internet, so a test counts only beside a run of the line, and only where such tests mostly get less
(`limit`). What was found last stays until newer tests contradict it: their window ends at the newest of them, not now.
"""

from __future__ import annotations

from datetime import timedelta
from math import inf

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Figure, LineLimit
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.line.limit import FACT, FASTEST_COMPARED_MBIT_S, INTERNET_PROBE, line_limit
from collector.readiness.line.samples import LineSample, in_order


def beyond_limit(observed: EvidenceIndex, days: Figure) -> LineLimit | None:
    """Which of the two was the slow one when it was last tested."""
    newest = max((one.last_at for one in observed.by_probe.get(INTERNET_PROBE, [])), default=None)
    return line_limit(observed, days, newest)


def beyond_samples(observed: EvidenceIndex, limit: LineLimit | None, days: Figure) -> list[LineSample]:
    """One sample a test, oldest first; none where it is the line that ends these tests."""
    tests = observed.by_probe.get(INTERNET_PROBE, [])
    if limit is None or limit.side == "line" or not tests:
        return []
    since = max(one.last_at for one in tests) - timedelta(days=days.value)
    found = []
    for one in tests:
        rate = number_of(one.facts.get(FACT)) if one.status == "ok" else None
        if rate is not None and one.last_at >= since:
            too_fast = rate >= FASTEST_COMPARED_MBIT_S
            most = inf if too_fast or limit.side != "beyond" else rate
            found.append(LineSample(one.last_at, one.device_id, rate, most, held_back=too_fast))
    return in_order(found)


def line_ends_it(observed: EvidenceIndex, days: Figure) -> bool:
    """Whether tests towards the public internet get about as much as the line gives."""
    limit = line_limit(observed, days)
    return limit is not None and limit.side == "line"
