"""macOS: what system_profiler prints, names redacted or not, today's way of writing channels and the older one."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.measuring.contract import ProbeFailureError, ProbeReading, Task
from agent.probes.wifi import read
from agent.wifi.link import NAMES
from agent.wifi.macos import COMMAND, Channel, channel_of, parse, phy_type, signal_and_noise
from tests.support.recorded_system import RecordedSystem


def said(network: dict[str, Any] | None, *others: dict[str, Any]) -> str:
    interface: dict[str, Any] = {"_name": "en0", "spairport_airport_other_local_wireless_networks": list(others)}
    if network is not None:
        interface["spairport_current_network_information"] = network
    return json.dumps({"SPAirPortDataType": [{"spairport_airport_interfaces": [interface]}]})


def parsed(network: dict[str, Any] | None, *others: dict[str, Any]) -> ProbeReading:
    found = parse(said(network, *others))
    assert found is not None
    return found


def test_a_laptop_that_hides_names() -> None:
    """The access point's address is redacted; signal, noise and channel are not."""
    reading = read(RecordedSystem("macos-sv-laptop"), Task())
    assert reading.facts == {
        "signal_dbm": -56.0,
        "frequency_mhz": 5180,
        "channel": 36,
        "width_mhz": 80,
        "tx_rate_mbit_s": 864.0,
        "rx_rate_mbit_s": None,
        "bssid": None,
        "band": "5",
        "phy_type": "ax",
        "noise_dbm": -92.0,
        "snr_db": 36.0,
        "retries_ratio": None,
        "roamed": None,
    }
    assert reading.missing == {
        "bssid": "redacted_by_system",
        "rx_rate_mbit_s": "not_stated",
        "retries_ratio": "not_stated",
        "roamed": "redacted_by_system",
    }
    assert reading.rows == [
        {"own": True, "bssid": None, "band": "5", "channel": 36, "signal_dbm": -56.0},
        {"own": None, "bssid": None, "band": "2.4", "channel": 6, "signal_dbm": -71.0},
        {"own": None, "bssid": None, "band": "6", "channel": 37, "signal_dbm": None},
    ]


def test_an_older_system_that_shows_names() -> None:
    """Own access points are told from foreign ones; no name comes out."""
    own = {"_name": "Skolan", "spairport_network_bssid": "02:aa:bb:cc:dd:01", "spairport_network_channel": 11}
    reading = parsed(
        own,
        {**own, "spairport_network_bssid": "02:aa:bb:cc:dd:02", "spairport_network_channel": "100"},
        {"_name": "Grannen", "spairport_network_bssid": "06:00:00:00:00:09"},
    )
    assert (reading.facts["bssid"], reading.facts["frequency_mhz"]) == ("02:aa:bb:cc:dd:01", 2462)
    assert [(row["own"], row["bssid"], row["channel"]) for row in reading.rows] == [
        (True, "02:aa:bb:cc:dd:01", 11),
        (True, "02:aa:bb:cc:dd:02", 100),
        (False, None, None),
    ]
    assert "Grannen" not in repr(reading)
    assert "Skolan" not in repr(reading)


def test_not_connected_and_no_radio() -> None:
    """Two different things."""
    assert set(parsed(None).missing.values()) == {"not_connected"}
    assert parse('{"SPAirPortDataType": []}') is None
    assert parse('{"SPAirPortDataType": [{"spairport_software_information": {}}]}') is None


@pytest.mark.parametrize(
    "text", ["", "<plist>", "[]", "{}", '{"SPAirPortDataType": [{"spairport_airport_interfaces": 7}]}']
)
def test_what_is_no_answer(text: str) -> None:
    """Fails as a probe fails, with a code."""
    with pytest.raises(ProbeFailureError) as refused:
        parse(text)
    assert refused.value.code == "unreadable_answer"


def test_a_program_that_fails() -> None:
    """A recorded machine that has no such program."""
    system = RecordedSystem("macos-sv-laptop")
    system.recorded.commands.pop(" ".join(COMMAND))
    with pytest.raises(ProbeFailureError, match="command_failed"):
        read(system, Task())


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("36 (5GHz, 80MHz)", Channel(36, "5", 80)),
        ("1 (2GHz, 20MHz)", Channel(1, "2.4", 20)),
        ("1 (6GHz, 160MHz)", Channel(1, "6", 160)),
        ("13", Channel(13, "2.4", None)),
        (149, Channel(149, "5", None)),
        ("auto", None),
        (None, None),
        ([36], None),
    ],
)
def test_channels(text: object, channel: Channel | None) -> None:
    """Text of today, text and numbers of before."""
    assert channel_of(text) == channel


def test_signals_and_kinds() -> None:
    """Zero is not a signal; an unknown way of writing is not known."""
    assert signal_and_noise("-55 dBm / -92 dBm") == (-55.0, -92.0)
    assert signal_and_noise("-55 dBm / 0 dBm") == (-55.0, None)
    assert [signal_and_noise(odd) for odd in ("strong", None, -55)] == [(None, None)] * 3
    assert [phy_type(text) for text in ("802.11be", "Wi-Fi 7", None)] == ["be", None, None]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("_name", "spairport_network_channel", "spairport_signal_noise", "spairport_network_rate",
        "spairport_network_phymode", "spairport_network_bssid")  # fmt: skip


@given(network=st.dictionaries(st.sampled_from(KEYS), JSON), other=JSON)
def test_any_values_end_in_a_reading_or_a_failure(network: dict[str, Any], other: Any) -> None:
    """A later macOS may write anything."""
    with suppress(ProbeFailureError):
        found = parse(said(network, other))
        assert found is not None
        assert set(found.facts) == set(NAMES)
