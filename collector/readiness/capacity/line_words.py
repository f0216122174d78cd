"""What people are told of a line: whether it is enough, what is not known of it and when it will be, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.capacity.demand import Demand
from collector.readiness.domain.model import Status, Text
from collector.readiness.line.claim import Doubt
from collector.readiness.line.measured import LineEvidence

_SENTENCES = {
    Status.READY: "why_line_enough",
    Status.AT_RISK: "why_line_tight",
    Status.NOT_READY: "why_line_too_small",
}
_TOGETHER = {
    Status.READY: "why_line_enough_together",
    Status.AT_RISK: "why_line_tight_together",
    Status.NOT_READY: "why_line_too_small_together",
}
_DOUBTS: Mapping[Doubt, str] = {
    "never": "why_line_never_measured",
    "held_back": "why_line_held_back",
    "old": "why_line_old",
    "few": "why_line_too_few",
    "own_hour": "why_line_own_hour",
    "own_hour_bad": "why_line_own_hour_bad",
    "newest_bad": "why_line_newest_bad",
    "bad_hours": "why_line_bad_hours",
    "falling": "why_line_falling",
    "swings": "why_line_swings",
}
_TO_SETTLE: Mapping[Doubt, str] = {
    "never": "advice_line_measure",
    "held_back": "advice_line_together",
    "old": "advice_line_silent",
    "few": "advice_line_measure",
    "own_hour": "advice_line_own_hour",
    "own_hour_bad": "advice_line_look",
    "newest_bad": "advice_line_look",
    "bad_hours": "advice_line_look",
    "falling": "advice_line_look",
    "swings": "advice_line_swings",
}


def sentences(amount: Demand) -> Mapping[Status, str]:
    """A message per status; another where other sittings take from the line at the same time."""
    return _SENTENCES if amount.pupils == amount.own_pupils else _TOGETHER


def values(amount: Demand, left: float | None) -> dict[str, str | int | float]:
    """What goes into it."""
    return {
        "left": left or 0.0,
        "needed": round(amount.needed, 6),
        "pupils": amount.own_pupils,
        "together": amount.pupils,
        "margin": amount.target,
    }


def why_unknown(case: Assessment, line: LineEvidence, amount: Demand) -> Text:
    """Why it is not known whether the line is enough, if it is not."""
    if amount.needed <= 0:
        return Text("why_line_no_rate")
    if line.needs_beyond and (line.beyond is None or line.beyond.interval.least is None):
        return Text("why_line_beyond_unknown")
    doubt = line.doubt(amount.needed * amount.target)
    if doubt is None:
        return Text("why_line_beyond_narrow")
    told = {
        "days": case.profile.evidence.line_days.value,
        "hours": len(line.claim.hours),
        "needed": line.claim.needed,
        "school_days": case.profile.evidence.newest_days.value,
    }
    return Text(_DOUBTS[doubt], dict(told))


def advice(amount: Demand, line: LineEvidence, left: float | None) -> list[Text]:
    """What to do to know more, where it is not known. What mends a line that is too small is found by judging again."""
    doubt = line.doubt(amount.needed * amount.target)
    if doubt is None or (left is not None and left < amount.needed * amount.target):
        return []
    return [_to_settle(doubt, line)]


def _to_settle(doubt: Doubt, line: LineEvidence) -> Text:
    lacking = max(1, line.claim.needed - len(line.claim.hours))
    return Text(_TO_SETTLE[doubt], {"hours": lacking, "hour": min(hour for _, hour in line.claim.own)})
