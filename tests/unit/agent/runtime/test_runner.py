"""The runner: whatever a probe does, there is a result, and its neighbours run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from agent.measuring.contract import Probe, ProbeFailureError, ProbeReading, ProbeUnsupportedError, Task
from agent.protocol.facts import FactSpec
from agent.protocol.wire import FactValue, Lease, ProbeError, ProbeResult
from agent.runtime.lease import Leave
from agent.runtime.runner import run_probe, run_probes, under_lease
from agent.system.machine import System

LEAVE = Leave(Lease("lease-1", "ticket", datetime(2027, 3, 1, tzinfo=UTC), 28.0), 12.5)
SPEC = FactSpec("depth_m", "float", "m", "how deep", 0, 100)


def probe(read: Callable[[], ProbeReading], name: str = "well", *, loads_line: bool = False) -> Probe:
    """A probe that does that."""
    return Probe(
        name=name, version=3, about="device", facts=(SPEC,), read=lambda _system, _task: read(), loads_line=loads_line
    )


def raising(error: Exception) -> Probe:
    """A probe that fails so."""

    def read() -> ProbeReading:
        raise error

    return probe(read)


def test_what_a_probe_finds_becomes_a_result() -> None:
    """The runner adds name, version, status, time and duration."""
    result = run_probe(probe(lambda: ProbeReading({"depth_m": 7.5}, {}, [{"ring": 1}])), System(), Task())
    assert (result.probe, result.version, result.status, result.error) == ("well", 3, "ok", None)
    assert (result.facts, result.rows) == ({"depth_m": 7.5}, [{"ring": 1}])
    assert result.duration_s >= 0
    assert result.started_at.tzinfo is not None
    assert msgspec.json.decode(msgspec.json.encode(result), type=ProbeResult) == result


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ProbeFailureError("too_deep", "no rope"), "failed", "too_deep"),
        (ProbeUnsupportedError("no_well", "dry land"), "unsupported", "no_well"),
        (PermissionError(13, "hidden"), "failed", "permission_denied"),
        (FileNotFoundError(2, "gone"), "failed", "system_error"),
        (TimeoutError(), "failed", "system_error"),
    ],
)
def test_failures_have_stable_codes(error: Exception, status: str, code: str) -> None:
    """And no facts."""
    result = run_probe(raising(error), System(), Task())
    assert (result.status, result.facts) == (status, {})
    assert result.error is not None
    assert result.error.code == code


def test_a_defect_is_told_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """A bug in a probe is a result too."""
    with caplog.at_level(logging.WARNING):
        result = run_probe(raising(ZeroDivisionError("x" * 1_000)), System(), Task())
    assert result.error is not None
    assert result.error.code == "probe_defect"
    assert len(result.error.message) == 500
    assert "ZeroDivisionError" in caplog.text


def test_a_probe_that_hangs_is_left_behind() -> None:
    """Its neighbours do not wait for it."""
    release = threading.Event()

    def hang() -> ProbeReading:
        release.wait(20)
        return ProbeReading({})

    result = run_probe(probe(hang), System(), Task(deadline_s=0.1))
    release.set()
    assert result.status == "timeout"
    assert result.error == ProbeError("deadline_passed", "no result within 0.1 s")


@pytest.mark.parametrize("value", [-1.0, 101.0, float("nan"), "deep", True])
def test_a_value_that_cannot_be_true_is_not_known(value: FactValue) -> None:
    """Else the collector would have to reject the whole report."""
    result = run_probe(probe(lambda: ProbeReading({"depth_m": value})), System(), Task())
    assert (result.facts, result.missing) == ({"depth_m": None}, {"depth_m": "implausible"})


def test_neighbours_run_and_the_line_is_filled_last() -> None:
    """Also after a failure, and beside a probe that this version does not have."""
    probes = {
        "flood": probe(lambda: ProbeReading({}), "flood", loads_line=True),
        "broken": raising(ValueError("no")),
        "well": probe(lambda: ProbeReading({"depth_m": 1.0})),
    }
    told: list[str] = []
    results = run_probes(
        ["flood", "broken", "newer", "well"],
        probes,
        System(),
        lambda _name: Task(),
        fill=lambda _name, measure: measure(LEAVE),
        started=lambda name: told.append(f"> {name}"),
        finished=lambda result: told.append(f"< {result.probe} {result.status}"),
    )
    assert [result.status for result in results] == ["failed", "unsupported", "ok", "ok"]
    assert results[1].error == ProbeError("unknown_probe", "this version of the agent has no such probe")
    assert told[-2:] == ["> flood", "< flood ok"]
    assert told[:2] == ["> broken", "< well failed"]


def test_a_probe_without_leave_gives_no_result() -> None:
    """Nothing was measured and nothing failed; it did not even begin."""
    told: list[str] = []
    results = run_probes(
        ["flood", "well"],
        {"flood": probe(lambda: ProbeReading({}), "flood", loads_line=True), "well": probe(lambda: ProbeReading({}))},
        System(),
        lambda _name: Task(),
        fill=lambda _name, _measure: None,
        started=told.append,
        finished=lambda result: told.append(result.status),
    )
    assert [result.probe for result in results] == ["well"]
    assert told == ["well", "ok"]


@pytest.mark.parametrize(("planned_s", "given_s"), [(60.0, 12.5), (5.0, 5.0)])
def test_a_probe_ends_before_its_lease(planned_s: float, given_s: float) -> None:
    """Or before its own deadline, if that comes first."""
    task = under_lease(Task(deadline_s=planned_s), LEAVE)
    assert (task.deadline_s, task.lease) == (given_s, LEAVE.lease)
