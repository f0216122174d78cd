"""What the throughput runs of a school's devices say about its line.

A run says what one device got through at one moment: at most what the line had left, and less where the device's own
link is slower. So the runs of an hour count as one sample, the best of them. A run that failed gives no number, but it
is counted: a line that mostly fails is not known to be any good.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from collector.readiness.case import Case
from collector.readiness.domain import Observation
from collector.readiness.observed import number_of

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


def line_runs(case: Case, fact_name: str) -> LineRuns:
    """The runs within the profile's `line_days` that measured `fact_name` (in Mbit/s)."""
    since = case.now - timedelta(days=case.profile.evidence.line_days.value)
    best: dict[int, float] = {}
    ok = failed = 0
    days: set[date] = set()
    newest: datetime | None = None
    for run in case.observed.by_probe.get(PROBE, []):
        if run.last_at < since or run.status == "unsupported":
            continue
        rate = number_of(run.facts.get(fact_name)) if run.status == "ok" else None
        if rate is None:
            failed += _count_since(run, since)
            continue
        ok += _count_since(run, since)
        for moment in _moments(run, since, case.now):
            hour = int(moment.timestamp()) // _SECONDS_PER_HOUR
            best[hour] = max(rate, best.get(hour, rate))
            days.add(moment.astimezone(SCHOOL_TIME).date())
            newest = moment if newest is None or moment > newest else newest
    return LineRuns(best, ok, failed, frozenset(days), newest)


def _moments(run: Observation, since: datetime, now: datetime) -> Iterator[datetime]:
    """When it is certain that a run gave these numbers: the first time and the last."""
    return (moment for moment in dict.fromkeys((run.first_at, run.last_at)) if since <= moment <= now)


def _count_since(run: Observation, since: datetime) -> int:
    """How many of the equal runs that an observation stands for fall inside the window, taken as evenly spread."""
    if run.first_at >= since:
        return run.count
    share = (run.last_at - since) / (run.last_at - run.first_at)
    return max(1, math.ceil(run.count * share))
