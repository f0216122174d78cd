"""One device against one requirement, and requirements where any one of several facts is enough."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import msgspec
import pytest

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import Requirement
from collector.readiness.domain.operators import compare
from collector.readiness.evidence.compliance import (
    DeviceCompliance,
    Fulfilment,
    Standard,
    answer_of,
    facts_of,
    probe_and_name,
)
from tests.unit.collector.readiness.cases import NOW, RELEASES, figure, observation, requirement

BROWSERS = requirement(
    ["browsers.chrome_version", "browsers.safari_version", "browsers.opera_version"], "latest_minus", 1, named="browser"
)
ABSENT = dict.fromkeys(("chrome_version", "safari_version", "opera_version"), "not_installed")


def held(
    rule: Requirement,
    facts: dict[str, FactValue],
    *,
    probe: str = "device",
    missing: dict[str, str] | None = None,
    status: str = "ok",
) -> DeviceCompliance:
    """What a device with these facts comes to."""
    found = {probe: {"1": observation(1, probe, facts, missing=missing, status=status)}}
    return answer_of(rule, "1", found, Standard(RELEASES, NOW), figure(7, "days"))


def test_fact_names_come_apart() -> None:
    """One or several facts, each `probe.fact_name`."""
    assert facts_of(requirement("a.b")) == ["a.b"]
    assert facts_of(requirement(["a.b", "a.c"])) == ["a.b", "a.c"]
    assert probe_and_name("device.memory_total_mib") == ("device", "memory_total_mib")


@pytest.mark.parametrize(
    ("mib", "outcome"),
    [
        (4096, Fulfilment.OK),
        (4095, Fulfilment.RISKY),
        (3000, Fulfilment.RISKY),
        (2999, Fulfilment.FAILED),
        ("4 GiB", Fulfilment.UNKNOWN),
    ],
)
def test_between_the_two_values_is_risky(mib: FactValue, outcome: Fulfilment) -> None:
    """Ready from the value, at risk from the softer one, failed beyond both, unknown if it is no number."""
    answer = held(requirement(at_risk_value=3000), {"memory_total_mib": mib})
    assert answer.outcome is outcome
    assert answer.value == mib


def test_wrong_type_says_so() -> None:
    """Not comparable is a reason of its own."""
    assert held(requirement(), {"memory_total_mib": "much"}).reason == "not_comparable"


def test_softer_value_of_another_type_never_saves() -> None:
    """A slip in the profile turns into a failure, not a pass."""
    assert held(requirement(at_risk_value="3000"), {"memory_total_mib": 3500}).outcome is Fulfilment.FAILED


def test_not_installed_is_known() -> None:
    """What is not there fails, even for a single fact."""
    rule = requirement("browsers.chrome_version", "latest_minus", 1)
    answer = held(rule, {"chrome_version": None}, probe="browsers", missing=ABSENT)
    assert (answer.outcome, answer.reason) == (Fulfilment.FAILED, "not_installed")


def test_one_good_browser_is_enough() -> None:
    """An old one beside it does not matter."""
    facts: dict[str, FactValue] = {"chrome_version": "120.0", "safari_version": "26.1"}
    answer = held(BROWSERS, facts, probe="browsers", missing=ABSENT)
    assert (answer.outcome, answer.fact, answer.value) == (Fulfilment.OK, "browsers.safari_version", "26.1")


def test_only_old_browsers_fail() -> None:
    """Named by the one that is there."""
    answer = held(BROWSERS, {"chrome_version": "120.0"}, probe="browsers", missing=ABSENT)
    assert (answer.outcome, answer.fact) == (Fulfilment.FAILED, "browsers.chrome_version")


def test_old_browser_fails_beside_one_that_cannot_be_judged() -> None:
    """Opera has no release data; Chrome is known to be too old, and that is what to mend."""
    facts: dict[str, FactValue] = {"chrome_version": "120.0", "opera_version": "110"}
    assert held(BROWSERS, facts, probe="browsers", missing=ABSENT).outcome is Fulfilment.FAILED


def test_no_browser_at_all_fails() -> None:
    """That much is known."""
    assert held(BROWSERS, {}, probe="browsers", missing=ABSENT).outcome is Fulfilment.FAILED


def test_a_browser_that_cannot_be_judged_is_unknown_beside_missing_ones() -> None:
    """It might be good enough."""
    answer = held(BROWSERS, {"opera_version": "110"}, probe="browsers", missing=ABSENT)
    assert (answer.outcome, answer.reason) == (Fulfilment.UNKNOWN, "not_comparable")


def test_a_hidden_browser_is_unknown_beside_missing_ones() -> None:
    """Permission denied is not the same as not installed."""
    missing = {**ABSENT, "chrome_version": "permission_denied"}
    answer = held(BROWSERS, {}, probe="browsers", missing=missing)
    assert (answer.outcome, answer.reason) == (Fulfilment.UNKNOWN, "permission_denied")


def test_failed_probe_is_unknown() -> None:
    """Whatever it left behind."""
    answer = held(BROWSERS, {"chrome_version": "143"}, probe="browsers", status="timeout")
    assert (answer.outcome, answer.reason) == (Fulfilment.UNKNOWN, "probe_failed")


LATEST = requirement(["browsers.chrome_version"], "latest_minus", 0, named="browser", at_risk_value=2)


@pytest.mark.parametrize(
    ("version", "days", "outcome", "reason"),
    [
        ("143", 42, Fulfilment.OK, ""),
        ("143", 43, Fulfilment.RISKY, "releases_aging"),
        ("143", 184, Fulfilment.UNKNOWN, "releases_too_old"),
        ("142", 43, Fulfilment.RISKY, ""),
        ("142", 184, Fulfilment.UNKNOWN, "releases_too_old"),
        ("140", 184, Fulfilment.FAILED, ""),
        ("143 or so", 184, Fulfilment.UNKNOWN, "releases_too_old"),
    ],
)
def test_an_old_list_of_releases_is_never_silently_green(
    version: str, days: int, outcome: Fulfilment, reason: str
) -> None:
    """First at the limit, then not known; what is too old by the old list stays too old."""
    listed = msgspec.structs.replace(RELEASES, as_of=NOW.date() - timedelta(days=days))
    found = {"browsers": {"1": observation(1, "browsers", {"chrome_version": version})}}
    answer = answer_of(LATEST, "1", found, Standard(listed, NOW), figure(7, "days"))
    assert (answer.outcome, answer.reason) == (outcome, reason)


ON_WINDOWS = msgspec.structs.replace(
    requirement("device.os_version", "version_at_most", "10.0.26200", named="system"), only_on=["windows"]
)


@pytest.mark.parametrize(
    ("facts", "outcome", "reason"),
    [
        ({"os_name": "windows", "os_version": "10.0.26100"}, Fulfilment.OK, ""),
        ({"os_name": "windows", "os_version": "10.0.27000"}, Fulfilment.FAILED, ""),
        ({"os_name": "windows"}, Fulfilment.UNKNOWN, "not_told"),
        ({"os_name": "macos", "os_version": "99"}, Fulfilment.OK, "not_concerned"),
        ({"os_version": "10.0.26100"}, Fulfilment.UNKNOWN, "not_told"),
    ],
)
def test_a_requirement_for_one_operating_system(facts: dict[str, FactValue], outcome: Fulfilment, reason: str) -> None:
    """Others are in order; who has not told which one it has is not known."""
    answer = held(ON_WINDOWS, facts)
    assert (answer.outcome, answer.reason) == (outcome, reason)


def test_a_device_that_never_reported_is_not_unconcerned() -> None:
    """Nor is one whose report is old."""
    assert answer_of(ON_WINDOWS, "1", {}, Standard(RELEASES, NOW), figure(7, "days")).reason == "never_measured"
    old = observation(1, "device", {"os_name": "macos"}, at=NOW - timedelta(days=8))
    answer = answer_of(ON_WINDOWS, "1", {"device": {"1": old}}, Standard(RELEASES, NOW), figure(7, "days"))
    assert (answer.outcome, answer.reason) == (Fulfilment.UNKNOWN, "stale")


def test_what_many_machines_say_is_compared_once() -> None:
    """For each value and each of the two that are asked; a truth is no number."""
    standard, days = Standard(RELEASES, NOW), figure(7, "days")
    rule = requirement(value=4096, at_risk_value=3000)
    told: list[FactValue] = [4096, 2048, 4096, 1, True, 2048]
    found = {"device": {str(n): observation(n, "device", {"memory_total_mib": mib}) for n, mib in enumerate(told)}}
    with patch("collector.readiness.evidence.compliance.compare", wraps=compare) as compared:
        answers = [answer_of(rule, str(n), found, standard, days) for n in range(len(told))]
    assert [one.outcome for one in answers] == [held(rule, {"memory_total_mib": mib}).outcome for mib in told]
    assert compared.call_count == 2 * len({(type(mib), mib) for mib in told})
