"""What the throughput runs of a school's devices say about its line.

A run says what one device got through at one moment: at most what the line had left, and less where the device's own
link is slower. So the runs of an hour count as one sample, the best of them. A run knows its rate give or take a half
width only; what counts is the lower end, because so much is sure. A run that failed, or whose half-width says that it
knows nothing, gives no number, but it is counted: a line that mostly fails is not known to be any good.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from agent.protocol.wire import FactValue
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Figure, Observation
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.evidence.index import EvidenceIndex

PROBE = "throughput"
UNSTABLE_RATIO = 0.25
"""With a wider interval to either side a run knows nothing. Newer agents fail such a run themselves."""

_SECONDS_PER_HOUR = 3_600


@dataclass(frozen=True)
class LineRuns:
    """`best_of_hour` in Mbit/s by hour, each the lower end of what a run says; `half_widths` are what was taken off in
    those hours, `besides` what others took meanwhile, which is in it. `ok` and `failed` count runs; `days` are local
    days with good runs.
    """

    best_of_hour: Mapping[int, float]
    ok: int
    failed: int
    days: frozenset[date]
    newest_at: datetime | None
    half_widths: Sequence[float] = ()
    besides: Sequence[float] = ()

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


def line_runs(observed: EvidenceIndex, fact_name: str, days: Figure, beside: Beside | None = None) -> LineRuns:
    """The runs of the last `days` that measured `fact_name` (in Mbit/s), with what others took `beside` them where that
    is known: the line carried both.
    """
    since = observed.now - timedelta(days=days.value)
    best: dict[int, tuple[float, float, float]] = {}
    ok = failed = 0
    newest: datetime | None = None
    for run in observed.by_probe.get(PROBE, []):
        if run.last_at < since or run.status == "unsupported":
            continue
        known = rate_known(run.facts, fact_name) if run.status == "ok" else None
        if known is None:
            failed += _count_since(run, since)
            continue
        ok += _count_since(run, since)
        for moment in _moments(run):
            if since <= moment <= observed.now:
                hour = int(moment.timestamp()) // _SECONDS_PER_HOUR
                others = beside(run, moment) if beside else 0.0
                found = (known.least + others, known.half_width, others)
                best[hour] = max(found, best.get(hour, found))
                newest = moment if newest is None or moment > newest else newest
    carried_by_hour = {hour: carried for hour, (carried, _, _) in best.items()}
    half_widths = [half_width for _, half_width, _ in best.values()]
    besides = [others for _, _, others in best.values()]
    return LineRuns(carried_by_hour, ok, failed, frozenset(map(_day, best)), newest, half_widths, besides)


class RateKnown(NamedTuple):
    """The lower end of a run's interval, and how far it lies below the middle. Both in Mbit/s."""

    least: float
    half_width: float


def rate_known(facts: Mapping[str, FactValue], fact_name: str) -> RateKnown | None:
    """What a run is sure of, or None if it knows nothing. Where a report does not say how sure it is, as the first ones
    did not, the rate counts as it is.
    """
    rate = number_of(facts.get(fact_name))
    if rate is None:
        return None
    said = facts.get(fact_name.replace("_mbit_s", "_half_width_mbit_s"))
    half_width = 0.0 if said is None else number_of(said)
    if half_width is None or half_width < 0 or half_width > UNSTABLE_RATIO * rate:
        return None
    return RateKnown(rate - half_width, half_width)


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
