"""The derived facts beside the line's headroom: days, rooms, path, latency and usable devices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from agent.protocol.wire import FactValue
from collector.readiness import derived
from collector.readiness.assessment.derived_fact import DerivedFact
from collector.readiness.domain.model import Observation, Operator, Status, Text
from tests.unit.collector.readiness.cases import (
    NOW,
    device,
    found,
    hourly,
    judged,
    memory,
    observation,
    on_school,
    requirement,
    school,
    sitting,
    step,
)

USABLE = on_school("devices.usable_headroom")
TEN = sitting(pupils=10)
"""Needs 11 devices."""


def test_the_folder_is_the_list() -> None:
    """One file, one fact, under a name of its own that begins with what it is about."""
    files = {path.stem for path in Path(derived.__file__).parent.glob("*.py")} - {"__init__"}
    assert len(derived.DERIVED) == len(files)
    for name, fact in derived.DERIVED.items():
        assert re.fullmatch(r"[a-z]+\.[a-z0-9_]+", name)
        assert fact.unit
        assert fact.help


@pytest.mark.parametrize("operator", ["at_least", "at_most"])
@pytest.mark.parametrize("name", derived.DERIVED)
def test_without_evidence_every_derived_fact_is_unknown(name: str, operator: Operator) -> None:
    """Neither a pass nor a failure, with a reason and no headroom; or it does not apply, as those about an uplink do
    not to a school that names none.
    """
    findings = judged([on_school(name, operator, 0.5)], [], devices=[]).findings
    assert findings or derived.DERIVED[name].applies is not DerivedFact.applies
    for finding in findings:
        assert (finding.status, finding.headroom) == (Status.UNKNOWN, None)
        assert finding.why.code.startswith("why_")


@pytest.mark.parametrize("value", ["1.0", True, None])
def test_a_requirement_that_cannot_be_compared_is_never_ready(value: FactValue) -> None:
    """A value of the wrong kind falls back to the general one, and that is stricter than nothing."""
    finding = found(on_school("rooms.measured_ratio", value=value), [observation(1, "wifi", {"signal_dbm": -50})],
                    about=sitting(rooms=("a1", "a2")))  # fmt: skip
    assert finding.status is Status.UNKNOWN
    text = on_school("rooms.measured_ratio", "version_at_least", 1.0)
    assert found(text, [observation(1, "wifi", {"signal_dbm": -50})]).status is Status.UNKNOWN


# --- line.measured_days


@pytest.mark.parametrize(
    ("days", "status"), [(5, Status.READY), (4, Status.AT_RISK), (2, Status.AT_RISK), (1, Status.NOT_READY)]
)
def test_measured_days(days: int, status: Status) -> None:
    """Distinct Swedish days with a good run: an hour of today, all eight of the days before."""
    runs = hourly([50.0] * (8 * days - 7))
    rule = on_school("line.measured_days", value=5, at_risk_value=2)
    finding = found(rule, runs)
    assert (finding.status, finding.measured, finding.required, finding.headroom) == (status, days, 5, None)


def test_days_that_only_failed_do_not_count() -> None:
    """Five days of failures are no measurement."""
    failed = [observation(1, "throughput", status="failed", at=NOW - timedelta(days=n)) for n in range(5)]
    finding = found(on_school("line.measured_days", value=5), failed)
    assert (finding.status, finding.measured) == (Status.UNKNOWN, 0)
    assert finding.why == Text("why_line_never_measured", {"days": 14})


def test_days_advice() -> None:
    """How many more."""
    finding = found(on_school("line.measured_days", value=5), hourly([50.0]))
    assert finding.why == Text("why_days_few", {"days": 1, "window": 14, "required": 5})
    assert finding.advice == [Text("advice_days_more", {"days": 4})]


# --- rooms.measured_ratio


def test_rooms_measured() -> None:
    """Two of three, one by Wi-Fi and one by latency; the missing one is named, and unknown, not bad."""
    observations = [
        observation(1, "wifi", {"signal_dbm": -60}, room="a1"),
        observation(2, "latency", {"rtt_p95_ms": 12.0}, room="a2"),
    ]
    finding = found(on_school("rooms.measured_ratio"), observations, about=sitting(rooms=("a1", "a2", "a3")))
    assert (finding.status, finding.required) == (Status.UNKNOWN, 1.0)
    assert finding.measured == 2 / 3
    assert finding.why == Text("why_rooms_some_measured", {"done": 2, "rooms": 3})
    assert finding.advice == [Text("advice_rooms_measure", {"rooms": "a3", "count": 1})]
    assert finding.evidence.count == 2


@pytest.mark.parametrize(
    "nothing",
    [
        observation(1, "wifi", {"signal_dbm": None}, missing={"signal_dbm": "not_connected"}),
        observation(1, "wifi", {"signal_dbm": -60}, status="failed"),
        observation(1, "wifi", {"signal_dbm": -60}, at=NOW - timedelta(days=7, seconds=1)),
        observation(1, "throughput", {"down_mbit_s": 90.0}, at=NOW - timedelta(days=14, seconds=1)),
        observation(1, "wifi", {"signal_dbm": -60}, room=None),
        observation(1, "device", {"memory_total_mib": 4096}),
    ],
)
def test_what_is_no_measurement_of_a_room(nothing: Observation) -> None:
    """No value, a failure, stale, nowhere, or not about the network."""
    assert found(on_school("rooms.measured_ratio"), [nothing]).status is Status.UNKNOWN


def test_the_line_may_be_older_than_the_wifi() -> None:
    """A throughput run counts for line_days."""
    run = observation(1, "throughput", {"down_mbit_s": 90.0}, at=NOW - timedelta(days=14))
    assert found(on_school("rooms.measured_ratio"), [run]).status is Status.READY


def test_one_failure_does_not_undo_a_measured_room() -> None:
    """The newest run failed, an older one is still fresh."""
    good = observation(1, "throughput", {"down_mbit_s": 90.0}, at=NOW - timedelta(days=1))
    bad = observation(1, "throughput", status="failed")
    assert found(on_school("rooms.measured_ratio"), [good, bad]).status is Status.READY


# --- latency.p95_ms


def test_latency_of_the_slowest_tenth() -> None:
    """Of eleven devices the second slowest counts."""
    rule = on_school("latency.p95_ms", "at_most", 100, at_risk_value=300)
    values = [20.0] * 9 + [250.0, 900.0]
    finding = found(rule, [observation(n, "latency", {"rtt_p95_ms": value}) for n, value in enumerate(values)])
    assert (finding.status, finding.measured, finding.required, finding.unit) == (Status.AT_RISK, 250.0, 100, "ms")
    assert finding.why == Text("why_latency_long", {"slow": 250.0, "devices": 11})


def test_latency_leaves_out_what_is_stale_or_failed() -> None:
    """Only fresh numbers."""
    rule = on_school("latency.p95_ms", "at_most", 100)
    old = observation(1, "latency", {"rtt_p95_ms": 900.0}, at=NOW - timedelta(days=14, seconds=1))
    failed = observation(2, "latency", {"rtt_p95_ms": 900.0}, status="failed")
    finding = found(rule, [old, failed, observation(3, "latency", {"rtt_p95_ms": 9.0})])
    assert (finding.status, finding.measured, finding.evidence.count) == (Status.READY, 9.0, 1)


# --- devices.usable_headroom


def usable(observations: Sequence[Observation], *, owned: int | None = None) -> tuple[Status, FactValue, float | None]:
    """Under a profile with a rule on memory, one on the screen, and a recommended one on the disk."""
    rules = [
        requirement(at_risk_value=2048),
        requirement("device.screen_width_px", value=1366, named="screen"),
        requirement("device.disk_free_mib", value=10_000, named="disk", severity="recommended"),
        USABLE,
    ]
    finding = judged(rules, observations, about=TEN, at=school(devices=owned)).findings[-1]
    return finding.status, finding.measured, finding.headroom


def machine(of: int, *, mib: FactValue = 8192, width: FactValue = 1920) -> Observation:
    """A device with memory, a screen and next to no disk."""
    return observation(of, "device", {"memory_total_mib": mib, "screen_width_px": width, "disk_free_mib": 1})


def test_usable_devices_satisfy_every_required_rule() -> None:
    """11 are needed; what is only recommended does not count against a device."""
    good = [machine(n) for n in range(11)]
    assert usable(good) == (Status.READY, 11, 1.0)
    assert usable([*good, machine(11), machine(12)]) == (Status.READY, 13, 13 / 11)


def test_each_rule_fails_other_devices() -> None:
    """13 devices satisfy each rule by enough, and only nine satisfy both."""
    weak = [machine(n, mib=512) for n in range(9, 11)] + [machine(n, width=800) for n in range(11, 13)]
    assert usable([machine(n) for n in range(9)] + weak) == (Status.NOT_READY, 9, 9 / 11)


def test_usable_without_spares_is_at_risk() -> None:
    """10 for 10 pupils, and the school owns no more."""
    assert usable([machine(n) for n in range(10)], owned=10) == (Status.AT_RISK, 10, 10 / 11)


def test_usable_at_the_limit_is_at_risk() -> None:
    """A softer value that all satisfy."""
    assert usable([machine(n, mib=3000) for n in range(11)]) == (Status.AT_RISK, 0, 0.0)


def test_usable_is_unknown_while_it_can_still_turn() -> None:
    """One device has not told its memory, or the school owns more than have reported."""
    assert usable([machine(n) for n in range(10)] + [machine(10, mib=None)]) == (Status.UNKNOWN, 10, None)
    assert usable([machine(1)], owned=40) == (Status.UNKNOWN, 1, None)


def test_a_device_that_fails_one_rule_is_out_whatever_else_is_unknown() -> None:
    """No screen to speak of, memory not told."""
    failing = [machine(n, mib=None, width=640) for n in range(11)]
    assert usable(failing) == (Status.NOT_READY, 0, 0.0)


def test_a_profile_without_device_rules_cannot_say() -> None:
    """Then every device would do, and that is not known."""
    finding = found(USABLE, [memory(n, 8192) for n in range(11)], about=TEN)
    assert (finding.status, finding.why) == (Status.UNKNOWN, Text("why_devices_nothing_asked"))


def test_usable_says_how_many_have_reported() -> None:
    """The one machine of a school of which nothing else is known."""
    rules = [requirement(), USABLE]
    finding = judged(rules, [memory(1, 8192)], about=sitting(pupils=27)).findings[1]
    assert finding.why.code == "why_devices_unseen"
    assert (finding.why.values["reported"], finding.why.values["need"]) == (1, 29)
    assert finding.advice == [Text("advice_devices_report", {"devices": 28})]
    assert finding.evidence.count == 1


def test_usable_says_why_devices_cannot_be_counted_on() -> None:
    """By the first thing that each leaves open, and not for those that fail anyway."""
    rules = [requirement(), requirement("device.screen_width_px", value=1366, named="screen"), USABLE]
    hidden = {"screen_width_px": "no_screen"}
    dark = [observation(n, "device", {"memory_total_mib": 8192}, missing=hidden) for n in range(5)]
    weak = observation(5, "device", {"memory_total_mib": 1}, missing=hidden)
    finding = judged(rules, [*dark, weak], about=TEN, at=school(devices=40)).findings[2]
    assert finding.status is Status.UNKNOWN
    assert finding.advice == [
        Text("advice_devices_mend", {"devices": 1}),
        Text("advice_devices_report", {"devices": 5}),
        Text("advice_missing_no_screen", {"devices": 5}),
    ]


def test_a_softer_value_of_the_profile_is_used() -> None:
    """0.5 of what is needed is enough to be at risk only."""
    rules = [requirement(), on_school("devices.usable_headroom", at_risk_value=0.5)]
    observations = [memory(n, 8192) for n in range(6)]
    finding = judged(
        rules, observations, about=TEN, at=school(devices=6), devices=[device(n) for n in range(6)]
    ).findings[1]
    assert (finding.status, step(finding, "step_headroom")) == (Status.AT_RISK, 0.545455)
