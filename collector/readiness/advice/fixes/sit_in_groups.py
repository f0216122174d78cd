"""sit_in_groups: one group after the other takes the test, so that fewer sit at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from math import ceil

from collector.readiness.advice.change import Ailing, Change, FixKind, SizedFix
from collector.readiness.advice.situation import at_occasion, sitting_otherwise
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import Requirement, Text
from collector.readiness.domain.school_days import in_lessons

MOST_GROUPS = 6
CHANGE_OVER = timedelta(minutes=15)
"""Between one group and the next."""
MINUTE = timedelta(minutes=1)


def _options(ailing: Ailing) -> Iterable[SizedFix]:
    if fewer_at_once_helps(ailing.requirement):
        yield SizedFix(partial(_in_groups, ailing.case), most=MOST_GROUPS, guess=2, least=2, larger_helps_more=False)


def fewer_at_once_helps(requirement: Requirement) -> bool:
    """Whether what is asked grows with how many sit at once."""
    facts = [requirement.fact] if isinstance(requirement.fact, str) else requirement.fact
    return requirement.applies_to == "device" or any(one in _OF_PUPILS for one in facts)


_OF_PUPILS = frozenset(
    (
        "line.down_headroom",
        "line.up_headroom",
        "line.start_burst_headroom",
        "devices.usable_headroom",
        "room.clients_per_radio",
        "room.airtime_percent",
    )
)


def _in_groups(case: Assessment, groups: int) -> Change | None:
    """Each group is a sitting of its own, at its own hour, and all of them must do."""
    occasion = case.occasion
    pupils, between = occasion.sitting.pupils, occasion.ends_at - occasion.begins_at + CHANGE_OVER
    last_ends = occasion.ends_at + (groups - 1) * between
    same_day = in_lessons(last_ends - MINUTE) and last_ends.date() == occasion.begins_at.date()
    if groups > pupils or not same_day:
        return None
    each = ceil(pupils / groups)
    held = [sitting_otherwise(occasion, pupils=each, later=number * between) for number in range(groups)]
    what = Text("fix_sit_in_groups", {"groups": groups, "pupils": each, "minutes": between // MINUTE})
    return Change([at_occasion(case, one) for one in held], what)


FIX = FixKind("sit_in_groups", rank=20, options=_options)
