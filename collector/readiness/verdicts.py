"""From findings to one verdict: the worst of them, what binds, and which finding explains which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from collector.readiness.domain import Finding, Requirement, Status

BADNESS = {Status.READY: 0, Status.AT_RISK: 1, Status.UNKNOWN: 2, Status.NOT_READY: 3}
"""The order that a verdict is the worst of: what is known to fail says more than what is not known."""


def soften_recommended(finding: Finding) -> Finding:
    """What is only recommended puts a sitting at risk at most. Unknown stays unknown."""
    if finding.severity != "required" and finding.status is Status.NOT_READY:
        return msgspec.structs.replace(finding, status=Status.AT_RISK)
    return finding


def counts(finding: Finding) -> bool:
    """Whether the verdict rests on it: what counts only if it is known does not while it is unknown."""
    return finding.severity != "if_known" or finding.status is not Status.UNKNOWN


def with_causes(findings: Sequence[Finding], requirements: Sequence[Requirement]) -> list[Finding]:
    """Names the root behind each finding that is not ready, along `depends_on`.

    Only a finding that is at least as bad explains another, so that nothing graver hides behind something milder.
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
    causes = (by_id[one] for one in depends_on.get(finding.requirement, ()) if one in by_id)
    return next((cause for cause in causes if BADNESS[cause.status] >= BADNESS[finding.status]), None)


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
