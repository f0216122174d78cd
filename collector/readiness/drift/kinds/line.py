"""The line gives another rate than before: a step, down or up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import median

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import DriftChange, Observation, Text
from collector.readiness.drift.compared import Compared
from collector.readiness.line.samples import PROBE

LEAST_RUNS = 4
STEP = 0.25
"""Of the rate before: less is what lines do from day to day."""


def differs(compared: Compared) -> Iterator[DriftChange]:
    """By the median of runs that gave a number, in each direction; runs that broke are no rate."""
    for direction, code in (("down", "drift_line_down"), ("up", "drift_line_up")):
        before = _rates(compared.before.get(PROBE, []), direction)
        since = _rates(compared.since.get(PROBE, []), direction)
        if min(len(before), len(since)) < LEAST_RUNS:
            continue
        then, now = median(rate for _, rate in before), median(rate for _, rate in since)
        if abs(now - then) > STEP * then:
            yield DriftChange("line", since[0][0], Text(code, {"then": then, "now": now}))


def _rates(runs: Sequence[Observation], direction: str) -> list[tuple[datetime, float]]:
    told = ((one.first_at, number_of(one.facts.get(f"{direction}_mbit_s"))) for one in runs if one.status == "ok")
    return [(at, rate) for at, rate in told if rate is not None]
