"""What comes first when findings are shown, which finding decides a verdict, and what is a consequence of what."""

from __future__ import annotations

import math
from collections.abc import Iterable

from collector.readiness.domain.model import Finding, Status, Verdict
from collector.readiness.domain.verdicts import decides

WORST_FIRST = (Status.NOT_READY, Status.UNKNOWN, Status.AT_RISK, Status.READY)


def rank(finding: Finding) -> tuple[int, bool, float, str, str]:
    """Worst status first, what is required before what is recommended, then least headroom."""
    headroom = math.inf if finding.headroom is None else finding.headroom
    recommended = not decides(finding.severity)
    return WORST_FIRST.index(finding.status), recommended, headroom, finding.requirement, finding.room or ""


def deciding(verdict: Verdict) -> Finding | None:
    """The finding that the verdict rests on: the worst of the binding requirement, else the worst of all."""
    bound = [finding for finding in verdict.findings if finding.requirement == verdict.binding]
    return min(bound or verdict.findings, key=rank, default=None)


def roots(findings: Iterable[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """Findings worst first, each with those that it causes, directly or through others.

    A cause that is not among the findings, or findings that cause each other, leave all of them at the top:
    nothing may vanish from the page.
    """
    ranked = sorted(findings, key=rank)
    folded: dict[int, list[Finding]] = {}
    top = []
    for finding in ranked:
        root = _root(finding, ranked)
        if root is finding:
            top.append(finding)
        else:
            folded.setdefault(id(root), []).append(finding)
    return [(finding, folded.get(id(finding), [])) for finding in top]


def _root(finding: Finding, ranked: list[Finding]) -> Finding:
    """The first cause of `finding` among `ranked`, or itself where there is none or the causes go in a circle."""
    at, seen = finding, {finding.requirement}
    while at.caused_by is not None:
        cause = _cause(at, ranked)
        if cause is None:
            return at
        if cause.requirement in seen:
            return finding
        seen.add(cause.requirement)
        at = cause
    return at


def _cause(finding: Finding, ranked: list[Finding]) -> Finding | None:
    """The failing finding that explains this one: in the same room if there is one there, else the worst."""
    causes = [f for f in ranked if f.requirement == finding.caused_by and f.status is not Status.READY]
    return next((cause for cause in causes if cause.room == finding.room), causes[0] if causes else None)
