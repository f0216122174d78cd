"""more_line: so many more Mbit/s down or up."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial

import msgspec

from agent.protocol.wire import FactValue
from collector.readiness.advice.change import Ailing, Change, FixKind, SizedFix
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import CountedRun, Line, Observation, Text
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.line.claim import OfWeek
from collector.readiness.line.samples import PROBE
from collector.readiness.line.series import Direction

DIRECTIONS: Mapping[str, Direction] = {
    "line.down_headroom": "down",
    "line.start_burst_headroom": "down",
    "line.up_headroom": "up",
}
_SAID: Mapping[Direction, str] = {"down": "fix_more_line_down", "up": "fix_more_line_up"}
NEAR = timedelta(hours=2)
MOST_TIMES = 20
"""A line so many times as fast as what is needed is another line, and another plan."""


def _options(ailing: Ailing) -> Iterable[SizedFix]:
    direction = DIRECTIONS.get(str(ailing.requirement.fact))
    needed, measured = number_of(ailing.finding.required), number_of(ailing.finding.measured)
    if direction is None or not needed:
        return
    wanted = needed * (number_of(_value(ailing)) or ailing.case.profile.capacity.margin.value)
    guess = max(1, math.ceil(wanted - (measured or 0.0)))
    yield SizedFix(partial(_faster, ailing.case, direction), most=math.ceil(MOST_TIMES * wanted), guess=guess)


def _value(ailing: Ailing) -> FactValue:
    value = ailing.requirement.value
    return None if isinstance(value, list) else value


def _faster(case: Assessment, direction: Direction, more: int) -> Change:
    """Every run that the line ended gets its share of the more; those that broke still break, and those that their own
    machine held back get no more.
    """
    observed, growth = case.line_observed, _growth(case, direction, more)
    runs = [growth.run(one) for one in observed.by_probe.get(PROBE, [])]
    faster = replace(
        observed, by_probe={**observed.by_probe, PROBE: runs}, counted=[growth.count(one) for one in observed.counted]
    )
    occasion = replace(case.occasion, line=_contract(case.occasion.line, direction, more))
    mended = replace(case, line_observed=faster, occasion=occasion, _lines={})
    return Change([mended], Text(_SAID[direction], {"more": more}))


def _growth(case: Assessment, direction: Direction, more: int) -> _Growth:
    line = case.line(direction)
    slow = {one.device for one in line.rates if one.held_back}
    own = [(one.at, one.least) for one in line.rates if one.device not in slow]
    ceilings = {device: max(one.least for one in line.rates if one.device == device) for device in slow}
    return _Growth(direction, more, own, line.claim.own, ceilings)


@dataclass(frozen=True)
class _Growth:
    """What runs get on a line that has so much `more`. Where the best of a few hours, of a clock hour, or of one of the
    sitting's own hours of the week (`own`), is below the best of all `runs` (times and rates, oldest first), the line
    gave only a part then, and so it will of the more; what a single run stayed below those near it, others took. A
    machine that held runs back itself never gets more than before (`ceilings`).
    """

    direction: Direction
    more: int
    runs: Sequence[tuple[datetime, float]]
    own: Set[OfWeek]
    ceilings: Mapping[str, float]

    @cached_property
    def _best(self) -> float:
        return max((rate for _, rate in self.runs), default=0.0)

    @cached_property
    def _best_by_hour(self) -> Mapping[object, float]:
        """By clock hour, and by hour of the week."""
        found: dict[object, float] = {}
        for at, rate in self.runs:
            for key in (_of_week(at), _of_week(at)[1]):
                found[key] = max(rate, found.get(key, 0.0))
        return found

    def _part(self, rate: float, at: datetime) -> float:
        near = self.runs[bisect_left(self.runs, at - NEAR, key=_at) : bisect_right(self.runs, at + NEAR, key=_at)]
        of_week = _of_week(at)
        keys = (of_week, of_week[1]) if of_week in self.own else (of_week[1],)
        usual = [max((one for _, one in near), default=0.0), *(self._best_by_hour.get(key, 0.0) for key in keys)]
        return min(1.0, max(rate, min(usual)) / self._best)

    def rate(self, rate: float, at: datetime, device: str) -> float:
        """What such a run gets then."""
        if self._best <= 0:
            return rate
        raised = rate + self.more * self._part(rate, at)
        return max(rate, min(raised, self.ceilings.get(device, raised)))

    def run(self, run: Observation) -> Observation:
        """The run as it would have been."""
        name, width = f"{self.direction}_mbit_s", f"{self.direction}_half_width_mbit_s"
        rate, half_width = number_of(run.facts.get(name)), number_of(run.facts.get(width))
        if run.status != "ok" or not rate:
            return run
        raised = self.rate(rate, run.last_at, run.device_id)
        facts: dict[str, FactValue] = {**run.facts, name: raised}
        if half_width is not None:
            facts[width] = half_width * raised / rate
        return msgspec.structs.replace(run, facts=facts)

    def count(self, one: CountedRun) -> CountedRun:
        """What the measurement point would have counted of it."""
        rate = one.down_mbit_s if self.direction == "down" else one.up_mbit_s
        if rate is None:
            return one
        raised = self.rate(rate, one.at, one.device_id)
        if self.direction == "down":
            return msgspec.structs.replace(one, down_mbit_s=raised)
        return msgspec.structs.replace(one, up_mbit_s=raised)


def _at(run: tuple[datetime, float]) -> datetime:
    return run[0]


def _of_week(at: datetime) -> OfWeek:
    local = at.astimezone(SCHOOL_TIME)
    return local.weekday(), local.hour


def _contract(line: Line | None, direction: Direction, more: int) -> Line | None:
    if line is None:
        return None
    if direction == "down":
        return msgspec.structs.replace(line, down_mbit_s=line.down_mbit_s + more)
    return msgspec.structs.replace(line, up_mbit_s=line.up_mbit_s + more)


FIX = FixKind("more_line", rank=90, options=_options)
