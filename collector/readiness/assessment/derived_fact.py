"""The shape of a derived fact: a fact about a whole school, worked out from what its devices measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agent.protocol.wire import FactValue
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Requirement, Status, Text


@dataclass(frozen=True)
class Bounds:
    """A value that what is not known could still raise: `least` as it is, `most` at best. Equal where it is exact. An
    end of something is written as ISO 8601 writes it.
    """

    least: float | str
    most: float | str


@dataclass(frozen=True)
class Computed:
    """What a derived fact came to.

    `value` is compared with `wanted` (None: not comparable), `lenient` (where it differs) with the requirement's
    softer value. `value` is None where nothing is known, and then `unknown` says why. `measured` and `required` are
    what people are shown, in `unit`. `default_softer` is the softer value where the profile gives none. `sentences`
    has one message id per status and `values` is what goes into it; `advice` holds where the finding is not ready.
    `blames` is the requirement without whose failing it would be better, where the fact itself can tell.
    """

    value: Bounds | None
    wanted: float | None
    measured: FactValue
    required: FactValue
    unit: str
    evidence: EvidenceSummary
    steps: list[ExplanationStep]
    headroom: float | None = None
    lenient: Bounds | None = None
    default_softer: float | None = None
    unknown: Text | None = None
    sentences: Mapping[Status, str] = field(default_factory=dict)
    values: Mapping[str, str | int | float | datetime] = field(default_factory=dict)
    advice: list[Text] = field(default_factory=list)
    blames: str | None = None


@dataclass(frozen=True)
class DerivedFact:
    """A derived fact by name, with its unit, what it is (for docs/profiles.md) and how it is worked out for a
    requirement. Where it does not apply to a school at all, there is no finding.
    """

    name: str
    unit: str
    help: str
    compute: Callable[[Assessment, Requirement], Computed]
    applies: Callable[[Assessment], bool] = lambda _: True


def exactly(value: float | str) -> Bounds:
    """A value that nothing more could change."""
    return Bounds(value, value)


def target(requirement: Requirement, otherwise: float) -> float:
    """The number that the requirement asks for, or the general one where the requirement leaves it open (null)."""
    value = requirement.value
    number = None if isinstance(value, list) else number_of(value)
    return otherwise if number is None else number
