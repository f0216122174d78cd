"""start_in_groups: pupils open the test group by group, so that not all load it at once; all still sit together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import msgspec

from collector.readiness.advice.change import Ailing, Change, FixKind, SizedFix
from collector.readiness.advice.situation import at_occasion
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import Sitting, Text
from collector.readiness.domain.sittings import BETWEEN_GROUPS
from collector.readiness.occasions.occasion import SittingBeside

MOST_GROUPS = 10
FACT = "line.start_burst_headroom"


def _options(ailing: Ailing) -> Iterable[SizedFix]:
    if ailing.requirement.fact == FACT:
        yield SizedFix(partial(_in_groups, ailing.case), most=MOST_GROUPS, guess=2, least=2)


def _in_groups(case: Assessment, groups: int) -> Change | None:
    """The sitting, and those that begin beside it, with a start in so many groups; it takes so much longer."""
    occasion = case.occasion
    if groups > occasion.sitting.pupils or groups <= occasion.sitting.start_groups:
        return None
    longer = (groups - 1) * BETWEEN_GROUPS
    mended = replace(
        occasion,
        sitting=_split(occasion.sitting, groups),
        ends_at=occasion.ends_at + longer,
        beside=tuple(_split_beside(one, groups, longer) for one in occasion.beside),
    )
    minutes = BETWEEN_GROUPS // timedelta(minutes=1)
    code = "fix_start_in_groups_beside" if occasion.beside else "fix_start_in_groups"
    return Change([at_occasion(case, mended)], Text(code, {"groups": groups, "minutes": minutes}))


def _split(sitting: Sitting, groups: int) -> Sitting:
    return msgspec.structs.replace(sitting, start_groups=max(groups, sitting.start_groups))


def _split_beside(one: SittingBeside, groups: int, longer: timedelta) -> SittingBeside:
    return replace(one, sitting=_split(one.sitting, groups), ends_at=one.ends_at + longer)


FIX = FixKind("start_in_groups", rank=10, options=_options)
