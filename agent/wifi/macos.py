"""The link as macOS' system_profiler describes it, in JSON whose keys are the same in every language.

Since macOS 14.4 it hides names of networks, and the access point's address for longer still.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import msgspec

from agent.measuring.contract import ProbeFailureError, ProbeReading
from agent.protocol.wifi_channels import Band, frequency_of
from agent.protocol.wire import Facts
from agent.wifi.link import heard, nothing, reading

COMMAND = ("/usr/sbin/system_profiler", "SPAirPortDataType", "-json")
_REDACTED = "<redacted>"
_CHANNEL = re.compile(r"(\d+)(?: \((2|5|6)GHz(?:, (\d+)MHz)?\))?")
_SIGNAL = re.compile(r"(-?\d+) dBm / (-?\d+) dBm")
_BANDS: dict[str, Band] = {"2": "2.4", "5": "5", "6": "6"}
_NETWORK = "spairport_current_network_information"


class Channel(NamedTuple):
    """Such as "36 (5GHz, 80MHz)"; older systems say the number alone."""

    number: int
    band: Band
    width_mhz: int | None


def parse(text: str) -> ProbeReading | None:
    """The facts of the connected radio; None if the machine has no radio. Raises ProbeFailureError."""
    try:
        said = msgspec.json.decode(text, type=dict[str, list[dict[str, Any]]])
        sections = said["SPAirPortDataType"]
        interfaces = [one for section in sections for one in section.get("spairport_airport_interfaces", [])]
        # awdl0 and its like are interfaces of the same radio that never connect to a network.
        connected = [one for one in interfaces if _NETWORK in one]
        if not connected:
            return nothing("not_connected") if interfaces else None
        return _link(connected[0])
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        raise ProbeFailureError("unreadable_answer", f"system_profiler: {error}") from None


def _link(interface: dict[str, Any]) -> ProbeReading:
    network = interface[_NETWORK]
    channel = channel_of(network.get("spairport_network_channel"))
    signal, noise = signal_and_noise(network.get("spairport_signal_noise"))
    rate = network.get("spairport_network_rate")
    known: Facts = {
        "signal_dbm": signal,
        "noise_dbm": noise,
        "frequency_mhz": frequency_of(channel.band, channel.number) if channel else None,
        "channel": channel.number if channel else None,
        "width_mhz": channel.width_mhz if channel else None,
        "tx_rate_mbit_s": float(rate) if isinstance(rate, int | float) and rate else None,
        "bssid": _shown(network.get("spairport_network_bssid")),
        "phy_type": phy_type(network.get("spairport_network_phymode")),
    }
    return reading(known, {"bssid": "redacted_by_system"}, _rows(interface, known, _shown(network.get("_name"))))


def _rows(interface: dict[str, Any], own: Facts, own_name: str | None) -> list[Facts]:
    """The own access point and all others that are heard."""
    frequency, signal, address = own["frequency_mhz"], own["signal_dbm"], own["bssid"]
    assert frequency is None or isinstance(frequency, int)
    assert signal is None or isinstance(signal, float)
    rows = [
        heard(
            own=True,
            bssid=address if isinstance(address, str) else None,
            frequency_mhz=frequency,
            signal_dbm=signal,
        )
    ]
    for one in interface.get("spairport_airport_other_local_wireless_networks", []):
        channel, name = channel_of(one.get("spairport_network_channel")), _shown(one.get("_name"))
        rows.append(
            heard(
                own=None if name is None or own_name is None else name == own_name,
                bssid=_shown(one.get("spairport_network_bssid")),
                frequency_mhz=frequency_of(channel.band, channel.number) if channel else None,
                signal_dbm=signal_and_noise(one.get("spairport_signal_noise"))[0],
            )
        )
    return rows


def _shown(text: object) -> str | None:
    return text if isinstance(text, str) and text and text != _REDACTED else None


def channel_of(said: object) -> Channel | None:
    """A channel as system_profiler writes it, as text or as a number."""
    found = _CHANNEL.match(str(said)) if isinstance(said, str | int) else None
    if found is None:
        return None
    number, band, width = found.groups()
    guessed: Band = "2.4" if int(number) <= 14 else "5"
    return Channel(int(number), _BANDS[band] if band else guessed, int(width) if width else None)


def signal_and_noise(said: object) -> tuple[float | None, float | None]:
    """From "-55 dBm / -92 dBm"; 0 says that it is not known."""
    found = _SIGNAL.fullmatch(said) if isinstance(said, str) else None
    signal, noise = (int(found[1]), int(found[2])) if found else (0, 0)
    return float(signal) if signal < 0 else None, float(noise) if noise < 0 else None


def phy_type(said: object) -> str | None:
    """`ax` from "802.11ax"."""
    return said.removeprefix("802.11") if isinstance(said, str) and said.startswith("802.11") else None
