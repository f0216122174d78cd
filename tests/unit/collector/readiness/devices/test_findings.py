"""Requirements on devices, end to end: from observations to a finding."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from collector.readiness.devices.findings import device_finding
from collector.readiness.domain.model import Status, Text
from collector.readiness.evidence.index import index_evidence
from tests.support.judging import assess_alone
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    device,
    evidence,
    found,
    memory,
    observation,
    profile,
    requirement,
    school,
    sitting,
    step,
)

TEN = sitting(pupils=10)
"""Needs 11 devices: 10 pupils and 5 % spares, rounded up."""


def test_enough_devices_are_ready() -> None:
    """11 of 11: headroom 1."""
    finding = found(requirement(), [memory(number, 8192) for number in range(11)], about=TEN)
    assert finding.status is Status.READY
    assert (finding.measured, finding.required, finding.unit, finding.headroom) == (11, 11, "devices", 1.0)
    assert finding.why == Text("why_devices_enough", {"ok": 11, "need": 11, "pupils": 10})
    assert finding.advice == []
    assert (finding.evidence.count, finding.evidence.newest_at) == (11, NOW - timedelta(hours=1))


def test_one_machine_says_too_little() -> None:
    """Unknown, with how many have reported, and no healthy number beside it."""
    finding = found(requirement(), [memory(1, 8192)], about=sitting(pupils=27))
    assert finding.status is Status.UNKNOWN
    assert finding.headroom is None
    assert finding.why == Text("why_devices_unseen", {"reported": 1, "need": 29})
    assert finding.advice == [Text("advice_devices_report", {"devices": 28})]


def test_too_few_good_ones_when_all_are_seen() -> None:
    """9 in order, 3 not: two must be mended, and that is enough."""
    observations = [memory(number, 8192) for number in range(9)] + [memory(number, 1024) for number in range(9, 12)]
    finding = found(requirement(), observations, about=TEN)
    assert finding.status is Status.NOT_READY
    assert finding.headroom == 9 / 11
    assert finding.why == Text("why_devices_too_few", {"ok": 9, "need": 11, "failed": 3})
    assert finding.advice == [Text("advice_devices_mend", {"devices": 2})]


def test_pupils_but_no_spares_is_at_risk() -> None:
    """10 devices of a school that owns no more."""
    finding = found(requirement(), [memory(number, 8192) for number in range(10)], about=TEN, at=school(devices=10))
    assert finding.status is Status.AT_RISK
    assert finding.why == Text("why_devices_no_spares", {"ok": 10, "pupils": 10, "need": 11})
    assert finding.advice == [Text("advice_devices_find", {"devices": 1})]


def test_devices_at_the_limit_are_at_risk() -> None:
    """All between the two values."""
    rule = requirement(at_risk_value=2048)
    finding = found(rule, [memory(number, 3000) for number in range(11)], about=TEN)
    assert finding.status is Status.AT_RISK
    assert finding.why == Text("why_devices_at_the_limit", {"ok": 0, "risky": 11, "need": 11})


def test_too_old_values_are_unknown() -> None:
    """A week and a second: the devices must be switched on."""
    old = NOW - timedelta(days=7, seconds=1)
    finding = found(requirement(), [memory(number, 8192, at=old) for number in range(11)], about=TEN)
    assert finding.status is Status.UNKNOWN
    assert finding.why == Text("why_devices_unmeasured", {"unknown": 11, "ok": 0, "need": 11})
    assert finding.advice == [Text("advice_missing_stale", {"devices": 11})]
    assert (finding.evidence.count, finding.evidence.newest_at) == (0, None)


def test_reasons_are_counted_the_commonest_first() -> None:
    """Six without a screen, five whose probe failed; one code that nobody has a sentence for."""
    rule = requirement("device.screen_width_px", "at_least", 1366, named="screen", unit="px")
    hidden = {"screen_width_px": "no_screen"}
    observations = [observation(n, "device", {}, missing=hidden) for n in range(6)]
    observations += [observation(n, "device", {}, status="failed") for n in range(6, 10)]
    observations += [observation(10, "device", {}, missing={"screen_width_px": "sleeping"})]
    finding = found(rule, observations, about=TEN)
    assert finding.advice == [
        Text("advice_missing_no_screen", {"devices": 6}),
        Text("advice_missing_probe_failed", {"devices": 4}),
        Text("advice_missing_other", {"devices": 1, "reason": "sleeping"}),
    ]


def test_browsers_are_updated_not_replaced() -> None:
    """And the date of the list of releases is among the numbers."""
    rule = requirement(["browsers.chrome_version"], "latest_minus", 1, named="browser", unit="")
    observations = [observation(n, "browsers", {"chrome_version": "120.0"}) for n in range(12)]
    finding = found(rule, observations, about=TEN)
    assert finding.status is Status.NOT_READY
    assert finding.advice == [Text("advice_devices_update", {"devices": 11})]
    assert step(finding, "step_releases_as_of") == "2026-11-01"


def test_enrolled_but_silent_devices_are_unknown() -> None:
    """11 enrolled, 10 good, one that never reported."""
    observations = [memory(number, 8192) for number in range(10)]
    finding = found(requirement(), observations, about=TEN, devices=[device(number) for number in range(11)])
    assert finding.status is Status.UNKNOWN
    assert finding.why == Text("why_devices_unmeasured", {"unknown": 1, "ok": 10, "need": 11})
    assert Text("advice_missing_never_measured", {"devices": 1}) in finding.advice


def test_worst_devices_are_shown_with_value_source_and_time() -> None:
    """Ten at most; the failed ones first, then those not known."""
    observations = [memory(f"good-{n:02}", 8192) for n in range(12)] + [memory("weak", 512)]
    finding = found(
        requirement(), [*observations, observation("dark", status="timeout", error_code="deadline")], about=TEN
    )
    single = [one for one in finding.steps if one.name.startswith("step_device_") and one.name != "step_device_days"]
    assert len(single) == 10
    assert (single[0].name, single[0].value, single[0].unit) == ("step_device_failed", 512, "MiB")
    assert single[0].source == "device.memory_total_mib of weak"
    assert single[0].at == NOW - timedelta(hours=1)
    assert (single[1].name, single[1].value) == ("step_device_unknown", None)
    assert single[1].source == "device.memory_total_mib of dark (probe_failed, deadline)"


def test_every_number_of_the_count_is_a_step() -> None:
    """With where it comes from."""
    finding = found(
        requirement(), [memory(n, 8192) for n in range(9)] + [memory(9, 1)], about=TEN, at=school(devices=40)
    )
    names = ("step_required_value", "step_pupils", "step_spare_share", "step_devices_needed", "step_devices_owned")
    assert [step(finding, name) for name in names] == [4096, 10, 0.05, 11, 40]
    counts = ("step_devices_reported", "step_devices_ok", "step_devices_failed", "step_devices_unknown")
    assert [step(finding, name) for name in counts] == [10, 9, 1, 0]
    assert {one.origin for one in finding.steps} == {"profile", "configured", "computed", "measured"}


def test_an_old_list_asks_for_a_newer_one_and_not_for_updates() -> None:
    """At the limit, never silently ready; the age of the list is among the numbers."""
    rule = requirement(["browsers.chrome_version"], "latest_minus", 0, named="browser", unit="", at_risk_value=2)
    observations = [observation(n, "browsers", {"chrome_version": "143.0"}) for n in range(11)]
    aged = msgspec.structs.replace(RELEASES, as_of=NOW.date() - timedelta(days=60))
    case = assess_alone(TEN, school(), profile(rule), index_evidence(evidence(observations), NOW), aged)
    finding = device_finding(rule, case)
    assert finding.status is Status.AT_RISK
    assert finding.advice == [Text("advice_releases_aging", {"devices": 11})]
    assert step(finding, "step_releases_age") == 60


def test_lists_of_different_age_are_told_apart() -> None:
    """Chrome was looked up lately and Safari was not; Opera is in no list, so it has no age."""
    facts = [f"browsers.{name}_version" for name in ("chrome", "chromium", "safari", "opera")]
    rule = requirement(facts, "latest_minus", 0, named="browser", unit="")
    lists = msgspec.structs.replace(RELEASES, looked_up={"chrome": NOW.date() - timedelta(days=2)})
    case = assess_alone(TEN, school(), profile(rule), index_evidence(evidence([]), NOW), lists)
    steps = [one for one in device_finding(rule, case).steps if one.name.startswith("step_releases")]
    assert [(one.value, one.source.partition(":")[0]) for one in steps] == [
        ("2026-11-01", "safari"),
        (15, "safari"),
        ("2026-11-14", "chrome, chromium"),
        (2, "chrome, chromium"),
    ]


def test_devices_that_are_also_too_old_are_still_to_be_updated() -> None:
    """Eight go by the old list, three fail by it already."""
    rule = requirement(["browsers.chrome_version"], "latest_minus", 0, named="browser", unit="")
    versions = ["143.0"] * 8 + ["120.0"] * 3
    observations = [observation(n, "browsers", {"chrome_version": one}) for n, one in enumerate(versions)]
    aged = msgspec.structs.replace(RELEASES, as_of=NOW.date() - timedelta(days=60))
    case = assess_alone(TEN, school(), profile(rule), index_evidence(evidence(observations), NOW), aged)
    finding = device_finding(rule, case)
    assert finding.status is Status.NOT_READY
    assert Text("advice_devices_update", {"devices": 3}) in finding.advice
    assert Text("advice_releases_aging", {"devices": 8}) in finding.advice


def test_single_devices_are_told_in_units_that_fit() -> None:
    """A version is no number of releases, and a system that a rule is not for has no inches."""
    rule = requirement(["browsers.chrome_version"], "latest_minus", 1, named="browser", unit="releases")
    finding = found(rule, [observation(1, "browsers", {"chrome_version": "143"})], about=TEN)
    [single] = [one for one in finding.steps if one.name == "step_device_ok"]
    assert (single.value, single.unit) == ("143", "")
    large = requirement("device.screen_diagonal_inch", "at_least", 9.6, named="screen", unit="inch")
    tablets = msgspec.structs.replace(large, only_on=["ipados"])
    finding = found(tablets, [observation(1, "device", {"os_name": "macos"})], about=TEN)
    [single] = [one for one in finding.steps if one.name == "step_device_ok"]
    assert (single.value, single.unit, single.source) == ("macos", "", "device.os_name of 1 (not_concerned)")
