"""Values that can not be: put aside before anything is judged, counted, and shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from agent.protocol.wire import FactValue
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import CountedRun, DeviceSeen, Observation, SetAsideSummary
from collector.readiness.evidence.implausible import (
    BEFORE_ENROLMENT,
    BEYOND_CONTRACT,
    BestRates,
    Contract,
    before_enrolment,
    since_enrolment,
)

NOT_COUNTED = "not_counted"
BEYOND_COUNTED = "beyond_counted"

RUN_PROBE = "throughput"
RATES = ("down_mbit_s", "up_mbit_s")
"""The facts of a run that the measurement point counts too."""

BEYOND = 1.1
"""So much above the measurement point's count a rate may lie: both see the same bytes, cut at other moments, and the
round trips beside a run are in one and not in the other.
"""
CLOCKS = timedelta(seconds=60)
"""Clocks that differ by less are left as they are."""
LONGEST_RUN = timedelta(seconds=120)


@dataclass(frozen=True)
class SetAside:
    """An observation that does not count as it was told, and why: the fact that can not be."""

    observation: Observation
    fact: str
    reason: str


@dataclass
class Sieve:
    """Lets observations through without what can not be in them; `caught` grows with that. `contract` is what the line
    is to carry, where that is told.
    """

    devices: Mapping[str, DeviceSeen]
    counted: Sequence[CountedRun]
    contract: Contract = field(default_factory=dict)
    caught: list[SetAside] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Lays out what was counted by device."""
        self._runs: dict[str, list[CountedRun]] = {}
        for run in self.counted:
            self._runs.setdefault(run.device_id, []).append(run)

    def passed(self, observations: Iterable[Observation]) -> list[Observation]:
        """The observations that can be, each as far as it can."""
        since = [one for one in map(self._since_enrolment, observations) if one is not None]
        counted = [one for one in map(self._as_counted, since) if one is not None]
        runs = [one for one in counted if one.probe == RUN_PROBE and one.status == "ok"]
        best = BestRates(runs, RATES)
        return [one for one in counted if one.probe != RUN_PROBE or self._agrees(one, best)]

    def _since_enrolment(self, one: Observation) -> Observation | None:
        device = self.devices[one.device_id]
        if before_enrolment(one, device):
            self._caught(one, "last_at", BEFORE_ENROLMENT)
            return None
        return since_enrolment(one, device)

    def _agrees(self, one: Observation, best: BestRates) -> bool:
        """Whether the contract does not contradict a run that nobody counted."""
        if one.status != "ok" or any(_is_of(run, one) for run in self._runs.get(one.device_id, [])):
            return True
        fact = best.beyond(one, self.contract)
        if fact is not None:
            self._caught(one, fact, BEYOND_CONTRACT)
        return fact is None

    def _as_counted(self, one: Observation) -> Observation | None:
        """A run with no rate beyond what the measurement point counted of it. A browser's counts only where the point
        counted it, and no further; an agent that tells of more than was counted tells of another run.
        """
        if one.probe != RUN_PROBE or one.status != "ok":
            return one
        runs = [run for run in self._runs.get(one.device_id, []) if _is_of(run, one)]
        attested = self.devices[one.device_id].kind == "agent"
        capped: dict[str, FactValue] = {}
        for fact in RATES:
            rate, counted = number_of(one.facts.get(fact)), counted_rate(runs, fact)
            if rate is None or (counted is None and attested):
                continue
            if counted is None:
                self._caught(one, fact, NOT_COUNTED)
                return None
            if rate > BEYOND * counted:
                self._caught(one, fact, BEYOND_COUNTED)
                if attested:
                    return None
            if not attested and rate > counted:
                capped |= _capped(one, fact, counted / rate)
        return msgspec.structs.replace(one, facts={**one.facts, **capped}) if capped else one

    def _caught(self, one: Observation, fact: str, reason: str) -> None:
        self.caught.append(SetAside(one, fact, reason))


def _capped(one: Observation, fact: str, share: float) -> dict[str, FactValue]:
    """So much of the rate, and of how sure it is."""
    facts = (fact, fact.replace("_mbit_s", "_half_width_mbit_s"))
    told = {name: number_of(one.facts.get(name)) for name in facts}
    return {name: value * share for name, value in told.items() if value is not None}


def set_aside_summary(caught: Iterable[SetAside]) -> list[SetAsideSummary]:
    """What was set aside, by reason: how many observations of how many devices."""
    by_reason: dict[str, list[Observation]] = {}
    for one in caught:
        by_reason.setdefault(one.reason, []).append(one.observation)
    return [
        SetAsideSummary(
            reason,
            sum(one.count for one in ones),
            len({one.device_id for one in ones}),
            max(one.last_at for one in ones),
        )
        for reason, ones in sorted(by_reason.items())
    ]


def counted_rate(runs: Sequence[CountedRun], name: str) -> float | None:
    """The most that was counted at a time in one direction: what several processes count side by side is added up. None
    where nothing was.
    """
    told = [(run, rate) for run in runs if (rate := _rate(run, name)) is not None]
    return max((sum(rate for other, rate in told if _overlap(run, other)) for run, _ in told), default=None)


def _rate(run: CountedRun, name: str) -> float | None:
    return run.down_mbit_s if name == "down_mbit_s" else run.up_mbit_s


def _is_of(run: CountedRun, one: Observation) -> bool:
    """Whether it may be the run that the observation tells of."""
    ends_at = run.at + timedelta(seconds=run.seconds)
    return run.at <= one.last_at + LONGEST_RUN + CLOCKS and ends_at >= one.first_at - CLOCKS


def _overlap(run: CountedRun, other: CountedRun) -> bool:
    return run is other or (
        run.at < other.at + timedelta(seconds=other.seconds) and other.at < run.at + timedelta(seconds=run.seconds)
    )
