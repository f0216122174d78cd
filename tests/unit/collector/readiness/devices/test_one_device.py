"""One device by itself: the worst of what the profile asks of devices, by the rules that count them for a sitting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.protocol.wire import FactValue
from collector.readiness.devices.one_device import DeviceVerdict, judge_device
from collector.readiness.domain.model import Observation, Requirement, Severity, Status
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    evidence,
    found,
    memory,
    observation,
    profile,
    requirement,
)

WIDE = requirement("device.screen_width_px", value=1366, named="wide", unit="px")
MEMORY = requirement(at_risk_value=3000)


def told(*observations: Observation, of: list[Requirement]) -> DeviceVerdict:
    """What device 1 is told."""
    return judge_device(evidence(observations), "1", profile(*of), RELEASES, NOW)


def machine(mib: FactValue, width_px: FactValue, missing: dict[str, str] | None = None) -> Observation:
    """Device 1 with so much memory and so wide a screen."""
    return observation(1, "device", {"memory_total_mib": mib, "screen_width_px": width_px}, missing=missing)


@pytest.mark.parametrize(
    ("mib", "width_px", "status"),
    [
        (4096, 1366, Status.READY),
        (3500, 1366, Status.AT_RISK),
        (4096, None, Status.UNKNOWN),
        (3500, None, Status.UNKNOWN),
        (None, 1280, Status.NOT_READY),
        (2000, 1920, Status.NOT_READY),
    ],
)
def test_the_worst_decides(mib: FactValue, width_px: FactValue, status: Status) -> None:
    """Not ready before unknown, unknown before at risk; ready only where all is known and good."""
    assert told(machine(mib, width_px), of=[MEMORY, WIDE]).status is status


def test_each_requirement_has_its_finding() -> None:
    """With the fact and value behind it, or why there is none."""
    verdict = told(machine(2000, None, {"screen_width_px": "page_zoomed"}), of=[MEMORY, WIDE])
    assert [(one.requirement.id, one.status, one.value, one.reason) for one in verdict.findings] == [
        ("memory", Status.NOT_READY, 2000, ""),
        ("wide", Status.UNKNOWN, None, "page_zoomed"),
    ]
    assert [one.fact for one in verdict.findings] == ["device.memory_total_mib", "device.screen_width_px"]


def test_nothing_asked_is_unknown() -> None:
    """And requirements on rooms and schools are not for one device."""
    assert told(memory(1, 8192), of=[]).status is Status.UNKNOWN
    of_school = requirement("line.measured_days", named="line", applies_to="school", unit="days")
    verdict = told(memory(1, 8192), of=[of_school])
    assert (verdict.status, verdict.findings) == (Status.UNKNOWN, [])


def test_a_device_that_never_reported_is_unknown() -> None:
    """Another one's values are not its own."""
    verdict = told(memory(2, 8192), of=[MEMORY])
    assert (verdict.status, verdict.findings[0].reason) == (Status.UNKNOWN, "never_measured")


def test_old_values_are_unknown() -> None:
    """As in a sitting, by the profile's device_days."""
    assert told(memory(1, 8192, at=NOW - timedelta(days=7)), of=[MEMORY]).status is Status.READY
    assert told(memory(1, 8192, at=NOW - timedelta(days=7, seconds=1)), of=[MEMORY]).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("severity", "mib", "status"),
    [
        ("recommended", 1000, Status.AT_RISK),
        ("recommended", None, Status.UNKNOWN),
        ("if_known", 1000, Status.AT_RISK),
        ("if_known", None, Status.READY),
    ],
)
def test_what_is_not_required(severity: Severity, mib: FactValue, status: Status) -> None:
    """Puts at risk at most; what counts only if known holds nobody back while it is unknown."""
    soft = requirement(severity=severity)
    assert told(machine(mib, 1366), of=[soft, WIDE]).status is status


def test_only_what_may_be_unknown_is_unknown() -> None:
    """Nothing known is never ready."""
    assert told(machine(None, None), of=[requirement(severity="if_known")]).status is Status.UNKNOWN


@pytest.mark.parametrize("mib", [8192, 4096, 4095, 3000, 2999, None])
def test_the_same_rules_as_for_a_sitting(mib: int | None) -> None:
    """One device that is enough for one pupil: the sitting's finding says the same."""
    alone = told(memory(1, mib), of=[MEMORY])
    counted = found(MEMORY, [memory(number, mib) for number in range(1, 12)])
    assert alone.status is counted.status
