"""The Wi-Fi link that this machine uses now: its own access point, nobody else's, and no network names."""

from __future__ import annotations

from agent.probe import FactSpec, Probe, ProbeUnsupportedError, Reading, Task
from agent.system import Netlink, System
from agent.wire import Facts

_STATION = 2
_WIDTHS_MHZ = {0: 20, 1: 20, 2: 40, 3: 80, 4: 160, 5: 160, 6: 5, 7: 10, 13: 320}
"""By nl80211's channel width numbers; 4 is 80+80."""


def read(system: System, task: Task) -> Reading:
    """Asks nl80211 on Linux. Windows and macOS follow in a later version."""
    del task
    if system.platform_name() != "linux":
        raise ProbeUnsupportedError("not_supported_yet", f"not yet on {system.platform_name()}")
    interfaces = system.wireless_interfaces()
    clients = [one for one in interfaces or [] if one.get("NL80211_ATTR_IFTYPE") == _STATION]
    if not clients:
        raise ProbeUnsupportedError("no_wifi_interface", "this machine has no wireless interface")
    return parse(clients)


def parse(interfaces: list[Netlink]) -> Reading:
    """The facts of the connected interface with the strongest signal; none connected: all None, `not_connected`."""
    links = [link_facts(one, station) for one in interfaces for station in one["stations"]]
    if not links:
        names = [spec.name for spec in PROBE.facts]
        return Reading(dict.fromkeys(names), dict.fromkeys(names, "not_connected"))
    facts = max(links, key=_strength)
    return Reading(facts, {name: "not_stated" for name, value in facts.items() if value is None})


def _strength(facts: Facts) -> float:
    signal = facts["signal_dbm"]
    return signal if isinstance(signal, float) else -1_000.0


def link_facts(interface: Netlink, station: Netlink) -> Facts:
    """The facts of one link, from an interface and its access point as nl80211 describes them."""
    info = station.get("NL80211_ATTR_STA_INFO", {})
    frequency = interface.get("NL80211_ATTR_WIPHY_FREQ")
    signal = info.get("NL80211_STA_INFO_SIGNAL")
    return {
        "signal_dbm": None if signal is None else float(signal),
        "frequency_mhz": frequency,
        "channel": None if frequency is None else channel_of(frequency),
        "width_mhz": _WIDTHS_MHZ.get(interface.get("NL80211_ATTR_CHANNEL_WIDTH", -1)),
        "tx_rate_mbit_s": rate_mbit_s(info.get("NL80211_STA_INFO_TX_BITRATE")),
        "rx_rate_mbit_s": rate_mbit_s(info.get("NL80211_STA_INFO_RX_BITRATE")),
        "bssid": station.get("NL80211_ATTR_MAC"),
    }


def rate_mbit_s(rate: Netlink | None) -> float | None:
    """A rate in Mbit/s; nl80211 counts in units of 100 kbit/s, and the old 16-bit field stops at 6.5 Gbit/s."""
    if not rate:
        return None
    hundred_kbit_s = rate.get("NL80211_RATE_INFO_BITRATE32") or rate.get("NL80211_RATE_INFO_BITRATE")
    return hundred_kbit_s / 10 if hundred_kbit_s else None


def channel_of(frequency_mhz: int) -> int | None:
    """The channel number of a primary channel's centre frequency, in the 2.4, 5 and 6 GHz bands."""
    if frequency_mhz == 2484:
        return 14
    for lowest, highest, zero in ((2412, 2472, 2407), (5160, 5885, 5000), (5955, 7115, 5950)):
        if lowest <= frequency_mhz <= highest:
            return (frequency_mhz - zero) // 5
    return None


PROBE = Probe(
    name="wifi",
    version=1,
    read=read,
    facts=(
        FactSpec("signal_dbm", "float", "dBm", "signal of the own access point", -120, 0),
        FactSpec("frequency_mhz", "int", "MHz", "centre of the primary channel", 2_000, 8_000),
        FactSpec("channel", "int", "", "primary channel", 1, 300),
        FactSpec("width_mhz", "int", "MHz", "channel width", 5, 400),
        FactSpec("tx_rate_mbit_s", "float", "Mbit/s", "rate towards the access point", 0, 100_000),
        FactSpec("rx_rate_mbit_s", "float", "Mbit/s", "rate from the access point", 0, 100_000),
        FactSpec("bssid", "str", "", "the own access point's address"),
    ),
)
