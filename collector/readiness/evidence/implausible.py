"""Observations that contradict when their machine came, or what the contract says of the line. Pure.

Where the measurement point counted a run, its count is what is believed (`set_aside`). A rate that nobody counted is
held against the contract, and not against other machines alone: one may well be the only fast one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import DeviceSeen, Observation

BEFORE_ENROLMENT = "before_enrolment"
BEYOND_CONTRACT = "beyond_contract"

CLOCKS = timedelta(minutes=5)
"""What a machine says of the time before it was enrolled is not believed, give or take its clock."""
TIMES_CONTRACT = 3.0
"""Providers give more than the contract names, never so many times, unless the contract is another by now: then a
second machine says so.
"""
AGREES = 0.5
"""A machine that got this share of a rate bears witness to it."""

Contract = Mapping[str, float]
"""What the contract says of the line, in Mbit/s, by the fact of a run."""


def before_enrolment(one: Observation, device: DeviceSeen) -> bool:
    """Whether all of it is older than its machine. What is simulated may have a past of its own."""
    return not device.simulated and one.last_at < device.enrolled_at - CLOCKS


def since_enrolment(one: Observation, device: DeviceSeen) -> Observation:
    """As much of it as is not older than its machine: a browser that joined a moment ago has measured on one day."""
    if device.simulated or one.first_at >= device.enrolled_at - CLOCKS:
        return one
    return msgspec.structs.replace(one, first_at=device.enrolled_at)


class BestRates:
    """The best rate of each machine, to see whether a second one bears witness to a rate."""

    def __init__(self, runs: Iterable[Observation], facts: Iterable[str]) -> None:
        """Of these runs, by these facts of theirs."""
        self._best: dict[str, dict[str, float]] = {fact: defaultdict(float) for fact in facts}
        for one in runs:
            for fact, best in self._best.items():
                best[one.device_id] = max(best[one.device_id], number_of(one.facts.get(fact)) or 0.0)

    def beyond(self, one: Observation, contract: Contract) -> str | None:
        """The fact of the run that is far above what the contract says, and that no other machine comes near."""
        for fact, named in contract.items():
            rate = number_of(one.facts.get(fact)) or 0.0
            others = (other for device, other in self._best[fact].items() if device != one.device_id)
            if rate > TIMES_CONTRACT * named and max(others, default=0.0) < AGREES * rate:
                return fact
        return None
