"""The Wi-Fi probe on recorded nl80211 answers, and on messages that pyroute2 itself encoded and decoded."""

from __future__ import annotations

import struct

import pytest
from pyroute2.netlink.nl80211 import NL80211_NAMES, MarshalNl80211, nl80211cmd

from agent.measuring.contract import ProbeReading, ProbeUnsupportedError, Task
from agent.probes.wifi import read
from agent.protocol.wifi_channels import band_of, channel_of, frequency_of
from agent.system.wireless import Netlink, plain_netlink, without_names
from agent.wifi import linux
from agent.wifi.linux import noise_dbm, phy_type, rate_mbit_s, retries_ratio, scan_rows
from tests.support.recorded_system import RecordedSystem


def parse(interfaces: list[Netlink]) -> ProbeReading:
    found = linux.parse([{"NL80211_ATTR_IFTYPE": 2, **one} for one in interfaces])
    assert found is not None
    return found


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
        "band": "5",
        "phy_type": "ac",
        "noise_dbm": -93.0,
        "snr_db": 35.0,
        "retries_ratio": 0.2,
        "roamed": None,
    }
    assert reading.missing == {"roamed": "not_remembered"}
    assert reading.rows == [
        {"own": True, "bssid": "02:aa:bb:cc:dd:01", "band": "5", "channel": 100, "signal_dbm": -58.0},
        {"own": False, "bssid": None, "band": "2.4", "channel": 11, "signal_dbm": -77.5},
    ]


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
    ("recording", "code"), [("linux-en-server", "no_wifi_interface"), ("windows-sv-desktop", "no_wifi_interface")]
)
def test_machines_without(recording: str, code: str) -> None:
    """On cable."""
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


@pytest.mark.parametrize(
    ("frequency_mhz", "band"), [(2412, "2.4"), (2484, "2.4"), (5180, "5"), (5955, "6"), (3650, None), (5900, None)]
)
def test_bands(frequency_mhz: int, band: str | None) -> None:
    """And there and back again."""
    assert band_of(frequency_mhz) == band
    channel, found = channel_of(frequency_mhz), band_of(frequency_mhz)
    if channel is not None and found is not None:
        assert frequency_of(found, channel) == frequency_mhz


def test_a_channel_that_a_band_does_not_have() -> None:
    """Has no frequency."""
    assert frequency_of("2.4", 36) is None


def test_kinds_of_link() -> None:
    """The newest kind of modulation counts; one that tells none is not known."""
    kinds = ["EHT_MCS", "HE_MCS", "VHT_MCS", "MCS", "BITRATE"]
    assert [phy_type({f"NL80211_RATE_INFO_{kind}": 5}) for kind in kinds] == ["be", "ax", "ac", "n", None]
    assert phy_type(None) is None


def test_noise_is_that_of_the_channel_in_use() -> None:
    """And signed, though it comes as a byte."""
    other: Netlink = {"NL80211_ATTR_SURVEY_INFO": {"NL80211_SURVEY_INFO_NOISE": 170}}
    used: Netlink = {"NL80211_ATTR_SURVEY_INFO": {"NL80211_SURVEY_INFO_NOISE": 161, "NL80211_SURVEY_INFO_IN_USE": None}}
    assert noise_dbm([other, used]) == -95.0
    assert noise_dbm([other]) is None


def test_retries_are_a_share_of_all_that_was_sent() -> None:
    """Not known before anything was."""
    assert retries_ratio({"NL80211_STA_INFO_TX_PACKETS": 90, "NL80211_STA_INFO_TX_RETRIES": 10}) == 0.1
    assert retries_ratio({"NL80211_STA_INFO_TX_PACKETS": 0, "NL80211_STA_INFO_TX_RETRIES": 0}) is None
    assert retries_ratio({"NL80211_STA_INFO_TX_PACKETS": 5}) is None


def attribute(number: int, value: bytes) -> bytes:
    """A netlink attribute as the kernel lays it out."""
    return struct.pack("HH", len(value) + 4, number) + value + b"\0" * (-len(value) % 4)


def scanned(*stations: tuple[str, bytes, bool]) -> list[Netlink]:
    """What the system keeps of a scan: the kernel's bytes (numbers from nl80211.h), decoded by pyroute2."""
    found = []
    for bssid, name, connected in stations:
        bss = attribute(1, bytes.fromhex(bssid.replace(":", ""))) + attribute(2, struct.pack("I", 2462))
        bss += attribute(6, bytes([0, len(name)]) + name + b"\3\1\x0b") + attribute(7, struct.pack("i", -6150))
        bss += attribute(9, struct.pack("I", 1)) if connected else b""
        body = struct.pack("BBH", NL80211_NAMES["NL80211_CMD_NEW_SCAN_RESULTS"], 1, 0) + attribute(47, bss)
        (decoded,) = MarshalNl80211().parse(struct.pack("IHHII", 16 + len(body), 0, 0, 0, 0) + body)
        found.append(decoded.get_attr("NL80211_ATTR_BSS"))
    return without_names(found)


def test_own_access_points_are_those_with_the_connected_ones_name() -> None:
    """Names are compared and left behind; of foreign access points the address too."""
    scan = scanned(
        ("02:aa:bb:cc:dd:01", b"Skolan", True),
        ("02:aa:bb:cc:dd:02", b"Skolan", False),
        ("06:00:00:00:00:09", b"Grannen", False),
        ("06:00:00:00:00:0a", b"\0\0\0", False),
    )
    assert [one["is_own"] for one in scan] == [True, True, False, False]
    assert "Skolan" not in repr(scan)
    assert "Grannen" not in repr(scan)
    rows = scan_rows(scan)
    assert {row["signal_dbm"] for row in rows} == {-61.5}
    assert [(row["own"], row["bssid"], row["channel"]) for row in rows] == [
        (True, "02:aa:bb:cc:dd:01", 11),
        (True, "02:aa:bb:cc:dd:02", 11),
        (False, None, 11),
        (False, None, 11),
    ]


def test_a_hidden_name_is_nobodys_name() -> None:
    """Connected to a network that hides its name, only that access point is known to be own."""
    scan = scanned(("02:aa:bb:cc:dd:01", b"", True), ("06:00:00:00:00:0a", b"\0\0", False))
    assert [one["is_own"] for one in scan] == [True, False]


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
