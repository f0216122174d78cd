"""The share of machines for which one kind of rung holds: nine kinds, one way of counting."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from agent.protocol.wire import RungKind
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.devices.shares import share
from collector.readiness.domain.model import Requirement, Text
from collector.readiness.evidence.compliance import Fulfilment
from collector.readiness.path.causes import remedies
from collector.readiness.path.machines import Answers
from collector.readiness.path.rungs import rung_fact

OWN: frozenset[RungKind] = frozenset({"link", "gateway"})
"""What is the school's own, whatever others say."""


def rung_share(kind: RungKind, what: str, how_to_set_up: str) -> DerivedFact:
    """The derived fact about a kind of rung. `what` such a rung is, for docs/profiles.md; `how_to_set_up` is the
    message id of how a ladder gets one.
    """
    return DerivedFact(rung_fact(kind), "ratio", f"share of the machines that tried for which {what}",
                       partial(_compute, kind, how_to_set_up))  # fmt: skip


def _compute(kind: RungKind, how_to_set_up: str, case: Assessment, requirement: Requirement) -> Computed:
    answers, days = case.climbs.answers(kind), case.profile.evidence.line_days.value
    if case.climbs.is_set_up(kind):
        nobody = Text("why_rung_never_tried", {"days": days})
        found = share(case, requirement, answers, unknown=nobody, remedies=remedies(answers.values()))
        return replace(found, advice=[*found.advice, *_whose(kind, case, answers)])
    nowhere = Text("why_rung_not_set_up") if case.climbs.have_been else Text("why_rung_never_climbed")
    return share(case, requirement, {}, unknown=nowhere, remedies=[Text(how_to_set_up)])


def _whose(kind: RungKind, case: Assessment, answers: Answers) -> list[Text]:
    """Whether what fails beyond the school fails for others too takes a school to compare with."""
    fails = any(answer.outcome is Fulfilment.FAILED for answer in answers.values())
    return [Text("advice_only_school")] if fails and kind not in OWN and case.occasion.is_only_school else []
