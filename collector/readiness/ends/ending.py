"""An end of something, held against the end of the sitting.

What a machine tells is how many whole days were left when it looked. So the end lies between that many days after it
was last seen so, and one more day after it was first seen so. What was seen long ago may have been exchanged since: of
it only an end that comes too early is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Bounds, Computed, exactly, target
from collector.readiness.domain.fact_values import DATE_UNIT, number_of
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Requirement, Status, Text
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.explanation.trail import configured, measured, wanted

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN_ENDS = 5

_SENTENCES = {
    Status.READY: "why_end_late_enough",
    Status.AT_RISK: "why_end_too_early",
    Status.NOT_READY: "why_end_too_early",
    Status.UNKNOWN: "why_end_not_certain",
}


@dataclass(frozen=True)
class Ending:
    """That of `what` lies between `least` and `most`. `seen_at` is when it was last seen so, None where somebody wrote
    it down; `is_stale` where that is too long ago. `renewed`: it was put off in time before.
    """

    what: str
    least: datetime
    most: datetime
    seen_at: datetime | None = None
    is_stale: bool = False
    renewed: bool = False


def earliest_end(
    case: Assessment,
    requirement: Requirement,
    endings: Sequence[Ending],
    *,
    unknown: Text,
    missing: Sequence[Text] = (),
) -> Computed:
    """The first of the ends against the requirement's margin in days. `unknown` is said where there is none; `missing`
    is what to do about ends that are not known.
    """
    first = min(endings, key=lambda one: (_surely(one), one.what), default=None)
    margin_days = target(requirement, 0.0)
    needed = case.ends_at + timedelta(days=margin_days)
    return Computed(
        value=None if first is None else _value(case, requirement, endings),
        lenient=None if first is None else _bounds(endings, put_off=True),
        wanted=margin_days,
        measured=None if first is None or first.least == NEVER else _day(first.least),
        required=_day(needed),
        unit=DATE_UNIT,
        evidence=_evidence(endings),
        steps=[
            *wanted(requirement),
            configured("step_sitting_ends", _day(case.ends_at), DATE_UNIT, f"sitting {case.sitting.id}"),
            *_steps(endings),
        ],
        unknown=unknown if first is None else None,
        sentences=_SENTENCES | ({Status.READY: "why_end_never"} if first and first.least == NEVER else {}),
        values={
            "what": first.what if first else "",
            "end": first.least if first else NEVER,
            "sitting_end": case.ends_at,
            "days": margin_days,
        },
        advice=[*_advice(endings, needed), *missing],
    )


def _surely(one: Ending) -> datetime:
    """Until when it lasts for certain."""
    return _LONG_AGO if one.is_stale else one.least


def _value(case: Assessment, requirement: Requirement, endings: Sequence[Ending]) -> Bounds:
    """The first end, between its bounds; where it is late enough to be at risk at worst, that much is known."""
    found, softer = _bounds(endings, put_off=False), number_of(requirement.at_risk_value)
    enough = softer is not None and min(map(_surely, endings)) >= case.ends_at + timedelta(days=softer)
    return exactly(found.least) if enough else found


def _bounds(endings: Sequence[Ending], *, put_off: bool) -> Bounds:
    """The first end: for certain, and at best. What is put off again and again counts as lasting, if asked so."""
    least = min(NEVER if put_off and one.renewed else _surely(one) for one in endings)
    most = min(NEVER if put_off and one.renewed else one.most for one in endings)
    return Bounds(least.isoformat(), most.isoformat())


def _day(at: datetime) -> str:
    return at.astimezone(SCHOOL_TIME).date().isoformat()


def _evidence(endings: Sequence[Ending]) -> EvidenceSummary:
    times = [one.seen_at for one in endings if one.seen_at is not None]
    return EvidenceSummary(len(times), max(times, default=None))


def _steps(endings: Sequence[Ending]) -> list[ExplanationStep]:
    return [
        configured("step_end", _day(one.least), DATE_UNIT, one.what)
        if one.seen_at is None
        else measured("step_end", _day(one.least), DATE_UNIT, one.what, one.seen_at)
        for one in _in_order(endings)
    ]


def _in_order(endings: Sequence[Ending]) -> list[Ending]:
    return sorted(endings, key=lambda one: (one.least, one.what))[:SHOWN_ENDS]


def _advice(endings: Sequence[Ending], needed: datetime) -> list[Text]:
    early = [one for one in _in_order(endings) if one.least < needed]
    stale = [Text("advice_end_look_again", {"what": one.what}) for one in endings if one.is_stale and one not in early]
    return [*(Text("advice_end_renew", {"what": one.what, "end": one.least}) for one in early), *stale[:SHOWN_ENDS]]
