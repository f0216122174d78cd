"""path.reached_ratio: the share of devices that reach every host which the sitting depends on.

It has no headroom: a share that can never be more than whole would always seem to be what binds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Bounds, Computed, DerivedFact, target
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import ExplanationStep, Observation, Requirement, Status, Text
from collector.readiness.evidence.index import is_fresh, summary
from collector.readiness.evidence.reasons import missing_values
from collector.readiness.explanation.trail import computed, from_profile, measured, wanted

PROBE = "path"
_PERCENT = 100


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    days = case.profile.evidence.line_days
    fresh = [one for one in case.observed.newest.get(PROBE, {}).values() if is_fresh(one, case.now, days)]
    reached = [one for one in fresh if _reached_all(one) is True]
    blocked = [one for one in fresh if _reached_all(one) is False]
    silent = len(fresh) - len(reached) - len(blocked)
    told = [*reached, *blocked]
    least = len(reached) / len(fresh) if fresh else 0.0
    asked = target(requirement, 1.0)
    values: dict[str, str | int | float] = {
        "reached": len(reached),
        "devices": len(fresh),
        "silent": silent,
        "percent": least * _PERCENT,
    }
    return Computed(
        value=Bounds(least, (len(reached) + silent) / len(fresh)) if told else None,
        wanted=asked,
        measured=least if told else None,
        required=asked,
        unit="ratio",
        evidence=summary(told),
        steps=[
            *wanted(requirement),
            *_steps(case, len(reached), blocked, silent),
            from_profile("step_line_days", days),
        ],
        unknown=None if told else _why_unknown(fresh, values, days.value),
        sentences=_SENTENCES,
        values=values,
        advice=[*_blocked_hosts(blocked), *missing_values(["probe_failed"] * silent)],
    )


_SENTENCES = {
    Status.READY: "why_path_open",
    Status.AT_RISK: "why_path_blocked",
    Status.NOT_READY: "why_path_blocked",
    Status.UNKNOWN: "why_path_silent",
}


def _why_unknown(fresh: list[Observation], values: Mapping[str, str | int | float], days: float) -> Text:
    if not fresh:
        return Text("why_path_never_measured", {"days": days})
    if all(one.status == "ok" and one.facts.get("hosts_count") == 0 for one in fresh):
        return Text("why_path_no_hosts")
    return Text("why_path_silent", dict(values))


def _reached_all(observation: Observation) -> bool | None:
    """Whether the device reached every host; None where it could not try, or had no host to try."""
    tried = number_of(observation.facts.get("hosts_count"))
    reached = number_of(observation.facts.get("hosts_reached_count"))
    if observation.status != "ok" or not tried or reached is None:
        return None
    return reached >= tried


def failing_hosts(blocked: list[Observation]) -> list[tuple[str, int]]:
    """The hosts that were not reached with the number of devices that failed to, the worst first."""
    counted = Counter(
        str(row["host"]) for one in blocked for row in one.rows if row.get("host") and row.get("error_code")
    )
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _blocked_hosts(blocked: list[Observation]) -> list[Text]:
    hosts = failing_hosts(blocked)
    return [Text("advice_path_open", {"host": hosts[0][0], "devices": hosts[0][1]})] if hosts else []


def _steps(case: Assessment, reached: int, blocked: list[Observation], silent: int) -> list[ExplanationStep]:
    newest = max((one.last_at for one in blocked), default=None)
    found = case.observed.newest.get(PROBE, {}).values()
    at = max((one.last_at for one in found), default=None)
    hosts = [
        measured("step_path_host_failed", devices, "devices", f"path rows: {host}", newest)
        for host, devices in failing_hosts(blocked)
    ]
    total = reached + len(blocked) + silent
    return [
        measured("step_path_reached", reached, "devices", "path.hosts_reached_count = path.hosts_count", at),
        measured("step_path_blocked", len(blocked), "devices", "path.hosts_reached_count", newest),
        measured("step_path_silent", silent, "devices", "path probe gave no result", at),
        computed("step_path_ratio", reached / total if total else None, "ratio", "devices that reach all / devices"),
        *hosts,
    ]


DERIVED = DerivedFact(
    "path.reached_ratio", "ratio", "share of the school's devices that reach every configured host", _compute
)
