"""From findings to one verdict: the worst of them, what binds, and which finding explains which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from collector.readiness.domain.model import (
    Finding,
    HintSummary,
    Requirement,
    SetAsideSummary,
    Severity,
    Status,
    Text,
    Verdict,
)
from collector.readiness.domain.plan import Plan

BADNESS = {Status.READY: 0, Status.AT_RISK: 1, Status.UNKNOWN: 2, Status.NOT_READY: 3}
"""The order that a verdict is the worst of: what is known to fail says more than what is not known."""


def soften_recommended(finding: Finding) -> Finding:
    """What is only recommended puts a sitting at risk at most. Unknown stays unknown."""
    return msgspec.structs.replace(finding, status=_softened(finding.status, finding.severity))


def weigh_the_same(one: Status, other: Status, severity: Severity) -> bool:
    """Whether a verdict is the same by either: then it does not matter which of them holds."""
    return _softened(one, severity) is _softened(other, severity)


def _softened(status: Status, severity: Severity) -> Status:
    return status if decides(severity) or status is not Status.NOT_READY else Status.AT_RISK


def decides(severity: Severity) -> bool:
    """Whether what fails it is not ready, and not only at risk."""
    return severity in {"required", "required_if_known"}


def holds_back(severity: Severity) -> bool:
    """Whether a verdict waits for it while it is unknown."""
    return severity in {"required", "recommended"}


def counts(finding: Finding) -> bool:
    """Whether the verdict rests on it: what counts only if it is known does not while it is unknown."""
    return holds_back(finding.severity) or finding.status is not Status.UNKNOWN


def badness_of_rooms(severity: Severity) -> Mapping[Status, float]:
    """How bad each status is where one finding is the worst of several rooms.

    Of what counts only if it is known, a room that is known to be bad counts though another room is not known.
    """
    return BADNESS if holds_back(severity) else {**BADNESS, Status.UNKNOWN: BADNESS[Status.READY] + 0.5}


def with_causes(findings: Sequence[Finding], requirements: Sequence[Requirement]) -> list[Finding]:
    """Names the root behind each finding that is not ready, along what it blames itself, then `depends_on`.

    Only a finding that is at least as bad explains another, so that nothing graver hides behind something milder, and
    nothing that the verdict rests on behind something that it does not.
    """
    by_id = {finding.requirement: finding for finding in findings}
    depends_on = {requirement.id: requirement.depends_on for requirement in requirements}
    return [msgspec.structs.replace(finding, caused_by=_root(finding, by_id, depends_on)) for finding in findings]


def _root(finding: Finding, by_id: Mapping[str, Finding], depends_on: Mapping[str, Sequence[str]]) -> str | None:
    root, seen = finding, {finding.requirement}
    while (cause := _cause(root, by_id, depends_on)) is not None:
        if cause.requirement in seen:
            return None  # they blame each other: then none of them is the root, and all are shown
        seen.add(cause.requirement)
        root = cause
    return None if root is finding else root.requirement


def _cause(finding: Finding, by_id: Mapping[str, Finding], depends_on: Mapping[str, Sequence[str]]) -> Finding | None:
    if finding.status is Status.READY:
        return None
    blamed = [] if finding.caused_by is None else [finding.caused_by]
    causes = (by_id[one] for one in (*blamed, *depends_on.get(finding.requirement, ())) if one in by_id)
    return next((cause for cause in causes if _explains(cause, finding)), None)


def _explains(cause: Finding, finding: Finding) -> bool:
    return BADNESS[cause.status] >= BADNESS[finding.status] and (counts(cause) or not counts(finding))


def worst(findings: Sequence[Finding]) -> Status:
    """Unknown where there is nothing to go by."""
    return max((one.status for one in findings if counts(one)), key=BADNESS.__getitem__, default=Status.UNKNOWN)


def by_constraint(findings: Sequence[Finding]) -> list[Finding]:
    """What binds first: the worst status, causes before what they explain, least headroom, the profile's order.

    A finding that is ready and has no headroom holds nobody back, so it is left out.
    """
    holding = [one for one in findings if counts(one) and (one.status is not Status.READY or one.headroom is not None)]
    return sorted(holding, key=_tightness)


def _tightness(finding: Finding) -> tuple[int, bool, float]:
    headroom = float("inf") if finding.headroom is None else finding.headroom
    return -BADNESS[finding.status], finding.caused_by is not None, headroom


def hint_text(hints: HintSummary) -> Text:
    """A hint as a sentence: what it says, that it has no say, and how it would get one."""
    unclear = hints.browsers - hints.fine - hints.lacking
    code = "hints_one" if hints.browsers == 1 else "hints_many"
    values = {"count": hints.browsers, "fine": hints.fine, "lacking": hints.lacking, "unclear": unclear}
    return Text(code, {**values, "at": hints.newest_at})


def set_aside_text(one: SetAsideSummary) -> Text:
    """What was set aside, and why, as a sentence."""
    values = {"count": one.observations, "devices": one.devices}
    return Text(f"set_aside_{one.reason}", {**values, "at": one.newest_at})


def plan_texts(plan: Plan) -> list[Text]:
    """The plan in sentences: that it is one, the line, the others, machines, radios."""
    (down, down_with_others), (up, up_with_others) = plan.line_down_mbit_s, plan.line_up_mbit_s
    line = Text("plan_line", {"pupils": plan.pupils_on_line, "down": down, "up": up, "margin": plan.margin})
    found = [Text("plan_is_one"), line]
    if plan.others:
        found.append(Text("plan_others", {"others": plan.others, "down": down_with_others, "up": up_with_others}))
    found.append(Text("plan_machines", {"machines": plan.machines, "pupils": plan.pupils}))
    if plan.radios is not None and plan.pupils_per_radio is not None:
        found.append(Text("plan_radios", {"radios": plan.radios, "each": plan.pupils_per_radio}))
    return found


def beside_the_verdict(verdict: Verdict) -> list[Text]:
    """What is told with a verdict though it changes none: an odd day, a plan."""
    return [*verdict.warnings, *(plan_texts(verdict.plan) if verdict.plan is not None else [])]
