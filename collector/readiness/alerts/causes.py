"""Which requirements of a verdict are worth a warning of their own: pure.

A finding that another one explains is silent, so that a broken line gives one alert and not ten.
"""

from __future__ import annotations

from collections.abc import Iterable

from collector.readiness.domain.model import Finding, Status, Verdict
from collector.readiness.domain.verdicts import BADNESS, counts

WHOLE_VERDICT = "verdict"
"""The cause when a verdict is not ready and no finding says why, as when a school could not be judged at all."""


def causes(verdict: Verdict) -> dict[str, list[Finding]]:
    """What to warn about: by requirement, its findings that are not ready, worst first (one per room, say).

    Never empty for a verdict that is not ready. `WHOLE_VERDICT` stands alone, with no findings.
    """
    bad = sorted(
        (f for f in verdict.findings if f.status is not Status.READY and counts(f)), key=_badness, reverse=True
    )
    by_requirement: dict[str, list[Finding]] = {}
    for finding in bad:
        by_requirement.setdefault(finding.requirement, []).append(finding)
    if not by_requirement:
        return {} if verdict.status is Status.READY else {WHOLE_VERDICT: []}
    own = {name: found for name, found in by_requirement.items() if not _explained(name, found, by_requirement)}
    return own or by_requirement


def worst(findings: Iterable[Finding]) -> Finding | None:
    """The finding with the worst status, the first of equals; None when there is none."""
    return max(findings, key=_badness, default=None)


def state_of(verdict: Verdict, cause: str) -> Status | None:
    """How `cause` stands in `verdict`; None when the verdict does not ask for it.

    In a verdict without findings nothing was found out, so the cause is as unknown as the verdict itself.
    """
    if cause == WHOLE_VERDICT or not verdict.findings:
        return verdict.status
    found = worst(f for f in verdict.findings if f.requirement == cause)
    return found.status if found else None


def _explained(name: str, found: list[Finding], bad: dict[str, list[Finding]]) -> bool:
    """Whether other causes, at least as bad, explain every finding of this requirement."""
    return all(
        finding.caused_by is not None
        and finding.caused_by != name
        and finding.caused_by in bad
        and _badness(bad[finding.caused_by][0]) >= _badness(finding)
        for finding in found
    )


def _badness(finding: Finding) -> int:
    return BADNESS[finding.status]
