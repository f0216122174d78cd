"""Every number on the way to the headroom of a line, for `explain`."""

from __future__ import annotations

from math import inf
from statistics import median

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.capacity.demand import Demand, DirectionSpec
from collector.readiness.domain.model import ExplanationStep, Requirement, Trust
from collector.readiness.explanation.trail import computed, configured, from_profile, measured, wanted, weakest
from collector.readiness.line.background_explanation import counted_steps
from collector.readiness.line.measured import LineEvidence

MBIT_S = "Mbit/s"


def line_steps(
    case: Assessment, requirement: Requirement, load: DirectionSpec, amount: Demand, line: LineEvidence
) -> list[ExplanationStep]:
    """What was asked for, what was measured, what others take, and what follows."""
    return [
        *wanted(requirement),
        *_needed_steps(case, load, amount),
        *_measured_steps(case, load, line),
        *_others_steps(case, load, line),
        *_concluded_steps(amount, line),
    ]


def _needed_steps(case: Assessment, load: DirectionSpec, amount: Demand) -> list[ExplanationStep]:
    school, rate_trust = f"school {case.school.code}", weakest(step.trust for step in load.figures)
    beside = ", ".join(one.sitting.id for one in case.occasion.beside)
    return [
        configured("step_pupils", amount.own_pupils, "pupils", f"sitting {case.sitting.id}"),
        *([computed("step_pupils_at_once", amount.pupils, "pupils", f"with {beside}")] if beside else []),
        *load.figures,
        computed("step_needed", amount.needed, MBIT_S, "pupils x rate per pupil", rate_trust),
        *([] if load.contract is None else [configured("step_line_contract", load.contract, MBIT_S, school)]),
    ]


def _measured_steps(case: Assessment, load: DirectionSpec, line: LineEvidence) -> list[ExplanationStep]:
    fact, at = f"throughput.{load.direction}_mbit_s", line.newest_at
    rates = [one.least for one in line.rates]
    held_back = sum(one.held_back for one in line.rates)
    capacity = case.profile.capacity
    return [
        measured("step_runs_ok", len(line.rates), "runs", fact, at),
        measured("step_runs_held_back", held_back, "runs", f"{fact}: the machine's own limit, counts as at least", at),
        measured("step_runs_failed", line.broken_count, "runs", f"{fact}, and hours in which nothing was reached", at),
        measured("step_hours_measured", len(line.claim.hours), "hours", f"{fact}, in lessons", at),
        measured("step_line_least", min(rates, default=None), MBIT_S, fact, at),
        measured("step_line_median", median(rates) if rates else None, MBIT_S, fact, at),
        from_profile("step_line_days", case.profile.evidence.line_days),
        from_profile("step_newest_days", case.profile.evidence.newest_days),
        from_profile("step_line_quantile", capacity.line_quantile),
        from_profile("step_confidence", capacity.confidence),
        computed("step_hours_needed", line.claim.needed, "hours", "least that quantile and confidence allow"),
    ]


def _others_steps(case: Assessment, load: DirectionSpec, line: LineEvidence) -> list[ExplanationStep]:
    counted, capacity = counted_steps(case.profile, line.background), case.profile.capacity
    if line.background.mbit_s is not None:
        source = "upper bound of that quantile, the sitting's weekday and hour"
        most = max((one.beside.during for one in line.samples), default=0.0)
        return [
            *counted,
            measured("step_line_beside", most, MBIT_S, "counted beside the runs, added to them", line.newest_at),
            computed("step_background", line.background.mbit_s, MBIT_S, source),
            from_profile("step_sitters_take", capacity.sitters_take),
        ]
    down = load.direction == "down"
    per_user = capacity.background_down_per_other_user if down else capacity.background_up_per_other_user
    people, trust = case.occasion.people_on_line, Trust.ASSUMED
    may_take = "the least of: people x background per user, share of a run"
    return [
        *counted,
        configured("step_other_users", people, "users", "pupils and staff of all schools on the line"),
        from_profile("step_background_per_user", per_user),
        from_profile("step_gave_way", capacity.gave_way_share),
        from_profile("step_sitters_take", capacity.sitters_take),
        computed("step_others_may_take", line.others.may_take, MBIT_S, may_take, trust),
    ]


def _concluded_steps(amount: Demand, line: LineEvidence) -> list[ExplanationStep]:
    left = line.interval
    counted = line.background.mbit_s is not None
    trust = None if counted else Trust.ASSUMED
    beyond = line.beyond.interval if line.beyond else None
    headroom = None if left.least is None or amount.needed <= 0 else left.least / amount.needed
    source = "binomial bound over hours in lessons, the sitting's own hours and the newest"
    most = None if left.most == inf else left.most
    return [
        computed("step_line_available", left.least, MBIT_S, f"at least: {source}", trust),
        computed("step_line_most", most, MBIT_S, f"at most: {source}", trust),
        *_rehearsed_step(line),
        *([computed("step_line_beyond", beyond.least, MBIT_S, "tests towards the public internet")] if beyond else []),
        computed("step_margin", amount.target, "ratio", "the requirement's value, else the profile's margin"),
        computed("step_headroom", headroom, "ratio", "left / needed", trust),
    ]


def _rehearsed_step(line: LineEvidence) -> list[ExplanationStep]:
    least, most = line.rehearsed
    source = "all participants at once, at the sitting's hours, as the measurement point counted"
    told = (("step_line_rehearsed", least), ("step_line_rehearsed_most", None if most == inf else most))
    return [computed(name, rate, MBIT_S, source) for name, rate in told if rate is not None]
