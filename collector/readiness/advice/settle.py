"""How far each finding is that is not known, and when it settles by itself: by judging the days to come. Pure.

A day is promised only where the sitting, judged with what the school's machines will have measured by then if they go
on as they do, has the finding known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial

import msgspec

from collector.readiness.advice.promised import as_of, days_ahead, measuring
from collector.readiness.assessment.assessment import Assessment, is_about_devices
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Finding, Requirement, Settling, Status, Text
from collector.readiness.domain.school_days import LESSON_HOURS
from collector.readiness.line.series import Direction
from collector.readiness.verdict.judge import finding_of

LINE_FACTS: Mapping[str, Direction] = {
    "line.down_headroom": "down",
    "line.start_burst_headroom": "down",
    "line.up_headroom": "up",
}
DAYS_FACT = "line.measured_days"
USABLE = "devices.usable_headroom"


def settled(case: Assessment, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, those that are not known yet with how far they are and when they settle."""
    rules = {one.id: one for one in case.profile.requirements}
    waiting = {one.requirement: rules[one.requirement] for one in findings if _waits(one, rules[one.requirement])}
    by_itself = dict(_by_itself(case, waiting))
    return [
        _told(case, one, waiting[one.requirement], by_itself.get(one.requirement))
        if one.requirement in waiting
        else one
        for one in findings
    ]


def _waits(finding: Finding, requirement: Requirement) -> bool:
    """Whether more of the same would tell: what is known to be too seldom becomes often enough by itself too."""
    is_seldom = requirement.fact == DAYS_FACT and finding.status is not Status.READY
    return finding.status is Status.UNKNOWN or is_seldom


def _by_itself(case: Assessment, waiting: Mapping[str, Requirement]) -> Iterator[tuple[str, datetime]]:
    """Of what is about the line: a day on which it is known and the day before which it is not."""
    about_line = {name: one for name, one in waiting.items() if str(one.fact) in LINE_FACTS or one.fact == DAYS_FACT}
    days = days_ahead(case) if about_line and measuring(case) else []
    then = cache(lambda place: as_of(case, days[place]))
    for name, requirement in about_line.items():
        place = _first(len(days), partial(_is_known, requirement, then))
        if place is not None:
            yield name, days[place].astimezone(UTC)


def _is_known(requirement: Requirement, then: Callable[[int], Assessment], place: int) -> bool:
    return not _waits(finding_of(requirement, then(place)), requirement)


def _first(count: int, holds: Callable[[int], bool]) -> int | None:
    """The place of the first that holds where those after it do too; None where the last does not."""
    if not count or not holds(count - 1):
        return None
    low, high = -1, count - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _told(case: Assessment, finding: Finding, requirement: Requirement, at: datetime | None) -> Finding:
    settling = _settling(case, finding, requirement, at)
    if settling is None:
        return finding
    said = [*_progress(settling), *_when(settling)]
    return msgspec.structs.replace(finding, settling=settling, advice=[*finding.advice, *said])


def _settling(case: Assessment, finding: Finding, requirement: Requirement, at: datetime | None) -> Settling | None:
    machines = measuring(case)
    direction = LINE_FACTS.get(str(requirement.fact))
    if direction is not None:
        claim = case.line(direction).claim
        return Settling(len(claim.hours), claim.needed, "hours", at, machines)
    done, needed = number_of(finding.measured), number_of(finding.required)
    if requirement.fact == DAYS_FACT:
        return Settling(int(done or 0), int(needed or 0), "days", at, machines)
    if is_about_devices(requirement) or requirement.fact == USABLE:
        return Settling(int(done or 0), int(needed or 0), "devices")
    told = (one.values["devices"] for one in finding.advice if one.code == "advice_share_more")
    more = next((count for count in told if isinstance(count, int)), None)
    return None if more is None else _of_share(finding, more)


def _of_share(finding: Finding, more: int) -> Settling:
    """Machines that tried, of those that must before it is sure of all."""
    tried = sum(int(number_of(one.value) or 0) for one in finding.steps if one.name in _TRIED)
    return Settling(tried, tried + more, "devices")


_TRIED = ("step_share_good", "step_share_slow", "step_share_failing")


def _progress(settling: Settling) -> list[Text]:
    values = {"done": min(settling.done, settling.needed), "needed": settling.needed}
    return [Text(_PROGRESS[settling.unit], {**values})] if settling.done < settling.needed else []


_PROGRESS = {"hours": "settles_hours", "days": "settles_days", "devices": "settles_devices"}


def _when(settling: Settling) -> list[Text]:
    if settling.by_itself_at is not None:
        return [Text("settles_by_itself", {"day": settling.by_itself_at, "machines": settling.machines})]
    if settling.unit != "hours":
        return []
    if settling.machines:
        return [Text("settles_not_by_itself")]
    days = -(-max(1, settling.needed - settling.done) // len(LESSON_HOURS))
    return [Text("settles_nobody_measures", {"days": days})]
