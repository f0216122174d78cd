"""path.reached_ratio: the share of machines that reach every host which the sitting depends on.

It has no headroom: a share that can never be more than whole would always seem to be what binds.
"""

from __future__ import annotations

from dataclasses import replace

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.devices.shares import share
from collector.readiness.domain.model import ExplanationStep, Requirement, Text
from collector.readiness.evidence.compliance import Fulfilment
from collector.readiness.explanation.trail import measured
from collector.readiness.path.causes import remedies
from collector.readiness.path.hosts import FACT, NO_HOSTS, failing_hosts, host_answers
from collector.readiness.path.machines import Answers


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    days = case.profile.evidence.line_days
    answers = host_answers(case.observed, days)
    reasons = {answer.reason for answer in answers.values() if answer.outcome is Fulfilment.UNKNOWN}
    nobody = Text("why_path_no_hosts") if NO_HOSTS in reasons else Text("why_path_never_measured", {"days": days.value})
    found = share(case, requirement, answers, unknown=nobody, remedies=remedies(answers.values()))
    return _with_hosts(found, answers)


def _with_hosts(found: Computed, answers: Answers) -> Computed:
    return replace(found, steps=[*found.steps, *_hosts(answers)])


def _hosts(answers: Answers) -> list[ExplanationStep]:
    blocked = [one.observation for one in answers.values() if one.outcome is Fulfilment.FAILED and one.observation]
    newest = max((one.last_at for one in blocked), default=None)
    return [
        measured("step_path_host_failed", devices, "devices", f"path rows: {host}", newest)
        for host, devices in failing_hosts(blocked)
    ]


DERIVED = DerivedFact(FACT, "ratio", "share of the school's machines that reach every configured host", _compute)
