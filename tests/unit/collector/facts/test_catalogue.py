"""The catalogue of facts, and which claims of a report are refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.probes import discovered
from agent.protocol.wire import FactValue, ProbeResult
from collector.facts.catalogue import FACTS, PROBES, check_facts
from tests.support.units import wears_its_unit


def result(probe: str, **facts: FactValue) -> ProbeResult:
    """A probe's result with these facts."""
    return ProbeResult(probe, 1, "ok", datetime(2026, 11, 21, tzinfo=UTC), 0.5, facts)


def test_facts_are_read_from_the_file() -> None:
    """Every probe that the agent has; type, unit and bounds as written there."""
    assert set(PROBES) == discovered().keys()
    signal = FACTS["wifi.signal_dbm"]
    assert (signal.type, signal.unit, signal.minimum, signal.maximum) == ("float", "dBm", -120, 0)
    of_probes = {f"{probe}.{fact}" for probe, specs in PROBES.items() for fact in specs}
    assert {name for name in FACTS if not name.startswith("survey")} == of_probes


def test_units_stand_in_the_names() -> None:
    """A fact with a unit says so at the end of its name, so that nobody can mistake kbit for Mbit."""
    units = {spec.unit for spec in FACTS.values()}
    assert [name for name, spec in FACTS.items() if spec.unit and not wears_its_unit(spec, units)] == []


@pytest.mark.parametrize(
    ("probe", "facts"),
    [
        ("wifi", {"signal_dbm": -61.5, "channel": 36}),
        ("wifi", {"signal_dbm": -120.0}),
        ("wifi", {"signal_dbm": 0.0}),
        # A whole number where a decimal one is expected: JSON makes no difference.
        ("wifi", {"signal_dbm": -61}),
        ("wifi", {"signal_dbm": None}),
        ("device", {"os_name": "linux", "screen_width_px": 1366}),
        # A newer agent may know more than this collector.
        ("device", {"colour": "grey"}),
        ("microphone", {"level_db": -1e9}),
        ("path", {}),
    ],
)
def test_plausible(probe: str, facts: dict[str, FactValue]) -> None:
    """Kept as they are."""
    assert check_facts(result(probe, **facts)) is None


@pytest.mark.parametrize(
    ("probe", "facts", "refusal"),
    [
        (
            "wifi",
            {"signal_dbm": 12.0},
            ("facts.signal_dbm", "wifi.signal_dbm is 12 dBm, above 0, the most that can be true"),
        ),
        (
            "wifi",
            {"signal_dbm": -121.0},
            ("facts.signal_dbm", "wifi.signal_dbm is -121 dBm, below -120, the least that can be true"),
        ),
        (
            "throughput",
            {"down_mbit_s": "fast"},
            ("facts.down_mbit_s", "throughput.down_mbit_s must be float, not str"),
        ),
        ("latency", {"samples_count": 3.5}, ("facts.samples_count", "latency.samples_count must be int, not float")),
        ("device", {"os_name": 11}, ("facts.os_name", "device.os_name must be str, not int")),
        # True is a number in Python and must not pass for one host.
        (
            "device",
            {"screen_width_px": True},
            ("facts.screen_width_px", "device.screen_width_px must be int, not bool"),
        ),
        (
            "latency",
            {"jitter_ms": float("nan")},
            ("facts.jitter_ms", "latency.jitter_ms is not a finite number"),
        ),
    ],
)
def test_implausible(probe: str, facts: dict[str, FactValue], refusal: tuple[str, str]) -> None:
    """Refused with the place and the reason."""
    assert check_facts(result(probe, **facts)) == refusal


def test_the_first_of_several_is_told() -> None:
    """One reason is enough to refuse a result."""
    refusal = check_facts(result("path", hosts_count=4, hosts_reached_count=-1, hosts_reached_ratio=7.0))
    assert refusal is not None
    assert refusal[0] == "facts.hosts_reached_count"


@given(st.sampled_from(sorted(FACTS)), st.floats(allow_nan=True, allow_infinity=True))
def test_exactly_what_lies_within_the_bounds_passes(name: str, value: float) -> None:
    """For every fact that is a decimal number, and any number at all."""
    spec = FACTS[name]
    probe, _, fact = name.partition(".")
    low = float("-inf") if spec.minimum is None else spec.minimum
    high = float("inf") if spec.maximum is None else spec.maximum
    plausible = spec.type == "float" and low <= value <= high and abs(value) != float("inf")
    assert (check_facts(result(probe, **{fact: value})) is None) == plausible
