"""Schools that could lend machines to another: by what was found out about their own sittings."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Finding, Fix, Status, Text, Verdict

BORROWING = "borrow_machines"
SHOWN_LENDERS = 3


class Lender(msgspec.Struct, frozen=True):
    """A school with so many machines in order beyond what any of its own sittings needs."""

    school: str
    spare: int

    @property
    def what(self) -> Text:
        """As a sentence."""
        return Text("fix_lender", {"school": self.school, "spare": self.spare})


def lenders(verdict: Verdict, fix: Fix, others: Iterable[Verdict]) -> list[Lender]:
    """The schools with most to spare, where the fix is to borrow: by the same requirement, of the sitting of theirs
    that needs most, and only where it is known. An invented school lends to none that is not.
    """
    if fix.kind != BORROWING:
        return []
    spare: dict[str, int | None] = {}
    for other in others:
        if other.school.code != verdict.school.code and other.simulated is verdict.simulated:
            left = _left(other, fix.mends)
            before = spare.get(other.school.name, left)
            spare[other.school.name] = None if left is None or before is None else min(left, before)
    known = [Lender(name, left) for name, left in spare.items() if left is not None and left > 0]
    return sorted(known, key=lambda one: (-one.spare, one.school))[:SHOWN_LENDERS]


def _left(verdict: Verdict, requirements: Iterable[str]) -> int | None:
    """The least of what the requirements leave of its machines; None where that is not known."""
    about = [one for one in verdict.findings if one.requirement in requirements and one.unit == "devices"]
    found = [_beyond(one) for one in about]
    known = [left for left in found if left is not None]
    return min(known) if known and len(known) == len(found) else None


def _beyond(finding: Finding) -> int | None:
    measured, required = number_of(finding.measured), number_of(finding.required)
    if finding.status is not Status.READY or measured is None or required is None:
        return None
    return int(measured - required)
