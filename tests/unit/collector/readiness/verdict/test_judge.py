"""The judgement as a whole: worked examples, and what must hold for any evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import Evidence, Observation, Requirement, Status, Verdict
from collector.readiness.domain.verdicts import BADNESS
from tests.support.judging import judge_alone
from tests.support.properties import examples
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    device,
    evidence,
    hourly,
    judged,
    lesson_hours,
    memory,
    observation,
    on_school,
    profile,
    requirement,
    school,
    sitting,
    standing,
)

RULES = [
    on_school("line.down_headroom", value=1.3, at_risk_value=1.0),
    requirement(at_risk_value=2048),
    requirement(["browsers.chrome_version", "browsers.safari_version"], "latest_minus", 2, named="browser"),
    requirement("wifi.signal_dbm", "at_least", -67, named="signal", applies_to="room", at_risk_value=-72),
    on_school("devices.usable_headroom"),
    on_school("path.reached_ratio", value=0.9, at_risk_value=0.5),
    on_school("rooms.measured_ratio"),
]


def machine(
    of: int, *, mib: FactValue = 8192, chrome: FactValue = "143.0", signal: FactValue = -50
) -> list[Observation]:
    """Everything that a healthy device says."""
    return [
        memory(of, mib),
        observation(of, "browsers", {"chrome_version": chrome}, missing={"safari_version": "not_installed"}),
        observation(of, "wifi", {"signal_dbm": signal}),
        observation(of, "path", {"hosts_count": 2, "hosts_reached_count": 2}),
    ]


def fleet(count: int) -> list[Observation]:
    """Healthy devices."""
    return [one for number in range(count) for one in machine(number)]


def findings(verdict: Verdict) -> dict[str, Status]:
    """The status of each requirement."""
    return {one.requirement: one.status for one in verdict.findings}


def test_a_school_in_order_is_ready() -> None:
    """12 devices for 10 pupils (11 needed), 500 Mbit/s: the devices bind, then those that are usable."""
    verdict = judged(RULES, fleet(12) + hourly([500.0] * 22))
    assert set(findings(verdict).values()) == {Status.READY}
    assert verdict.status is Status.READY
    assert verdict.binding == "memory"
    assert verdict.headroom == pytest.approx(12 / 11)
    assert verdict.next_binding == "browser"
    assert (verdict.judged_at, verdict.profile, verdict.simulated) == (NOW, "test-profile", False)


def test_a_thin_line_binds_with_its_headroom() -> None:
    """6 Mbit/s for 5: at risk."""
    verdict = judged(RULES, fleet(12) + hourly([6.0] * 22))
    assert (verdict.status, verdict.binding, verdict.headroom) == (Status.AT_RISK, "line.down_headroom", 1.2)
    assert verdict.next_binding == "memory"


def test_no_evidence_is_unknown_throughout() -> None:
    """Every finding, and no headroom."""
    verdict = judged(RULES, [], devices=[])
    assert set(findings(verdict).values()) == {Status.UNKNOWN}
    assert (verdict.status, verdict.headroom, verdict.binding) == (Status.UNKNOWN, None, "line.down_headroom")


def test_no_requirements_is_unknown() -> None:
    """A profile that asks for nothing has nothing to be ready for."""
    verdict = judged([], fleet(12))
    assert (verdict.status, verdict.binding, verdict.next_binding, verdict.findings) == (Status.UNKNOWN, None, None, [])


def test_unknown_hides_no_failure_and_shows_no_headroom() -> None:
    """A failing line beside unknown devices is not ready; unknown devices beside a good line are unknown."""
    failing = judged(RULES, hourly([4.0] * 22))
    assert (failing.status, failing.binding, failing.headroom) == (Status.NOT_READY, "line.down_headroom", 0.8)
    unknown = judged(RULES, hourly([900.0] * 22))
    assert (unknown.status, unknown.headroom) == (Status.UNKNOWN, None)


def test_recommended_requirement_puts_at_risk_only() -> None:
    """The same failure, required and recommended."""
    slow = [observation(1, "latency", {"rtt_p95_ms": 900.0})]
    rule = on_school("latency.p95_ms", "at_most", 100)
    assert judged([rule], slow).status is Status.NOT_READY
    assert judged([msgspec.structs.replace(rule, severity="recommended")], slow).status is Status.AT_RISK
    assert judged([msgspec.structs.replace(rule, severity="recommended")], []).status is Status.UNKNOWN


def test_dependent_findings_name_their_cause() -> None:
    """No room is measured, so the signal is unknown because of that."""
    rules = [
        on_school("rooms.measured_ratio"),
        requirement("wifi.signal_dbm", "at_least", -67, named="signal", applies_to="room",
                    depends_on=["rooms.measured_ratio"]),
    ]  # fmt: skip
    verdict = judged(rules, [])
    assert [one.caused_by for one in verdict.findings] == [None, "rooms.measured_ratio"]
    assert verdict.binding == "rooms.measured_ratio"


def test_simulated_school_or_device_marks_the_verdict() -> None:
    """One simulated device is enough."""
    assert judged(RULES, [], at=school(simulated=True)).simulated is True
    assert judged(RULES, [], devices=[device(1), device(2, simulated=True)]).simulated is True
    assert judged(RULES, [], devices=[device(1)]).simulated is False


def test_standing_sitting_starts_ahead_of_now() -> None:
    """The verdict carries the resolved start."""
    verdict = judged(RULES, [], about=sitting(standing=standing()))
    assert verdict.starts_at.isoformat() == "2026-11-23T08:00:00+00:00"


def test_history_is_judged_by_what_was_known_then() -> None:
    """A machine that was strengthened today was too weak yesterday."""
    rule = [requirement()]
    observations = [memory(n, 512, at=NOW - timedelta(days=1)) for n in range(11)] + [
        memory(n, 8192) for n in range(11)
    ]
    assert judged(rule, observations).status is Status.READY
    assert judged(rule, observations, now=NOW - timedelta(hours=12)).status is Status.NOT_READY


def test_a_verdict_can_be_written_down() -> None:
    """As JSON, with every number finite (what is not would become null)."""
    verdict = judged(RULES, fleet(12) + hourly([80.0] * 25))
    written = msgspec.json.decode(msgspec.json.encode(verdict))
    assert (written["status"], written["headroom"], written["binding"]) == ("ready", pytest.approx(12 / 11), "memory")
    values = [step["value"] for finding in written["findings"] for step in finding["steps"]]
    assert None not in values


# --- what holds for any evidence

VALUES = st.sampled_from([None, True, "much", -5, 0, 512, 3000, 4096, 8192, 1e9])
CHROMES = st.sampled_from([None, "", "99", "141.2", "143.0.1", "200", "nightly", 143])
SIGNALS = st.sampled_from([None, -90, -70.0, -67, -40, "strong"])
STATUSES = st.sampled_from(["ok", "ok", "ok", "failed", "timeout", "unsupported"])
AGES = st.sampled_from([timedelta(0), timedelta(days=7), timedelta(days=8), timedelta(days=40)])


@st.composite
def any_machine(draw: st.DrawFn) -> list[Observation]:
    """A device in any state."""
    said = machine(draw(st.integers(0, 14)), mib=draw(VALUES), chrome=draw(CHROMES), signal=draw(SIGNALS))
    aged = [msgspec.structs.replace(one, first_at=NOW - age, last_at=NOW - age) for one in said for age in [draw(AGES)]]
    return [msgspec.structs.replace(one, status=draw(STATUSES)) for one in aged]


@st.composite
def any_evidence(draw: st.DrawFn) -> list[Observation]:
    """A few devices in any state, and a line measured for a while."""
    machines = draw(st.lists(any_machine(), max_size=14))
    rates = draw(st.lists(st.floats(0, 200), max_size=30))
    return [one for said in machines for one in said] + hourly(rates)


@settings(max_examples=examples(80))
@given(any_evidence())
def test_same_input_same_output(observations: list[Observation]) -> None:
    """Judging changes nothing and remembers nothing."""
    devices = [device(number) for number in range(15)]
    first = judged(RULES, observations, devices=devices)
    assert judged(RULES, observations, devices=devices) == first


@settings(max_examples=examples(80))
@given(any_evidence())
def test_the_verdict_is_never_better_than_a_finding(observations: list[Observation]) -> None:
    """And an unknown one shows no headroom, anywhere."""
    verdict = judged(RULES, observations)
    for finding in verdict.findings:
        assert BADNESS[verdict.status] >= BADNESS[finding.status]
        assert finding.status is not Status.UNKNOWN or finding.headroom is None
    assert verdict.status is not Status.UNKNOWN or verdict.headroom is None


@settings(max_examples=examples(80))
@given(any_evidence(), st.integers(0, 14))
def test_taking_a_device_away_never_makes_devices_ready(observations: list[Observation], gone: int) -> None:
    """Less is known, so what was not ready or unknown does not turn green."""
    rules = [rule for rule in RULES if rule.id in ("memory", "browser", "devices.usable_headroom")]
    before = judged(rules, observations)
    after = judged(rules, [one for one in observations if one.device_id != str(gone)])
    for earlier, later in zip(before.findings, after.findings, strict=True):
        assert earlier.status is Status.READY or later.status is not Status.READY


@settings(max_examples=examples(80))
@given(any_evidence(), st.sampled_from(["device", "browsers", "wifi", "path", "throughput"]))
def test_taking_a_probe_away_never_turns_anything_green(observations: list[Observation], probe: str) -> None:
    """For every requirement, whatever it is about."""
    devices = [device(number) for number in range(15)]
    before = judged(RULES, observations, devices=devices)
    after = judged(RULES, [one for one in observations if one.probe != probe], devices=devices)
    for earlier, later in zip(before.findings, after.findings, strict=True):
        assert earlier.status is Status.READY or later.status is not Status.READY, earlier.requirement


@settings(max_examples=examples(60))
@given(any_evidence())
def test_one_more_healthy_device_never_hurts_the_count(observations: list[Observation]) -> None:
    """For requirements on devices, among devices of which all is known."""
    rules: list[Requirement] = [requirement(at_risk_value=2048)]
    known = [one for one in observations if one.probe == "device" and one.status == "ok"]
    owned = len({one.device_id for one in known})
    before = judged(rules, known, at=school(devices=owned))
    after = judged(rules, [*known, memory("new", 8192)], at=school(devices=owned + 1))
    unsettled = Status.UNKNOWN in (before.status, after.status)
    assert unsettled or BADNESS[after.status] <= BADNESS[before.status]


@settings(max_examples=examples(60))
@given(any_evidence(), st.integers(41, 400))
def test_time_alone_makes_everything_unknown_or_worse(observations: list[Observation], days: int) -> None:
    """Long after the last report nothing is ready."""
    verdict = judged(RULES, observations, now=NOW + timedelta(days=days))
    assert Status.READY not in findings(verdict).values()
    assert verdict.status is not Status.READY


def test_a_big_school_is_read_once_and_not_once_per_requirement() -> None:
    """250 devices and 5 000 throughput runs: the evidence is walked a bounded number of times."""

    class Counted(list[Observation]):
        walks = 0

        def __iter__(self) -> Iterator[Observation]:
            Counted.walks += 1
            return super().__iter__()

    hours = lesson_hours(40)
    runs = [observation(n % 250, "throughput", {"down_mbit_s": 300.0}, at=hours[n % 40]) for n in range(5000)]
    listed = Counted(fleet(250) + runs)
    made = Evidence("10000001", [device(number) for number in range(250)], listed)
    verdict = judge_alone(sitting(pupils=200), school(), profile(*RULES), made, RELEASES, NOW)
    assert verdict.status is Status.READY
    assert Counted.walks == 1


def test_other_schools_evidence_is_not_this_schools() -> None:
    """A device of another school in the same pile counts for nothing."""
    mixed = evidence(fleet(12))
    elsewhere = [msgspec.structs.replace(one, school="10000002") for one in mixed.devices]
    verdict = judge_alone(
        sitting(), school(), profile(*RULES), msgspec.structs.replace(mixed, devices=elsewhere), RELEASES, NOW
    )
    assert verdict.status is Status.UNKNOWN
