"""What sets the limit of what a school gets from the internet: its own line, or what lies beyond it? Pure.

Both ends are measured through the same line: the measurement point stands at its far end, and the test towards the
public internet goes on from there. So where the internet gives about as much, it is the line that ends it, and where it
gives much less, what is beyond. A test is compared with what the line gave within two hours of it, download only: the
upload of speedtest-cli counts what was sent, not what arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Figure, LineLimit, Observation
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.line.samples import PROBE as LINE_PROBE
from collector.readiness.line.samples import rate_between

INTERNET_PROBE = "internet"
FACT = "down_mbit_s"
NEAR = timedelta(hours=2)
LEAST_PAIRS = 3
AS_MUCH_RATIO = 0.8
"""From so much of the line on the internet gives what the line lets through: tests differ by some percent anyway."""
MUCH_LESS_RATIO = 0.5
FASTEST_COMPARED_MBIT_S = 400.0
"""Beyond it speedtest-cli reads low by itself, and nothing follows from a low number."""


def line_limit(observed: EvidenceIndex, days: Figure, until: datetime | None = None) -> LineLimit | None:
    """Which of the two is the slow one, from tests of the last `days` up to `until` (None: now); None where nobody
    tests towards the internet.
    """
    since = (until or observed.now) - timedelta(days=days.value)
    tests = [one for one in observed.by_probe.get(INTERNET_PROBE, []) if one.last_at >= since]
    if all(one.status == "unsupported" for one in tests):
        return None
    runs = [one for one in observed.by_probe.get(LINE_PROBE, []) if one.status == "ok" and one.last_at >= since]
    pairs = [pair for test in tests if (pair := _compared(test, runs))]
    if len(pairs) < LEAST_PAIRS:
        return LineLimit("unknown", "too_few_pairs", None, len(pairs))
    ratio = median(internet / line for internet, line in pairs)
    if median(line for _, line in pairs) > FASTEST_COMPARED_MBIT_S:
        return LineLimit("unknown", "too_fast", None, len(pairs))
    if ratio >= AS_MUCH_RATIO:
        return LineLimit("line", None, ratio, len(pairs))
    if ratio <= MUCH_LESS_RATIO:
        return LineLimit("beyond", None, ratio, len(pairs))
    return LineLimit("unknown", "in_between", ratio, len(pairs))


def _compared(test: Observation, runs: Sequence[Observation]) -> tuple[float, float] | None:
    """What the test got and the best that the line gave about then, in Mbit/s."""
    internet = number_of(test.facts.get(FACT)) if test.status == "ok" else None
    near = [one for one in runs if abs(one.last_at - test.last_at) <= NEAR]
    rates = [(known.least + known.most) / 2 for one in near if (known := rate_between(one.facts, "down"))]
    if internet is None or not rates or max(rates) <= 0:
        return None
    return internet, max(rates)
