"""The capacity model of the line: what a line leaves for the test beside those who teach, against what it needs.

headroom = left / needed, where needed = pupils x rate. See docs/capacity.md. All rates in Mbit/s. Both are intervals: a
sitting is ready only where the least that is left carries the most that may be needed, and not ready only where the
most that is left does not carry the least.
"""

from __future__ import annotations

from math import inf

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Bounds, Computed, exactly, target
from collector.readiness.capacity.demand import Demand, DirectionSpec
from collector.readiness.capacity.line_steps import line_steps
from collector.readiness.capacity.line_words import advice, sentences, values, why_unknown
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceSummary, Requirement
from collector.readiness.line.background_explanation import background_advice
from collector.readiness.line.claim import LineInterval

MBIT_S = "Mbit/s"


def compute_line(case: Assessment, requirement: Requirement, load: DirectionSpec) -> Computed:
    """The headroom of the line in one direction."""
    line = case.line(load.direction)
    margin = target(requirement, case.profile.capacity.margin.value)
    amount = Demand(case.occasion.pupils_on_line, case.sitting.pupils, load.per_pupil, margin)
    left = line.interval
    shown = _shown(left, amount)
    is_known = amount.needed > 0 and bool(line.samples or line.claim.hours)
    return Computed(
        value=_headroom(requirement, left, amount) if is_known else None,
        wanted=margin,
        measured=shown if shown is not None else min((one.least for one in line.rates), default=None),
        required=round(amount.needed, 6),
        unit=MBIT_S,
        evidence=EvidenceSummary(count=len(line.rates), newest_at=line.newest_at),
        steps=line_steps(case, requirement, load, amount, line),
        headroom=None if shown is None or amount.needed <= 0 else shown / amount.needed,
        unknown=why_unknown(case, line, amount),
        sentences=sentences(amount),
        values=values(amount, shown),
        advice=[*advice(amount, line, shown), *background_advice(line.background)],
    )


def _headroom(requirement: Requirement, left: LineInterval, amount: Demand) -> Bounds:
    """From what is left for certain to what is left at most. What is enough for certain, if only just, is what counts:
    that there may be more is no reason to call it unknown.
    """
    least = (left.least or 0.0) / amount.needed
    softer = number_of(requirement.at_risk_value)
    if softer is not None and least >= softer:
        return exactly(least)
    return Bounds(least, inf if left.most == inf else left.most / amount.needed_kind)


def _shown(left: LineInterval, amount: Demand) -> float | None:
    """What people are told is left: at most so much where that is too little, else so much for certain."""
    if left.most < amount.needed_kind * amount.target:
        return left.most
    return left.least
