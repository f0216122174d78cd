"""What the throughput runs of a school's devices say about its line.

A run says what one device got through at one moment: at most what the line had left, and less where the device's own
link is slower. So the runs of an hour count as one sample, the best of them. A run that failed gives no number, but it
is counted: a line that mostly fails is not known to be any good.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from collector.readiness.domain import Figure, Observation
from collector.readiness.observed import Observed, number_of

PROBE = "throughput"
SCHOOL_TIME = ZoneInfo("Europe/Stockholm")
_SECONDS_PER_HOUR = 3_600


@dataclass(frozen=True)
class LineRuns:
    """`best_of_hour` in Mbit/s by hour; `ok` and `failed` count runs; `days` are local days with good runs."""

    best_of_hour: Mapping[int, float]
    ok: int
    failed: int
    days: frozenset[date]
    newest_at: datetime | None

    @property
    def samples(self) -> list[float]:
        """One number per hour that was measured, in Mbit/s."""
        return list(self.best_of_hour.values())

    @property
    def mostly_failed(self) -> bool:
        """Whether more runs failed than went well."""
        return self.failed > self.ok


Beside = Callable[[Observation, datetime], float]
"""What others took of the line while a run went on, in Mbit/s."""


def line_runs(observed: Observed, fact_name: str, days: Figure, beside: Beside | None = None) -> LineRuns:
    """The runs of the last `days` that measured `fact_name` (in Mbit/s), with what others took `beside` them where that
    is known: the line carried both.
    """
    since = observed.now - timedelta(days=days.value)
    best: dict[int, float] = {}
    ok = failed = 0
    newest: datetime | None = None
    for run in observed.by_probe.get(PROBE, []):
        if run.last_at < since or run.status == "unsupported":
            continue
        rate = number_of(run.facts.get(fact_name)) if run.status == "ok" else None
        if rate is None:
            failed += _count_since(run, since)
            continue
        ok += _count_since(run, since)
        for moment in _moments(run):
            if since <= moment <= observed.now:
                hour = int(moment.timestamp()) // _SECONDS_PER_HOUR
                carried = rate + beside(run, moment) if beside else rate
                best[hour] = max(carried, best.get(hour, carried))
                newest = moment if newest is None or moment > newest else newest
    return LineRuns(best, ok, failed, frozenset(map(_day, best)), newest)


def _moments(run: Observation) -> tuple[datetime, ...]:
    """When it is certain that a run gave these numbers: the first time and the last."""
    return (run.last_at,) if run.first_at == run.last_at else (run.first_at, run.last_at)


def _day(hour: int) -> date:
    return datetime.fromtimestamp(hour * _SECONDS_PER_HOUR, SCHOOL_TIME).date()


def _count_since(run: Observation, since: datetime) -> int:
    """How many of the equal runs that an observation stands for fall inside the window, taken as evenly spread."""
    if run.first_at >= since:
        return run.count
    share = (run.last_at - since) / (run.last_at - run.first_at)
    return max(1, math.ceil(run.count * share))
