"""Findings about the port that a school's line hangs on: only where it is named, and unknown where it is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.configuration.load import load_configuration
from collector.readiness.domain.model import Requirement, Severity, Status, Text, UplinkPort, Verdict
from tests.support.judging import judge_alone
from tests.unit.collector.configuration.test_sample import NOW as SAMPLE_NOW
from tests.unit.collector.configuration.test_sample import SAMPLE
from tests.unit.collector.readiness.cases import NOW, RELEASES, evidence, profile, requirement, school, sitting

HOUR = timedelta(hours=1)
SOUND = UplinkPort("router", NOW, NOW - HOUR / 2, None, 1000, is_up=True, packets_count=10**7)


def rule(name: str, severity: Severity = "if_known") -> Requirement:
    """One of the sample profile's rules on the uplink."""
    known = load_configuration(SAMPLE, SAMPLE_NOW, environ={}).profiles["skoldigiguide-2023"]
    found = next(one for one in known.requirements if one.id == name)
    return msgspec.structs.replace(found, severity=severity, depends_on=[])


def judged(rules: Sequence[Requirement], *ports: UplinkPort) -> Verdict:
    """The verdict on a school with these ports."""
    seen = msgspec.structs.replace(evidence([]), uplink_ports=list(ports))
    return judge_alone(sitting(), school(), profile(*rules), seen, RELEASES, NOW)


def port(**changed: object) -> UplinkPort:
    """A sound port, with some of it changed."""
    return msgspec.structs.replace(SOUND, **changed)


NAMES = ("uplink-read", "uplink-speed", "uplink-errors", "uplink-discards")


def test_a_school_without_named_gear_has_no_such_finding() -> None:
    """Neither good nor unknown: nobody asked."""
    assert judged([rule(name) for name in NAMES]).findings == []
    others = requirement()
    verdict = judged([others, *(rule(name, "required") for name in NAMES)])
    assert [one.requirement for one in verdict.findings] == [others.id]


def test_a_sound_port() -> None:
    """All four."""
    verdict = judged([rule(name) for name in NAMES], SOUND)
    assert [(one.requirement, one.status) for one in verdict.findings] == [(name, Status.READY) for name in NAMES]
    assert [one.measured for one in verdict.findings] == [0.5, 1000, 0.0, 0.0]


@pytest.mark.parametrize(
    ("name", "changed", "required", "why"),
    [
        ("uplink-speed", {"speed_mbit_s": 100}, Status.NOT_READY, "why_uplink_speed"),
        ("uplink-speed", {"is_up": False}, Status.NOT_READY, "why_uplink_down"),
        ("uplink-speed", {"speed_mbit_s": None}, Status.UNKNOWN, "why_uplink_not_told"),
        ("uplink-errors", {"errors_count": 2_000}, Status.AT_RISK, "why_uplink_errors"),
        ("uplink-errors", {"errors_count": 20_000}, Status.NOT_READY, "why_uplink_errors"),
        ("uplink-errors", {"packets_count": 29_000}, Status.UNKNOWN, "why_uplink_quiet"),
        ("uplink-errors", {"packets_count": 0}, Status.UNKNOWN, "why_uplink_quiet"),
        ("uplink-discards", {"discards_count": 50_000}, Status.AT_RISK, "why_uplink_discards"),
        ("uplink-discards", {"discards_count": 200_000}, Status.NOT_READY, "why_uplink_discards"),
        ("uplink-read", {"read_at": NOW - 2 * HOUR}, Status.UNKNOWN, "why_uplink_stale"),
        ("uplink-read", {"read_at": None}, Status.UNKNOWN, "why_uplink_never_read"),
        ("uplink-speed", {"read_at": NOW - timedelta(days=15)}, Status.UNKNOWN, "why_uplink_stale"),
        ("uplink-errors", {"read_at": None, "packets_count": 0}, Status.UNKNOWN, "why_uplink_never_read"),
    ],
)
def test_each_fault(name: str, changed: dict[str, object], required: Status, why: str) -> None:
    """As a required rule; counting only if it is known, it puts a sitting at risk at most."""
    [finding] = judged([rule(name, "required")], port(**changed)).findings
    assert (finding.status, finding.why.code) == (required, why)
    [soft] = judged([rule(name)], port(**changed)).findings
    assert soft.status is (Status.AT_RISK if required is Status.NOT_READY else required)
    if required is Status.UNKNOWN:
        assert finding.advice == [Text("advice_uplink_poll", {"device": "router"})]


def test_a_speed_that_no_port_has_is_not_believed() -> None:
    """100 Mbit/s told as 100 000 000 was ready."""
    verdict = judged([rule("uplink-speed", "required")], port(speed_mbit_s=100_000_000))
    assert (verdict.findings[0].status, verdict.findings[0].why.code) == (Status.UNKNOWN, "why_uplink_speed_impossible")
    assert judged([rule("uplink-speed")], port(speed_mbit_s=400_000)).findings[0].status is Status.READY


def test_a_router_that_cannot_be_read_holds_no_verdict_back() -> None:
    """It is shown as unknown, beside what is known."""
    good = rule("uplink-speed", "required")
    verdict = judged([rule("uplink-read"), good], port(read_at=NOW - 2 * HOUR))
    assert [one.status for one in verdict.findings] == [Status.UNKNOWN, Status.READY]
    assert verdict.status is Status.READY


@given(
    st.integers(0, 10**9), st.integers(0, 10**6), st.integers(0, 10**6), st.one_of(st.none(), st.integers(1, 10**5)),
    st.floats(0, 40),
)  # fmt: skip
def test_more_spoiled_packets_are_never_better(
    packets: int, errors: int, more: int, speed: int | None, age_days: float
) -> None:
    """And nothing that is old or scarce is ready."""
    read_at = NOW - timedelta(days=age_days)
    before, after = (
        judged([RULE], port(packets_count=packets, errors_count=count, read_at=read_at, speed_mbit_s=speed)).findings[0]
        for count in (errors, errors + more)
    )
    order = [Status.READY, Status.AT_RISK, Status.NOT_READY]
    if before.status is Status.UNKNOWN:
        assert after.status is Status.UNKNOWN
        assert packets < 30_000 or age_days > 14
    else:
        assert order.index(after.status) >= order.index(before.status)


RULE = rule("uplink-errors", "required")
