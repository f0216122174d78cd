"""The Wi-Fi probe on recorded nl80211 answers, and on messages that pyroute2 itself encoded and decoded."""

from __future__ import annotations

import pytest
from pyroute2.netlink.nl80211 import NL80211_NAMES, MarshalNl80211, nl80211cmd

from agent.probe import ProbeUnsupportedError, Task
from agent.probes.wifi import channel_of, parse, rate_mbit_s, read
from agent.system import Netlink, plain_netlink
from tests.recorded_system import RecordedSystem


def test_a_connected_laptop() -> None:
    """The own access point, with rates in Mbit/s."""
    reading = read(RecordedSystem("linux-sv-laptop"), Task())
    assert reading.facts == {
        "signal_dbm": -58.0,
        "frequency_mhz": 5500,
        "channel": 100,
        "width_mhz": 80,
        "tx_rate_mbit_s": 650.0,
        "rx_rate_mbit_s": 520.0,
        "bssid": "02:aa:bb:cc:dd:01",
    }
    assert reading.missing == {}


def test_an_interface_without_a_network() -> None:
    """Known to be unconnected: every fact is missing for that reason."""
    reading = parse([{"NL80211_ATTR_IFTYPE": 2, "stations": []}])
    assert set(reading.facts.values()) == {None}
    assert reading.missing == dict.fromkeys(reading.facts, "not_connected")


def test_what_the_driver_does_not_say_is_missing() -> None:
    """Never zero."""
    reading = parse([{"NL80211_ATTR_IFTYPE": 2, "stations": [{"NL80211_ATTR_MAC": "02:aa:bb:cc:dd:01"}]}])
    assert reading.facts["bssid"] == "02:aa:bb:cc:dd:01"
    assert (reading.facts["signal_dbm"], reading.missing["signal_dbm"]) == (None, "not_stated")


def test_the_stronger_of_two_links_counts() -> None:
    """A machine with two adapters uses the better one."""
    far = {"NL80211_ATTR_STA_INFO": {"NL80211_STA_INFO_SIGNAL": -80}}
    near = {"NL80211_ATTR_STA_INFO": {"NL80211_STA_INFO_SIGNAL": -50}}
    silent: Netlink = {"NL80211_ATTR_STA_INFO": {}}
    assert parse([{"stations": [far]}, {"stations": [near]}, {"stations": [silent]}]).facts["signal_dbm"] == -50.0


@pytest.mark.parametrize(
    ("recording", "code"), [("linux-en-server", "no_wifi_interface"), ("windows-sv-desktop", "not_supported_yet")]
)
def test_machines_without(recording: str, code: str) -> None:
    """No radio and no support are two different things."""
    with pytest.raises(ProbeUnsupportedError) as refused:
        read(RecordedSystem(recording), Task())
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("frequency_mhz", "channel"),
    [(2412, 1), (2472, 13), (2484, 14), (5180, 36), (5825, 165), (5955, 1), (6435, 97), (3650, None)],
)
def test_channels(frequency_mhz: int, channel: int | None) -> None:
    """In all three bands."""
    assert channel_of(frequency_mhz) == channel


def test_rates() -> None:
    """The 32-bit field wins over the one that overflows."""
    assert rate_mbit_s({"NL80211_RATE_INFO_BITRATE": 1, "NL80211_RATE_INFO_BITRATE32": 86_000}) == 8_600.0
    assert rate_mbit_s({"NL80211_RATE_INFO_BITRATE": 540}) == 54.0
    assert rate_mbit_s({}) is None
    assert rate_mbit_s(None) is None


def test_a_real_netlink_message_becomes_plain_and_loses_the_networks_name() -> None:
    """Encoded and decoded by pyroute2, as from the kernel."""
    message = nl80211cmd()
    message["cmd"] = NL80211_NAMES["NL80211_CMD_GET_INTERFACE"]
    message["attrs"] = [
        ["NL80211_ATTR_IFINDEX", 3],
        ["NL80211_ATTR_IFTYPE", 2],
        ["NL80211_ATTR_SSID", "Elevnet"],
        ["NL80211_ATTR_WIPHY_FREQ", 5180],
        ["NL80211_ATTR_STA_INFO", {"attrs": [["NL80211_STA_INFO_SIGNAL", -61]]}],
    ]
    message.encode()
    (decoded,) = MarshalNl80211().parse(message.data)
    assert plain_netlink(decoded) == {
        "NL80211_ATTR_IFINDEX": 3,
        "NL80211_ATTR_IFTYPE": 2,
        "NL80211_ATTR_WIPHY_FREQ": 5180,
        "NL80211_ATTR_STA_INFO": {"NL80211_STA_INFO_SIGNAL": -61},
    }
