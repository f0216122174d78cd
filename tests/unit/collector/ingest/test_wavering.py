"""What wavers from reading to reading is one content for each hour and state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.wire import Facts, ProbeError, ProbeResult
from collector.facts.catalogue import DECLARED, FACTS, check_facts
from collector.ingest.validate import Acceptance, validate_report
from collector.readiness.domain.model import DeviceSeen
from collector.store.contents import Content
from collector.store.reports import ReceivedReport, RejectedReport
from collector.store.timestamps import microseconds
from tests.support.stored import RETENTION, SCHOOL, report

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = NINE + timedelta(hours=2)
DEVICE = DeviceSeen("d1", SCHOOL, "A1", None, NINE - timedelta(days=9), None, None, None, simulated=False)
LINK: Facts = {"bssid": "02:00:00:00:00:01", "band": "5", "channel": 36, "signal_dbm": -61.0}


def wifi(minute: int, facts: Facts | None = None, status: str = "ok") -> ProbeResult:
    """A reading so many minutes after nine."""
    error = None if status == "ok" else ProbeError("driver_error", "gave no answer")
    found = {**LINK, **(facts or {})} if status == "ok" else {}
    return msgspec.convert(
        {"probe": "wifi", "version": 2, "status": status, "started_at": NINE + timedelta(minutes=minute),
         "duration_s": 0.1, "facts": found, "error": msgspec.to_builtins(error)},
        ProbeResult,
    )  # fmt: skip


def came_in(*results: ProbeResult) -> ReceivedReport | RejectedReport:
    """All in one report; whatever is asked of the store, it holds already."""
    acceptance = Acceptance(RETENTION, check_facts, lambda _device_id, _content: True)
    raw = msgspec.json.encode(report(DEVICE, results, sent_at=NOW))
    return validate_report(raw, DEVICE, microseconds(NOW), acceptance)


def contents(*results: ProbeResult) -> list[Content]:
    """What the results say."""
    found = came_in(*results)
    assert isinstance(found, ReceivedReport), found
    return [one.content for one in found.measured]


def test_an_hour_in_one_state() -> None:
    """However the signal wavers in its level; what else is heard wavers too."""
    first, second = contents(wifi(0), msgspec.structs.replace(wifi(59, {"signal_dbm": -67.0}), rows=[{"own": True}]))
    assert first.digest == second.digest


@pytest.mark.parametrize(
    "other",
    [
        wifi(60),
        wifi(5, {"bssid": "02:00:00:00:00:02"}),
        wifi(5, {"channel": 40}),
        wifi(5, {"signal_dbm": -67.1}),
        wifi(5, {"signal_dbm": None}),
        wifi(5, {"retries_ratio": 0.6}),
        wifi(5, status="failed"),
        msgspec.structs.replace(wifi(5), missing={"noise_dbm": "not_stated"}),
        msgspec.structs.replace(wifi(5), version=3),
    ],
)
def test_another_hour_or_state(other: ProbeResult) -> None:
    """Is another content: no change of the access point is lost, no level, and no failure."""
    first, second = contents(wifi(0), other)
    assert first.digest != second.digest


def test_two_failures_are_told_apart_by_what_they_say() -> None:
    """As those of every probe: only what went well wavers."""
    first, second = contents(wifi(0, status="failed"), wifi(70, status="failed"))
    assert first.digest == second.digest


def test_what_does_not_waver_counts_whole() -> None:
    """A machine's facts stand for hours, and every change of one is a change."""
    device = ProbeResult("device", 1, "ok", NINE, 0.1, {"memory_total_mib": 4096})
    later = msgspec.structs.replace(device, started_at=NINE + timedelta(minutes=90))
    other = msgspec.structs.replace(device, facts={"memory_total_mib": 4095})
    first, second, third = contents(device, later, other)
    assert first.digest == second.digest != third.digest


def test_every_reading_is_checked() -> None:
    """Also one whose state is known: what can not be true refuses its report, as ever."""
    found = came_in(wifi(0), wifi(5, {"signal_dbm": 20.0}))
    assert isinstance(found, RejectedReport)
    assert (found.code, found.place) == ("implausible_fact", "$.results[1].facts.signal_dbm")


def test_facts_that_can_not_be_read() -> None:
    """Refuse the report with their place, before any state is made of them."""
    raw = msgspec.json.encode(report(DEVICE, [wifi(0)], sent_at=NOW)).replace(b'"channel":36', b'"channel":[36]')
    found = validate_report(raw, DEVICE, microseconds(NOW), Acceptance(RETENTION, check_facts, lambda *_: True))
    assert isinstance(found, RejectedReport)
    assert (found.code, found.place) == ("malformed", "$.results[0].facts[...]")


def test_what_tells_a_state_are_facts_of_the_probe() -> None:
    """No name is misspelled: a state that nobody tells would be the same for ever. Of what wavers, every number has
    levels, and of nothing else.
    """
    for name, declared in DECLARED.items():
        steady, specs = set(declared.steady or ()), {spec.name: spec for spec in declared.facts}
        assert steady <= specs.keys(), name
        wavering = {one for one, spec in specs.items() if spec.is_number and declared.steady is not None} - steady
        assert {one for one, spec in specs.items() if spec.levels is not None} == wavering, name


@pytest.mark.parametrize("fact", [name for name, spec in FACTS.items() if spec.levels is not None])
def test_levels_rise_within_what_can_be(fact: str) -> None:
    """An edge that lies outside the fact's bounds, or among others in disorder, would tell nothing from nothing."""
    spec = FACTS[fact]
    assert spec.levels is not None
    assert list(spec.levels.edges) == sorted(set(spec.levels.edges))
    assert all(spec.accepts(int(edge) if spec.type == "int" else edge) for edge in spec.levels.edges)


READINGS = st.lists(
    st.fixed_dictionaries(
        {
            "bssid": st.sampled_from(["02:00:00:00:00:01", "02:00:00:00:00:02"]),
            "signal_dbm": st.none() | st.integers(-95, -45).map(float) | st.floats(-95, -45),
            "tx_rate_mbit_s": st.sampled_from([1.0, 11.0, 12.0, 54.0, 600.0]),
        }
    ),
    min_size=1,
    max_size=12,
)


@given(readings=READINGS)
def test_of_each_reading_one_of_its_level_is_kept_from_no_later(readings: list[Facts]) -> None:
    """From the moment at which a reading came in, what is kept says the same of every edge of every fact as it does,
    and of what is steady the same.
    """
    results = [wifi(minute * 5, facts) for minute, facts in enumerate(readings)]
    kept: dict[bytes, Facts] = {}
    for result, content in zip(results, contents(*results), strict=True):
        first = kept.setdefault(content.digest, msgspec.json.decode(content.facts))
        assert first["bssid"] == result.facts["bssid"]
        for name in ("signal_dbm", "tx_rate_mbit_s"):
            said, is_kept = result.facts[name], first[name]
            levels = FACTS[f"wifi.{name}"].levels
            assert levels is not None
            assert (said is None) == (is_kept is None)
            if isinstance(said, float) and isinstance(is_kept, float):
                assert [said >= edge for edge in levels.edges] == [is_kept >= edge for edge in levels.edges]
