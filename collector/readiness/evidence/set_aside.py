"""Values that can not be: put aside before anything is judged, counted, and shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from agent.protocol.wire import FactValue
from collector.readiness.domain.counted_run import COUNTED_GRAIN
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import CountedRun, DeviceSeen, Observation, SetAsideSummary
from collector.readiness.domain.strands import Strand
from collector.readiness.evidence.implausible import (
    BEFORE_ENROLMENT,
    BEYOND_CONTRACT,
    BestRates,
    Contract,
    before_enrolment,
    since_enrolment,
)
from collector.readiness.evidence.implausible import CLOCKS as ENROLMENT_CLOCKS

NOT_COUNTED = "not_counted"
BEYOND_COUNTED = "beyond_counted"

RUN_PROBE = "throughput"
RATES = ("down_mbit_s", "up_mbit_s")
"""The facts of a run that the measurement point counts too."""

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

    def passed(self, said: Iterable[Strand]) -> list[Strand]:
        """What can be of what was said, each as far as it can."""
        since = [part for one in said if (part := self._since_enrolment(one)) is not None]
        counted = [part for one in since if (part := self._as_counted(one)) is not None]
        runs = [one for strand in counted if strand.probe == RUN_PROBE for one in strand if one.status == "ok"]
        best = BestRates(runs, RATES)
        return [part for one in counted if (part := self._agreeing(one, best)) is not None]

    def _since_enrolment(self, strand: Strand) -> Strand | None:
        device = self.devices[strand.device_id]
        if device.simulated or strand.once(_begins_at) >= device.enrolled_at - ENROLMENT_CLOCKS:
            return strand
        for one in strand:
            if before_enrolment(one, device):
                self._caught(one, "last_at", BEFORE_ENROLMENT)
        return strand.once(_since_then, device)

    def _as_counted(self, strand: Strand) -> Strand | None:
        if strand.probe != RUN_PROBE:
            return strand
        return strand.only([one for run in strand if (one := self._run_as_counted(run)) is not None])

    def _agreeing(self, strand: Strand, best: BestRates) -> Strand | None:
        if strand.probe != RUN_PROBE:
            return strand
        return strand.only([one for one in strand if self._agrees(one, best)])

    def _agrees(self, one: Observation, best: BestRates) -> bool:
        """Whether the contract does not contradict a run that nobody counted."""
        if one.status != "ok" or any(_is_of(run, one) for run in self._runs.get(one.device_id, [])):
            return True
        fact = best.beyond(one, self.contract)
        if fact is not None:
            self._caught(one, fact, BEYOND_CONTRACT)
        return fact is None

    def _run_as_counted(self, one: Observation) -> Observation | None:
        """A run with no rate beyond what the measurement point counted of it. A browser's counts only where the point
        counted it, and no further; an agent that tells of more than was counted tells of another run.
        """
        if one.status != "ok":
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
            if rate > (1 + 2 * COUNTED_GRAIN) * counted:
                self._caught(one, fact, BEYOND_COUNTED)
                if attested:
                    return None
            if not attested and rate > counted:
                capped |= _capped(one, fact, counted / rate)
        return msgspec.structs.replace(one, facts={**one.facts, **capped}) if capped else one

    def _caught(self, one: Observation, fact: str, reason: str) -> None:
        self.caught.append(SetAside(one, fact, reason))


def _begins_at(strand: Strand) -> datetime:
    return min(one.first_at for one in strand)


def _since_then(strand: Strand, device: DeviceSeen) -> Strand | None:
    """As much of it as is not older than its machine."""
    kept = [since_enrolment(one, device) for one in strand if not before_enrolment(one, device)]
    return Strand(kept) if kept else None


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
