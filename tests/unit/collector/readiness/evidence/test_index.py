"""The evidence laid out: what is newest, what is fresh, and why a value is missing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.protocol.wire import FactValue
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Evidence
from collector.readiness.evidence.index import index_evidence, is_fresh, read, summary
from tests.unit.collector.readiness.cases import FRESH, NOW, SCHOOL, device, evidence, figure, memory, observation

WEEK = figure(7, "days")


def test_newest_is_the_last_seen_to_hold() -> None:
    """Whatever the order they come in."""
    old, new = memory(1, 2048, at=NOW - timedelta(days=2)), memory(1, 4096, at=NOW - timedelta(days=1))
    for order in ([old, new], [new, old]):
        assert index_evidence(evidence(order), NOW).newest["device"]["1"] is new


def test_newest_of_two_seen_at_the_same_time_is_the_one_that_began_later() -> None:
    """A value that just changed beats the one that it replaced."""
    before = observation(1, first_at=NOW - timedelta(days=9), at=FRESH)
    after = observation(1, first_at=FRESH, at=FRESH)
    assert index_evidence(evidence([after, before]), NOW).newest["device"]["1"] is after


def test_rooms_keep_their_own_newest() -> None:
    """A laptop that moved on leaves its measurement in the room where it was taken."""
    there = observation(1, "wifi", {"signal_dbm": -60}, room="a1", at=NOW - timedelta(days=1))
    here = observation(1, "wifi", {"signal_dbm": -70}, room="a2")
    laid_out = index_evidence(evidence([there, here]), NOW)
    assert laid_out.newest_in_room["wifi", "a1"]["1"] is there
    assert laid_out.newest_in_room["wifi", "a2"]["1"] is here
    assert laid_out.newest["wifi"]["1"] is here


def test_only_enrolled_devices_of_the_school_count() -> None:
    """A revoked device, and one of another school, say nothing."""
    elsewhere = device(3)
    other = Evidence("10000002", [elsewhere], [memory(3, 4096)])
    assert index_evidence(other, NOW).devices == {}
    laid_out = index_evidence(evidence([memory(1, 4096), memory(2, 4096)], [device(1)]), NOW)
    assert set(laid_out.newest["device"]) == {"1"}
    assert laid_out.reporting == {"1"}
    assert laid_out.devices["1"].school == SCHOOL


def test_what_began_after_now_is_not_there_yet() -> None:
    """History can be judged as it was."""
    assert index_evidence(evidence([memory(1, 4096, at=NOW + timedelta(seconds=1))]), NOW).newest == {}


@pytest.mark.parametrize(
    ("age", "fresh"),
    [(timedelta(0), True), (timedelta(days=7), True), (timedelta(days=7, microseconds=1), False)],
)
def test_stale_just_beyond_the_limit(age: timedelta, fresh: bool) -> None:
    """Exactly as old as allowed still counts."""
    assert is_fresh(memory(1, 1, at=NOW - age), NOW, WEEK) is fresh
    reading = read({"1": memory(1, 4096, at=NOW - age)}, "1", "memory_total_mib", NOW, WEEK)
    assert (reading.value, reading.reason) == ((4096, "") if fresh else (None, "stale"))


@pytest.mark.parametrize(
    ("status", "facts", "missing", "reason"),
    [
        ("failed", {"screen_width_px": 1920}, {}, "probe_failed"),
        ("timeout", {}, {}, "probe_failed"),
        ("unsupported", {}, {}, "unsupported"),
        ("ok", {"screen_width_px": None}, {"screen_width_px": "no_screen"}, "no_screen"),
        ("ok", {"screen_width_px": None}, {}, "not_told"),
        ("ok", {}, {}, "not_told"),
    ],
)
def test_why_there_is_no_value(status: str, facts: dict[str, FactValue], missing: dict[str, str], reason: str) -> None:
    """A probe that failed gives no value, even if it left one behind."""
    one = observation(1, "device", facts, status=status, missing=missing)
    reading = read({"1": one}, "1", "screen_width_px", NOW, WEEK)
    assert (reading.value, reading.reason, reading.observation) == (None, reason, one)


def test_a_probe_that_cannot_run_says_why() -> None:
    """The device's own code; a failure's code is for the technician and not a reason of its own."""
    wired = observation(1, "wifi", status="unsupported", error_code="no_wifi_interface")
    assert read({"1": wired}, "1", "signal_dbm", NOW, WEEK).reason == "no_wifi_interface"
    broken = observation(1, "wifi", status="failed", error_code="netlink_failed")
    assert read({"1": broken}, "1", "signal_dbm", NOW, WEEK).reason == "probe_failed"


def test_never_measured() -> None:
    """No observation at all."""
    assert read({}, "1", "memory_total_mib", NOW, WEEK).reason == "never_measured"


def test_false_and_zero_are_values() -> None:
    """Not the same as missing."""
    facts: dict[str, FactValue] = {"locked": False, "loss_ratio": 0}
    found = {"1": observation(1, "device", facts)}
    assert read(found, "1", "locked", NOW, WEEK).value is False
    assert read(found, "1", "loss_ratio", NOW, WEEK).value == 0


def test_summary_counts_and_finds_the_newest() -> None:
    """Missing observations are skipped; none at all has no time."""
    made = summary([memory(1, 1, at=NOW - timedelta(hours=3)), None, memory(2, 1, at=FRESH)])
    assert (made.count, made.newest_at) == (2, FRESH)
    assert (summary([]).count, summary([]).newest_at) == (0, None)


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), (2.5, 2.5), (0, 0), (True, None), ("3", None), (None, None), (float("inf"), None), (float("nan"), None)],
)
def test_number_of(value: FactValue, number: float | None) -> None:
    """Finite numbers only."""
    assert number_of(value) == number
