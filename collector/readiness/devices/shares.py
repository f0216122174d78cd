"""A share of the machines: what those that tried say of all that the school has.

"One of 83 machines can not reach the service" is a statement about that machine, and it is counted where machines are
counted. It says something of the year group only if so many can not that, with the profile's confidence, it can not be
only those. So the share that was seen counts once it is sure on which side of the requirement's softer value the share
of all machines lies; until then it may be anything within the bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Bounds, Computed, exactly, target
from collector.readiness.devices.findings import SHOWN_DEVICES, device_step
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import ExplanationStep, Requirement, Status, Text
from collector.readiness.domain.shares import ShareBounds, share_bounds
from collector.readiness.evidence.compliance import NOT_CONCERNED, DeviceCompliance, Fulfilment
from collector.readiness.evidence.index import summary
from collector.readiness.evidence.reasons import missing_values
from collector.readiness.explanation.trail import computed, configured, from_profile, measured, wanted
from collector.readiness.path.machines import Answers

_PERCENT = 100
_MOST_MORE = 500
"""Nobody is asked to let more machines than this try."""

_SENTENCES = {
    Status.READY: "why_share_holds",
    Status.AT_RISK: "why_share_fails",
    Status.NOT_READY: "why_share_fails",
    Status.UNKNOWN: "why_share_too_few",
}


@dataclass(frozen=True)
class ShareCount:
    """Machines that tried: `good` did well, `slow` only slowly, `failing` not. `silent` could have tried and told
    nothing. `of` is how many machines the school has, None where nobody knows.
    """

    good: int
    slow: int
    failing: int
    silent: int
    of: int | None

    @property
    def tried(self) -> int:
        """Those that a share is taken of."""
        return self.good + self.slow + self.failing

    def bounds(self, confidence: float, more: int = 0) -> ShareBounds:
        """The share of all machines that do, slowly or not; if `more` tried and all of them did."""
        of = None if self.of is None else max(self.of, self.tried + more)
        return share_bounds(self.good + self.slow + more, self.tried + more, of, confidence)


def count(case: Assessment, answers: Answers) -> ShareCount:
    """The machines that are concerned. What a school says that it owns is how many it has."""
    outcomes = [answer.outcome for answer in answers.values() if answer.reason != NOT_CONCERNED]
    return ShareCount(
        good=outcomes.count(Fulfilment.OK),
        slow=outcomes.count(Fulfilment.RISKY),
        failing=outcomes.count(Fulfilment.FAILED),
        silent=outcomes.count(Fulfilment.UNKNOWN),
        of=case.school.devices,
    )


def share(
    case: Assessment, requirement: Requirement, answers: Answers, *, unknown: Text, remedies: Sequence[Text]
) -> Computed:
    """The share of machines that do, against the requirement. `unknown` is said where no machine has tried, and
    `remedies` are for those that fail.
    """
    found, asked, confidence = count(case, answers), target(requirement, 1.0), case.profile.capacity.confidence
    bounds, limit = found.bounds(confidence.value), _limit(requirement, asked)
    seen = found.good / found.tried if found.tried else 0.0
    is_sure = not bounds.least < limit <= bounds.most
    at_all = (found.good + found.slow) / found.tried if found.tried else 0.0
    more = 0 if is_sure else _more(found, confidence.value, limit)
    silent = [answer.reason for answer in answers.values() if answer.outcome is Fulfilment.UNKNOWN]
    return Computed(
        value=None if not found.tried else exactly(seen) if is_sure else Bounds(bounds.least, bounds.most),
        wanted=asked,
        lenient=exactly(at_all) if is_sure else Bounds(bounds.least, bounds.most),
        default_softer=asked,
        measured=seen if found.tried else None,
        required=asked,
        unit="ratio",
        evidence=summary(answer.observation for answer in answers.values() if answer.outcome is not Fulfilment.UNKNOWN),
        steps=[
            *wanted(requirement),
            *_steps(case, found, bounds),
            from_profile("step_confidence", confidence),
            from_profile("step_line_days", case.profile.evidence.line_days),
            *_worst_machines(answers),
        ],
        unknown=None if found.tried else unknown,
        sentences=_SENTENCES,
        values=_values(found, bounds),
        advice=[*remedies, *([Text("advice_share_more", {"devices": more})] if more else []), *missing_values(silent)],
    )


def _limit(requirement: Requirement, asked: float) -> float:
    """Where the year group begins: the softer value, else the value itself."""
    softer = number_of(requirement.at_risk_value)
    return asked if softer is None else softer


def _more(found: ShareCount, confidence: float, limit: float) -> int:
    """How many more machines must do before it is sure of all, if all of them do; 0 where that is too many to ask."""
    tries = range(1, _MOST_MORE)
    return next((more for more in tries if found.bounds(confidence, more).least >= limit), 0) if found.tried else 0


def _values(found: ShareCount, bounds: ShareBounds) -> dict[str, str | int | float]:
    return {
        "holds": found.good + found.slow,
        "failing": found.failing,
        "slow": found.slow,
        "devices": found.tried,
        "least_percent": bounds.least * _PERCENT,
        "most_percent": bounds.most * _PERCENT,
    }


def _steps(case: Assessment, found: ShareCount, bounds: ShareBounds) -> list[ExplanationStep]:
    devices, newest = "devices", "newest result of each machine that tried"
    of = [] if found.of is None else [configured("step_devices_owned", found.of, devices, f"school {case.school.code}")]
    how = "Clopper-Pearson" if found.of is None else "hypergeometric, of the machines that the school has"
    return [
        measured("step_share_good", found.good, devices, newest, None),
        measured("step_share_slow", found.slow, devices, newest, None),
        measured("step_share_failing", found.failing, devices, newest, None),
        measured("step_share_silent", found.silent, devices, "no result that can be used", None),
        *of,
        computed("step_share_seen", found.good / found.tried if found.tried else None, "ratio", "good / tried"),
        computed("step_share_least", bounds.least, "ratio", f"of all machines, {how}"),
        computed("step_share_most", bounds.most, "ratio", f"of all machines, {how}"),
    ]


def _worst_machines(answers: Answers) -> list[ExplanationStep]:
    concerned = {device: answer for device, answer in answers.items() if answer.reason != NOT_CONCERNED}
    worst_first = sorted(concerned.items(), key=_badness)
    return [device_step(device, answer, "") for device, answer in worst_first[:SHOWN_DEVICES]]


def _badness(item: tuple[str, DeviceCompliance]) -> tuple[int, str]:
    return item[1].outcome, item[0]
