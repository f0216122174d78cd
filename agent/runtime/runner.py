"""Runs probes one after the other, each under its deadline. Whatever goes wrong becomes a result with an error code.

One after the other and not side by side: a probe that fills the line would spoil what another one measures.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from agent.measuring.contract import Probe, ProbeFailureError, ProbeReading, ProbeUnsupportedError, Task
from agent.protocol.wire import ProbeError, ProbeResult, ResultStatus
from agent.runtime.lease import Leave
from agent.system.deadlines import Deadlined, DeadlinePassedError
from agent.system.machine import System

_log = logging.getLogger(__name__)
_MESSAGE_MAX = 500

Fill = Callable[[str, Callable[[Leave], ProbeResult]], ProbeResult | None]
"""Lets a probe run once there is leave to fill the line; None if there is none now (`runtime.lease.Line.fill`)."""


def run_probe(probe: Probe, system: System, task: Task) -> ProbeResult:
    """What one probe found within `task.deadline_s`, or why it found nothing. Never raises."""
    started_at, started_s = system.now(), system.monotonic_s()
    reading, status, error = _attempt(probe, system, task)
    checked = _checked(probe, reading)
    return ProbeResult(
        probe=probe.name,
        version=probe.version,
        status=status,
        started_at=started_at,
        duration_s=round(system.monotonic_s() - started_s, 3),
        facts=checked.facts,
        missing=checked.missing,
        rows=checked.rows,
        error=error,
    )


def _attempt(probe: Probe, system: System, task: Task) -> tuple[ProbeReading, ResultStatus, ProbeError | None]:
    try:
        return Deadlined(lambda: probe.read(system, task), probe.name).result(task.deadline_s), "ok", None
    except Exception as error:  # noqa: BLE001  whatever one probe runs into must not cost what its neighbours measured
        found = error.found if isinstance(error, ProbeFailureError) else ProbeReading({})
        return found, *_explained(probe, task, error)


def _explained(probe: Probe, task: Task, error: Exception) -> tuple[ResultStatus, ProbeError]:
    status: ResultStatus = "failed"
    match error:
        case DeadlinePassedError():
            status, code, detail = "timeout", "deadline_passed", f"no result within {task.deadline_s:g} s"
        case ProbeUnsupportedError():
            status, code, detail = "unsupported", error.code, error.detail
        case ProbeFailureError():
            code, detail = error.code, error.detail
        case PermissionError():
            code, detail = "permission_denied", str(error)
        case OSError():
            code, detail = "system_error", str(error)
        case _:
            _log.warning("probe %s has a defect", probe.name, exc_info=error)
            code, detail = "probe_defect", f"{type(error).__name__}: {error}"
    return status, ProbeError(code, detail[:_MESSAGE_MAX])


def _checked(probe: Probe, reading: ProbeReading) -> ProbeReading:
    """The reading without values that can't be true: a fact of the wrong type or beyond its bounds becomes None."""
    specs = {spec.name: spec for spec in probe.facts}
    facts, missing = dict(reading.facts), dict(reading.missing)
    for name, value in reading.facts.items():
        if name in specs and not specs[name].accepts(value):
            facts[name], missing[name] = None, "implausible"
    return ProbeReading(facts, missing, reading.rows)


def run_probes(
    names: Sequence[str],
    probes: dict[str, Probe],
    system: System,
    task_for: Callable[[str], Task],
    *,
    fill: Fill,
    started: Callable[[str], None],
    finished: Callable[[ProbeResult], None],
) -> list[ProbeResult]:
    """The results of the named probes; `started` and `finished` are told as it goes. Those that fill the line run
    last, each under a lease; one that gets none gives no result. A name that this version has no probe for gives a
    result that says so.
    """
    results: list[ProbeResult] = []
    for name in sorted(names, key=lambda name: name in probes and probes[name].loads_line):
        probe = probes.get(name)
        if probe is None:
            started(name)
            result: ProbeResult | None = _unknown(name, system)
        elif probe.loads_line:
            result = fill(name, partial(_run_with_lease, probe, system, task_for(name), started))
        else:
            started(name)
            result = run_probe(probe, system, task_for(name))
        if result is not None:
            results.append(result)
            finished(result)
    return results


def _run_with_lease(
    probe: Probe, system: System, task: Task, started: Callable[[str], None], leave: Leave
) -> ProbeResult:
    started(probe.name)
    return run_probe(probe, system, under_lease(task, leave))


def under_lease(task: Task, leave: Leave) -> Task:
    """The task with a lease, to be done before that ends."""
    return msgspec.structs.replace(task, lease=leave.lease, deadline_s=min(task.deadline_s, leave.left_s))


def _unknown(name: str, system: System) -> ProbeResult:
    return ProbeResult(
        probe=name,
        version=0,
        status="unsupported",
        started_at=system.now(),
        duration_s=0.0,
        error=ProbeError("unknown_probe", "this version of the agent has no such probe"),
    )
