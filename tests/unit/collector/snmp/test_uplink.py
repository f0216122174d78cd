"""What lies between two readings of a port: true, or not known and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.snmp.counters import CounterReading, NoRateReason
from collector.snmp.interfaces import SnmpInterface
from collector.snmp.uplink import Carried, carried

BEGAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def port(seconds: float = 0, octets: int = 0, *, uptime_s: float | None = None, **changed: Any) -> SnmpInterface:
    """A port that has carried `octets` each way after so long."""
    at = BEGAN + timedelta(seconds=seconds)
    uptime_ticks = int((1_000 + (seconds if uptime_s is None else uptime_s)) * 100)
    reading = CounterReading(at, uptime_ticks, octets, 64, 0, 1000)
    read = SnmpInterface(7, "wan", "", True, 1000, reading, reading, 0, 0, 0, 0, 0, 0)
    return replace(read, **changed)


def test_the_first_reading_says_nothing() -> None:
    assert carried(None, port(), 60) is None


def test_rates_and_spoiled_packets() -> None:
    """Both ways together; counters of errors run round at 2^32."""
    before = port(errors_in=2**32 - 1, discards_out=5, packets_in=2**40, packets_out=7)
    after = port(60, 750_000, errors_in=2, discards_out=6, packets_in=2**40 + 90, packets_out=16)
    assert carried(before, after, 60) == Carried(60, 100_000, 100_000, 99 + 3 + 1, 3, 1)


@pytest.mark.parametrize("untold", ["errors_in", "errors_out", "discards_in", "discards_out", "packets_in"])
def test_half_of_the_counts_make_no_share(untold: str) -> None:
    """Not told is not zero: without any packets there is no ratio to be good."""
    told: dict[str, Any] = {"errors_out": 9, "packets_in": 500}
    found = carried(port(), port(60, 750_000, **(told | {untold: None})), 60)
    assert found == Carried(60, 100_000, 100_000, 0, 0, 0)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (port(60, 5, uptime_s=-900), "restarted"),
        (port(600, 5), "not_read"),
        (port(0, 5), "clock"),
        (port(60, 10**12), "impossible"),
        (port(60, 5, index=9), "other_counter"),
        (port(60, 5, bytes_out=None), "other_counter"),
        (port(60, 5, bytes_in=None), "other_counter"),
    ],
)
def test_no_rate_is_made_up(after: SnmpInterface, reason: NoRateReason) -> None:
    """Each with its reason."""
    assert carried(port(), after, 60) == reason


def test_a_missed_poll_or_two_is_bridged() -> None:
    """The mean over them is true; over more it would hide too much."""
    assert isinstance(carried(port(), port(180, 5), 60), Carried)
    assert carried(port(), port(240, 5), 60) == "not_read"


@given(st.integers(0, 2**64 - 1), st.integers(0, 7_000_000_000), st.floats(30, 90))
def test_wherever_the_counter_stands(began: int, octets: int, seconds: float) -> None:
    """What is added to the counter comes out, over the round too."""
    before = port(0, began)
    found = carried(before, port(seconds, (began + octets) % 2**64), 60)
    if isinstance(found, Carried):
        assert found.in_bit_s * found.seconds / 8 == pytest.approx(octets, abs=1)
    else:
        assert found == "impossible"
        assert octets * 8 / seconds > 1e9
