"""The verdict with ways out: what would make the findings hold that do not, cheapest first. Pure.

A way is shown only where the sitting, judged again with it, has the finding hold. Its size is the smallest that does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

import msgspec

from collector.readiness.advice.change import Ailing, Change, FixKind
from collector.readiness.advice.fixes import FIX_KINDS
from collector.readiness.advice.search import smallest
from collector.readiness.advice.settle import settled
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import (
    Evidence,
    Finding,
    Fix,
    Profile,
    Releases,
    Requirement,
    Status,
    Verdict,
)
from collector.readiness.domain.verdicts import BADNESS, decides, worst
from collector.readiness.occasions.occasion import Occasion
from collector.readiness.verdict.judge import finding_of, findings_of, lay_out, verdict_on
from collector.readiness.verdict.laid_out import LaidOut

BY_RULE_OF_THUMB = frozenset(
    ("advice_devices_update", "advice_devices_mend", "advice_devices_find", "advice_room_move")
)
_AILING = (Status.NOT_READY, Status.AT_RISK)


def judge_and_advise(
    occasion: Occasion, profile: Profile, evidence: Mapping[str, Evidence | LaidOut], releases: Releases, now: datetime
) -> Verdict:
    """As `judge`, with the ways out of what is not ready."""
    case = lay_out(occasion, profile, evidence, releases, now)
    verdict = verdict_on(case)
    found = fixes(case, verdict.findings)
    return msgspec.structs.replace(verdict, fixes=found, findings=_advised(case, verdict.findings, found))


def fixes(case: Assessment, findings: Sequence[Finding]) -> list[Fix]:
    """What mends at least one of the findings, cheapest first. What follows from another is mended with it, and of two
    sizes of a way only that is shown which mends all that the other does.
    """
    found: list[Fix] = []
    for kind in FIX_KINDS:
        of_kind: list[Fix] = []
        for ailing in _ailing(case, findings):
            if not any(ailing.requirement.id in one.mends for one in of_kind):
                of_kind += (_proved(kind.name, change, findings) for change in _changes(kind, ailing))
        found += (one for one in of_kind if not any(set(one.mends) < set(other.mends) for other in of_kind))
    return found


def _changes(kind: FixKind, ailing: Ailing) -> Iterator[Change]:
    """The smallest of each of its ways that has the finding hold."""
    for option in kind.options(ailing):
        change = smallest(option, partial(_holds, ailing.requirement))
        if change is not None:
            yield change


def _advised(case: Assessment, findings: Sequence[Finding], found: Sequence[Fix]) -> list[Finding]:
    """The findings with what mends them, and with what settles those that are not known."""
    return settled(case, [_with_ways_out(one, found) for one in findings])


def _with_ways_out(finding: Finding, found: Sequence[Fix]) -> Finding:
    """What mends it first; what says the same by rule of thumb is left out then."""
    proved = [fix.what for fix in found if finding.requirement in fix.mends]
    if not proved:
        return finding
    rest = [one for one in finding.advice if one.code not in BY_RULE_OF_THUMB]
    return msgspec.structs.replace(finding, advice=[*proved, *rest])


def _ailing(case: Assessment, findings: Sequence[Finding]) -> Iterator[Ailing]:
    """The worst first. What is only recommended of machines is no reason to do something about so many."""
    by_id = {one.id: one for one in case.profile.requirements}
    for finding in sorted(findings, key=lambda one: -BADNESS[one.status]):
        requirement = by_id[finding.requirement]
        is_grave = decides(requirement.severity) or requirement.applies_to == "room"
        if finding.status in _AILING and finding.caused_by is None and is_grave:
            yield Ailing(finding, requirement, case)


def _holds(requirement: Requirement, change: Change) -> bool:
    return all(finding_of(requirement, case).status is Status.READY for case in change.cases)


def _proved(kind: str, change: Change, before: Sequence[Finding]) -> Fix:
    """The whole sitting judged again: what holds now that did not, and what it comes to."""
    judged = [findings_of(case) for case in change.cases]
    open_still = {one.requirement for found in judged for one in found if one.status is not Status.READY}
    mends = [one.requirement for one in before if one.status in _AILING and one.requirement not in open_still]
    becomes = max((worst(found) for found in judged), key=BADNESS.__getitem__)
    return Fix(kind, change.what, mends, becomes, list(change.devices))
