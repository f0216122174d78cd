"""The link as nl80211 describes it: pure functions over messages that `agent.system.machine` has made plain."""

from __future__ import annotations

from agent.measuring.contract import ProbeReading
from agent.protocol.wire import Facts
from agent.system.wireless import Netlink
from agent.wifi.link import heard, nothing, reading

_STATION = 2
_WIDTHS_MHZ = {0: 20, 1: 20, 2: 40, 3: 80, 4: 160, 5: 160, 6: 5, 7: 10, 13: 320}
"""By nl80211's channel width numbers; 4 is 80+80."""

_PHY_TYPES = (("EHT_MCS", "be"), ("HE_MCS", "ax"), ("VHT_MCS", "ac"), ("MCS", "n"))


def parse(interfaces: list[Netlink]) -> ProbeReading | None:
    """The facts of the connected interface with the strongest signal; None if there is no interface for clients."""
    clients = [one for one in interfaces if one.get("NL80211_ATTR_IFTYPE") == _STATION]
    if not clients:
        return None
    links = [(link_facts(one, station), one) for one in clients for station in one["stations"]]
    if not links:
        return nothing("not_connected")
    facts, interface = max(links, key=lambda link: _strength(link[0]))
    return reading(facts, rows=scan_rows(interface.get("scan", [])))


def _strength(facts: Facts) -> float:
    signal = facts["signal_dbm"]
    return signal if isinstance(signal, float) else -1_000.0


def link_facts(interface: Netlink, station: Netlink) -> Facts:
    """What is known of one link, from an interface and its access point."""
    info = station.get("NL80211_ATTR_STA_INFO", {})
    sent_at = info.get("NL80211_STA_INFO_TX_BITRATE")
    signal = info.get("NL80211_STA_INFO_SIGNAL")
    return {
        "signal_dbm": None if signal is None else float(signal),
        "frequency_mhz": interface.get("NL80211_ATTR_WIPHY_FREQ"),
        "width_mhz": _WIDTHS_MHZ.get(interface.get("NL80211_ATTR_CHANNEL_WIDTH", -1)),
        "tx_rate_mbit_s": rate_mbit_s(sent_at),
        "rx_rate_mbit_s": rate_mbit_s(info.get("NL80211_STA_INFO_RX_BITRATE")),
        "bssid": station.get("NL80211_ATTR_MAC"),
        "phy_type": phy_type(sent_at),
        "noise_dbm": noise_dbm(interface.get("survey", [])),
        "retries_ratio": retries_ratio(info),
    }


def rate_mbit_s(rate: Netlink | None) -> float | None:
    """A rate in Mbit/s; nl80211 counts in units of 100 kbit/s, and the old 16-bit field stops at 6.5 Gbit/s."""
    if not rate:
        return None
    hundred_kbit_s = rate.get("NL80211_RATE_INFO_BITRATE32") or rate.get("NL80211_RATE_INFO_BITRATE")
    return hundred_kbit_s / 10 if hundred_kbit_s else None


def phy_type(rate: Netlink | None) -> str | None:
    """By the kind of modulation that the newest frame was sent with; older kinds than n do not tell themselves."""
    return next((name for mcs, name in _PHY_TYPES if f"NL80211_RATE_INFO_{mcs}" in (rate or {})), None)


def noise_dbm(survey: list[Netlink]) -> float | None:
    """On the channel in use. The byte is signed; pyroute2 reads it as if it were not."""
    for one in survey:
        info = one.get("NL80211_ATTR_SURVEY_INFO", {})
        noise = info.get("NL80211_SURVEY_INFO_NOISE")
        if "NL80211_SURVEY_INFO_IN_USE" in info and noise:
            signed: int = noise - 256 if noise > 127 else noise
            return float(signed)
    return None


def retries_ratio(info: Netlink) -> float | None:
    """Repeats among all that was sent since connecting; None before anything was."""
    packets, retries = info.get("NL80211_STA_INFO_TX_PACKETS"), info.get("NL80211_STA_INFO_TX_RETRIES")
    if packets is None or retries is None or packets + retries == 0:
        return None
    repeats: float = retries / (packets + retries)
    return round(repeats, 4)


def scan_rows(scan: list[Netlink]) -> list[Facts]:
    """What the radio heard when it last looked around: `is_own` was decided where the networks' names were seen."""
    rows = []
    for one in scan:
        signal = one.get("NL80211_BSS_SIGNAL_MBM")
        rows.append(
            heard(
                own=one["is_own"],
                bssid=one.get("NL80211_BSS_BSSID"),
                frequency_mhz=one.get("NL80211_BSS_FREQUENCY"),
                signal_dbm=None if signal is None else signal["VALUE"] / 100,
            )
        )
    return rows
