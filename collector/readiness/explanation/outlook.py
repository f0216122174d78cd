"""Which schools would pass, and what it would take: the worst sitting of each, what binds, how much is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Finding, Profile, School, Sitting, Standing, Status, Verdict
from collector.readiness.domain.operators import OPERATORS
from collector.readiness.domain.verdicts import BADNESS

THOUGHT_OF = Standing(in_days=14, at=time(9, 0))
"""When a school without a sitting is thought to have one: in two weeks, in the morning."""


@dataclass(frozen=True)
class Missing:
    """How much more it takes, or less where the requirement sets a highest value, in the finding's unit."""

    amount: float
    unit: str


@dataclass(frozen=True)
class SchoolOutlook:
    """One school. `verdict` is the worst of its sittings', None where it has no year group that could sit; `is_thought`
    says that it has no sitting to come and this is one of its largest year group. `binding` decides it, and `missing`
    is how far that is from holding, where it is known not to hold and a number can say it.
    """

    school: School
    verdict: Verdict | None
    is_thought: bool
    binding: Finding | None
    missing: Missing | None


def thought_sitting(school: School) -> Sitting | None:
    """One of the school's largest year group in all its rooms; None where it has no year group with pupils."""
    largest = max(school.year_groups, key=lambda group: group.pupils, default=None)
    if largest is None or not largest.pupils:
        return None
    return Sitting(
        id=f"thought-{school.code}",
        school=school.code,
        test=largest.grade,
        year_group=largest.grade,
        pupils=largest.pupils,
        rooms=[room.id for room in school.rooms],
        standing=THOUGHT_OF,
    )


def outlook(
    schools: Iterable[School], verdicts: Iterable[Verdict], profiles: Mapping[str, Profile]
) -> list[SchoolOutlook]:
    """Every school, the worst first, then by name. `profiles` by id are those that the verdicts were made by."""
    of_school: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        of_school.setdefault(verdict.school.code, []).append(verdict)
    rows = [_outlook(school, of_school.get(school.code, []), profiles) for school in schools]
    return sorted(rows, key=lambda row: (_rank(row), row.school.name, row.school.code))


def _rank(row: SchoolOutlook) -> int:
    return 1 if row.verdict is None else -BADNESS[row.verdict.status]


def _outlook(school: School, verdicts: list[Verdict], profiles: Mapping[str, Profile]) -> SchoolOutlook:
    if not verdicts:
        return SchoolOutlook(school, None, is_thought=False, binding=None, missing=None)
    worst = max(verdicts, key=lambda one: (BADNESS[one.status], -(one.headroom or 0.0), one.sitting.pupils))
    binding = next((one for one in worst.findings if one.requirement == worst.binding), None)
    missing = None if binding is None else missing_of(binding, profiles[worst.profile])
    is_thought = worst.sitting.id == f"thought-{school.code}"
    return SchoolOutlook(school, worst, is_thought, binding, missing)


def missing_of(finding: Finding, profile: Profile) -> Missing | None:
    """How far a finding that is known not to hold is from holding; None where no number says it."""
    measured, required = number_of(finding.measured), number_of(finding.required)
    asked = next((one for one in profile.requirements if one.id == finding.requirement), None)
    if finding.status in {Status.READY, Status.UNKNOWN} or measured is None or required is None or asked is None:
        return None
    if finding.headroom is not None:
        times = 1.0 if asked.unit != "ratio" or isinstance(asked.value, list) else number_of(asked.value) or 1.0
        amount = required * times - measured
    else:
        amount = measured - required if OPERATORS[asked.operator].better == "lower" else required - measured
    return Missing(round(amount, 6), finding.unit) if amount > 0 else None
