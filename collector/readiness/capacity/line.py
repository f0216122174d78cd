"""The capacity model of the line: what the sitting needs, what the rest of the school takes, what the line gives.

headroom = (line - background) / needed, where needed = pupils x rate. See docs/capacity.md. All rates in Mbit/s. The
background is what the uplink's counters show; where they show too little it is a planning figure, marked as assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

from agent.protocol.quantiles import lower_bound, samples_needed
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, exactly, target
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Figure, Requirement, Status, Text, Trust
from collector.readiness.explanation.trail import computed, configured, from_profile, measured, wanted, weakest
from collector.readiness.line.background import Background
from collector.readiness.line.background_explanation import background_advice, counted_steps
from collector.readiness.line.runs import LineRuns, line_runs
from collector.readiness.line.series import Direction

MBIT_S = "Mbit/s"


@dataclass(frozen=True)
class DirectionSpec:
    """One way of loading the line: the throughput fact in that direction, the rate per pupil in Mbit/s and the
    figures that it comes from, the background per other user, and the contract's rate if it is known.
    """

    fact_name: str
    per_pupil: float
    figures: list[ExplanationStep]
    background: Figure
    contract: float | None
    staggered_s: float | None = None

    @property
    def direction(self) -> Direction:
        """The way of the traffic."""
        return "up" if self.fact_name == "up_mbit_s" else "down"


@dataclass(frozen=True)
class Demand:
    """The arithmetic before any measurement. Rates in Mbit/s."""

    pupils: int
    others: int
    per_pupil: float
    background: float
    target: float

    is_counted: bool = False
    """Whether the background was counted, and not taken from a planning figure."""

    @property
    def background_trust(self) -> Trust | None:
        """None where it was counted; else assumed, whoever published the figure."""
        return None if self.is_counted else Trust.ASSUMED

    @property
    def needed(self) -> float:
        """What the sitting takes."""
        return self.pupils * self.per_pupil

    @property
    def required(self) -> float:
        """What the line must give for the headroom asked for, while the rest of the school goes on."""
        return self.background + self.needed * self.target

    def fitting_pupils(self, line: float) -> int:
        """How many pupils can sit at once on that line, while the other groups of the sitting wait offline."""
        free = max(0.0, line - self.background)
        return math.floor(round(free / (self.per_pupil * self.target), 9))


def compute_line(case: Assessment, requirement: Requirement, load: DirectionSpec) -> Computed:
    """The headroom of the line in one direction, by the confidence bound of its low quantile and never the point."""
    capacity, background = case.profile.capacity, case.uplink(load.direction).background(case.sitting)
    amount = _sum(case, requirement, load, background)
    runs = _runs(case, load, background)
    bound = lower_bound(runs.samples, capacity.line_quantile.value, capacity.confidence.value)
    usable = bound is not None and not runs.mostly_failed and amount.needed > 0
    headroom = max(0.0, bound - amount.background) / amount.needed if bound is not None and usable else None
    return Computed(
        value=None if headroom is None else exactly(headroom),
        wanted=amount.target,
        measured=bound if bound is not None else min(runs.samples, default=None),
        required=round(amount.required, 6),
        unit=MBIT_S,
        evidence=EvidenceSummary(count=runs.ok, newest_at=runs.newest_at),
        steps=[
            *wanted(requirement),
            *_needed_steps(case, load, amount),
            *_background_steps(case, load, amount, background),
            *_measured_steps(case, load, runs, amount),
            *_concluded_steps(amount, bound, headroom),
        ],
        headroom=headroom,
        unknown=None if headroom is not None else _why_unknown(case, runs, amount),
        sentences=_COUNTED_SENTENCES if amount.is_counted else _SENTENCES,
        values=_values(amount, bound),
        advice=[*_advice(case, load, amount, runs, bound), *background_advice(background)],
    )


_SENTENCES = {
    Status.READY: "why_line_enough",
    Status.AT_RISK: "why_line_tight",
    Status.NOT_READY: "why_line_too_small",
}
_COUNTED_SENTENCES = {
    Status.READY: "why_line_enough_counted",
    Status.AT_RISK: "why_line_tight_counted",
    Status.NOT_READY: "why_line_too_small_counted",
}


def _values(amount: Demand, bound: float | None) -> dict[str, str | int | float]:
    required = round(amount.required, 6)
    told: dict[str, str | int | float] = {"line": bound or 0.0, "required": required, "pupils": amount.pupils}
    return told | ({"background": amount.background} if amount.is_counted else {"others": amount.others})


def _runs(case: Assessment, load: DirectionSpec, background: Background) -> LineRuns:
    """The runs; with what others took meanwhile where that is counted, as then it is taken off again as background."""
    if background.mbit_s is None:
        return case.line(load.fact_name)
    beside = case.uplink(load.direction).beside
    return line_runs(case.observed, load.fact_name, case.profile.evidence.line_days, beside)


def _sum(case: Assessment, requirement: Requirement, load: DirectionSpec, background: Background) -> Demand:
    pupils = case.sitting.pupils
    in_school = sum(group.pupils for group in case.school.year_groups)
    others = max(0, in_school - pupils) + case.school.staff
    margin = target(requirement, case.profile.capacity.margin.value)
    if background.mbit_s is not None:
        return Demand(pupils, others, load.per_pupil, background.mbit_s, margin, is_counted=True)
    return Demand(pupils, others, load.per_pupil, others * load.background.value, margin)


def _why_unknown(case: Assessment, runs: LineRuns, amount: Demand) -> Text:
    if not runs.ok and not runs.failed:
        return Text("why_line_never_measured", {"days": case.profile.evidence.line_days.value})
    if runs.mostly_failed:
        return Text("why_line_mostly_failed", {"failed": runs.failed, "runs": runs.failed + runs.ok})
    if amount.needed <= 0:
        return Text("why_line_no_rate")
    return Text("why_line_too_few", {"hours": len(runs.samples), "needed": _hours_needed(case)})


def _hours_needed(case: Assessment) -> int:
    capacity = case.profile.capacity
    return samples_needed(capacity.line_quantile.value, capacity.confidence.value)


def _advice(case: Assessment, load: DirectionSpec, amount: Demand, runs: LineRuns, bound: float | None) -> list[Text]:
    if bound is None or runs.mostly_failed:
        lacking = max(1, _hours_needed(case) - len(runs.samples))
        return [Text("advice_line_mend_runs" if runs.mostly_failed else "advice_line_measure", {"hours": lacking})]
    more = math.ceil(round(amount.required - bound, 6))
    code = "advice_line_more_up" if load.fact_name == "up_mbit_s" else "advice_line_more_down"
    advice = [Text(code, {"more": more})] if more > 0 else []
    fitting = amount.fitting_pupils(bound) if amount.needed > 0 else 0
    if 0 < fitting < amount.pupils:
        advice.append(_in_groups(fitting, math.ceil(amount.pupils / fitting), load.staggered_s))
    return advice


def _in_groups(fitting: int, groups: int, staggered_s: float | None) -> Text:
    if staggered_s is None:
        return Text("advice_line_groups", {"pupils": fitting, "groups": groups})
    return Text("advice_line_stagger", {"pupils": fitting, "groups": groups, "seconds": staggered_s})


def _needed_steps(case: Assessment, load: DirectionSpec, amount: Demand) -> list[ExplanationStep]:
    school, rate_trust = f"school {case.school.code}", weakest(step.trust for step in load.figures)
    contract = configured("step_line_contract", load.contract, MBIT_S, school)
    return [
        configured("step_pupils", amount.pupils, "pupils", f"sitting {case.sitting.id}"),
        *load.figures,
        computed("step_needed", amount.needed, MBIT_S, "pupils x rate per pupil", rate_trust),
        *([] if load.contract is None else [contract]),
    ]


def _background_steps(
    case: Assessment, load: DirectionSpec, amount: Demand, background: Background
) -> list[ExplanationStep]:
    counted = counted_steps(case.profile, background)
    if amount.is_counted:
        source = "upper bound of that quantile, the sitting's weekday and hour"
        return [*counted, computed("step_background", amount.background, MBIT_S, source)]
    school = f"school {case.school.code}"
    return [
        *counted,
        configured("step_other_users", amount.others, "users", f"{school}: other pupils and staff"),
        from_profile("step_background_per_user", load.background),
        computed("step_background", amount.background, MBIT_S, "other users x background per user", Trust.ASSUMED),
    ]


def _measured_steps(case: Assessment, load: DirectionSpec, runs: LineRuns, amount: Demand) -> list[ExplanationStep]:
    fact, capacity = f"throughput.{load.fact_name}", case.profile.capacity
    beside = f"{fact} + what others took meanwhile, by the counters" if amount.is_counted else fact
    others = max(runs.besides, default=None)
    middle = median(runs.samples) if runs.samples else None
    half_width = max(runs.half_widths, default=None)
    half_width_fact = fact.replace("_mbit_s", "_half_width_mbit_s")
    return [
        measured("step_runs_ok", runs.ok, "runs", fact, runs.newest_at),
        measured("step_runs_failed", runs.failed, "runs", fact, runs.newest_at),
        measured("step_hours_measured", len(runs.samples), "hours", f"{fact}, best run of each hour", runs.newest_at),
        measured("step_line_half_width", half_width, MBIT_S, f"{half_width_fact}, taken off each", runs.newest_at),
        *([measured("step_line_beside", others, MBIT_S, beside, runs.newest_at)] if amount.is_counted else []),
        measured("step_line_least", min(runs.samples, default=None), MBIT_S, beside, runs.newest_at),
        measured("step_line_median", middle, MBIT_S, beside, runs.newest_at),
        from_profile("step_line_days", case.profile.evidence.line_days),
        from_profile("step_line_quantile", capacity.line_quantile),
        from_profile("step_confidence", capacity.confidence),
        computed("step_hours_needed", _hours_needed(case), "hours", "least that quantile and confidence allow"),
    ]


def _concluded_steps(amount: Demand, bound: float | None, headroom: float | None) -> list[ExplanationStep]:
    trust = amount.background_trust
    available = None if bound is None else max(0.0, bound - amount.background)
    return [
        computed("step_line_bound", bound, MBIT_S, "order-statistic lower bound of the line's low quantile"),
        computed("step_line_available", available, MBIT_S, "line - background", trust),
        computed("step_margin", amount.target, "ratio", "the requirement's value, else the profile's margin"),
        computed("step_line_required", amount.required, MBIT_S, "background + needed x margin", trust),
        computed("step_headroom", headroom, "ratio", "(line - background) / needed", trust),
    ]
