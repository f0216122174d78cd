"""The numbers on the way to a finding, each with where it comes from. Names are message ids, as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import ExplanationStep, Figure, Requirement, Trust

_DECIMALS = 6
"""Enough for any unit here, and it hides what binary fractions add to a sum."""
_WEAKNESS = {one: weakness for weakness, one in enumerate(Trust)}


def measured(name: str, value: FactValue, unit: str, source: str, at: datetime | None) -> ExplanationStep:
    """What devices saw: `source` names the fact and the device or room, `at` when it was last seen to hold."""
    return ExplanationStep(name=name, value=value, unit=unit, origin="measured", source=source, at=at)


def configured(name: str, value: FactValue, unit: str, source: str) -> ExplanationStep:
    """What the operator wrote about the school or the sitting."""
    return ExplanationStep(name=name, value=value, unit=unit, origin="configured", source=source)


def from_profile(name: str, figure: Figure) -> ExplanationStep:
    """A number of the profile, with who says so."""
    return ExplanationStep(name=name, value=figure.value, unit=figure.unit, origin="profile", source=figure.source,
                trust=figure.trust, whose=figure.whose)  # fmt: skip


def computed(name: str, value: FactValue, unit: str, source: str, trust: Trust | None = None) -> ExplanationStep:
    """What follows from other steps; `source` is the sum in words, `trust` that of its weakest part."""
    shown = round(value, _DECIMALS) if isinstance(value, float) else value
    return ExplanationStep(name=name, value=shown, unit=unit, origin="computed", source=source, trust=trust)


def weakest(trusts: Iterable[Trust | None]) -> Trust | None:
    """A sum can be trusted no more than its weakest part."""
    return max((trust for trust in trusts if trust is not None), key=_WEAKNESS.__getitem__, default=None)


def wanted(requirement: Requirement) -> list[ExplanationStep]:
    """The value that the requirement asks for and the softer one, if it has one."""
    values = [("step_required_value", requirement.value), ("step_at_risk_value", requirement.at_risk_value)]
    source = f"{requirement.operator}: {requirement.source}, {requirement.date.isoformat()}"
    return [
        ExplanationStep(name=name, value=_shown(value), unit=requirement.unit, origin="profile", source=source,
             trust=requirement.trust, whose=requirement.whose)
        for name, value in values
        if value is not None
    ]  # fmt: skip


def _shown(value: FactValue | list[str]) -> FactValue:
    return ", ".join(value) if isinstance(value, list) else value
