"""What a fact about a room is: a name, and how it is worked out for one room of a seating."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Requirement, Status, Text
from collector.readiness.domain.operators import compare
from collector.readiness.domain.verdicts import weigh_the_same
from collector.readiness.evidence.compliance import Standard
from collector.readiness.rooms.seating import Seating


@dataclass(frozen=True)
class Between:
    """What is known of a value: `worst` and `best` that it can be, None where nothing bounds it on that side. Infinite
    where it is good (or, if negative, bad) whatever is asked for.
    """

    worst: float | None
    best: float | None


NOTHING = Between(None, None)


@dataclass(frozen=True)
class UnknownReason:
    """Why something is not known, and what to do to know it."""

    why: Text
    advice: Text


@dataclass(frozen=True)
class RoomWorked:
    """What a fact about a room came to. `measured` is shown to people; `devices` told something; `unknown` says why it
    is not known, where it is not and more can be said than that nobody told. `reasons` are the codes of devices that
    told nothing, and `advice` is for a room that is not good enough. `at_most_at_risk`: something is known to be wrong,
    though for fewer than would make it not ready. `said` holds, by what it comes to, the sentence where there is a
    better one than that it will do or not. `asked` is what the requirement asks of this room, where that is other than
    of a usual one.
    """

    value: Between
    measured: FactValue
    devices: int
    evidence: EvidenceSummary
    steps: list[ExplanationStep]
    unknown: UnknownReason | None = None
    reasons: Sequence[str] = ()
    advice: list[Text] = field(default_factory=list)
    at_most_at_risk: bool = False
    said: Mapping[Status, Text] = field(default_factory=dict)
    asked: Requirement | None = None


@dataclass(frozen=True)
class RoomFact:
    """A fact about a room by name, with its unit, what it is (for docs/profiles.md) and how it is worked out for a
    requirement.
    """

    name: str
    unit: str
    help: str
    compute: Callable[[Seating, str, Requirement], RoomWorked]


def exactly(value: float) -> Between:
    """A value that nothing more could change."""
    return Between(value, value)


def status_of(requirement: Requirement, value: Between, standard: Standard) -> Status:
    """Unknown where what is not known could change the answer; what is at the limit at worst is at risk."""
    at_worst = Status.NOT_READY if value.worst is None else _status(requirement, value.worst, standard)
    at_best = Status.READY if value.best is None else _status(requirement, value.best, standard)
    if (at_worst, at_best) == (Status.AT_RISK, Status.READY):
        return Status.AT_RISK
    return at_best if weigh_the_same(at_worst, at_best, requirement.severity) else Status.UNKNOWN


def _status(requirement: Requirement, value: float, standard: Standard) -> Status:
    assert isinstance(requirement.fact, str)
    if math.isinf(value):
        return Status.READY if value > 0 else Status.NOT_READY
    setting = standard.setting(requirement.fact)
    passes = compare(requirement.operator, value, requirement.value, setting)
    if passes is None:
        return Status.UNKNOWN
    if passes:
        return Status.READY
    softer = requirement.at_risk_value
    close = softer is not None and compare(requirement.operator, value, softer, setting) is True
    return Status.AT_RISK if close else Status.NOT_READY
