"""The radios of the machine, as Windows' WLAN API and Linux' nl80211 tell of them. Names of networks stay out."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent.system.wlan_structures import WlanInterface

Netlink = dict[str, Any]
"""A netlink message as nested dictionaries of attribute names and plain values."""

_WIRELESS_ATTRIBUTES = frozenset(
    f"NL80211_{name}"
    for name in (
        "ATTR_IFINDEX",
        "ATTR_IFNAME",
        "ATTR_IFTYPE",
        "ATTR_MAC",
        "ATTR_WIPHY_FREQ",
        "ATTR_CHANNEL_WIDTH",
        "ATTR_STA_INFO",
        "STA_INFO_SIGNAL",
        "STA_INFO_TX_BITRATE",
        "STA_INFO_RX_BITRATE",
        "STA_INFO_TX_PACKETS",
        "STA_INFO_TX_RETRIES",
        "RATE_INFO_BITRATE",
        "RATE_INFO_BITRATE32",
        "RATE_INFO_MCS",
        "RATE_INFO_VHT_MCS",
        "RATE_INFO_HE_MCS",
        "RATE_INFO_EHT_MCS",
        "ATTR_SURVEY_INFO",
        "SURVEY_INFO_NOISE",
        "SURVEY_INFO_IN_USE",
        "BSS_BSSID",
        "BSS_FREQUENCY",
        "BSS_SIGNAL_MBM",
        "BSS_STATUS",
    )
)
"""What is kept of nl80211's answers. Networks' names (SSID) are left out on purpose."""


class Wireless:
    """The radios of this machine."""

    def wlan_interfaces(self) -> list[WlanInterface] | None:
        """Every radio from Windows' WLAN API; None on a machine without that service, and on other systems."""
        from agent.system import windows_wlan  # noqa: PLC0415  for Windows only

        return windows_wlan.wlan_interfaces()

    def wireless_interfaces(self) -> list[Netlink] | None:
        """Every wireless interface from nl80211, with its `stations` (as a client: the own access point), the
        `survey` of its channels, and from its last `scan` what it heard, names left out.

        None where the kernel knows no radio: netlink is not even opened then. OSError where nl80211 refuses.
        """
        if not any(Path("/sys/class/ieee80211").glob("*")):
            return None
        from pyroute2 import IW  # noqa: PLC0415  is installed on Linux only
        from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415  the same

        try:
            with IW() as nl80211:
                found = [plain_netlink(message) for message in nl80211.get_interfaces_dump()]
                for interface in found:
                    stations = nl80211.get_stations(interface["NL80211_ATTR_IFINDEX"])
                    interface["stations"] = [plain_netlink(message) for message in stations]
                    interface.update(_heard(nl80211, interface["NL80211_ATTR_IFINDEX"]))
                return found
        except NetlinkError as error:
            raise OSError(error.code, str(error)) from error


def _heard(nl80211: Any, index: int) -> Netlink:  # noqa: ANN401  pyroute2 ships no types
    """Survey and last scan of an interface: drivers need not have them, and then they are empty. No scan is begun:
    that would take rights, and time from whoever uses the radio.
    """
    from pyroute2.netlink import NLM_F_DUMP, NLM_F_REQUEST  # noqa: PLC0415  is installed on Linux only
    from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415  the same
    from pyroute2.netlink.nl80211 import NL80211_NAMES, nl80211cmd  # noqa: PLC0415  the same

    found: Netlink = {"survey": [], "scan": []}
    ask = nl80211cmd()
    ask["cmd"] = NL80211_NAMES["NL80211_CMD_GET_SCAN"]
    ask["attrs"] = [["NL80211_ATTR_IFINDEX", index]]
    try:
        found["survey"] = [plain_netlink(message) for message in nl80211.survey(index)]
        answers = nl80211.nlm_request(ask, msg_type=nl80211.prid, msg_flags=NLM_F_REQUEST | NLM_F_DUMP)
        found["scan"] = without_names([message.get_attr("NL80211_ATTR_BSS") for message in answers])
    except (NetlinkError, struct.error):  # not supported, or an element that pyroute2 can't decode
        pass
    return found


def without_names(stations: Sequence[Any]) -> list[Netlink]:
    """Access points that were heard, with `is_own` in place of the name: own is what has the connected one's name."""
    named = [(plain_netlink(one), _name(one)) for one in stations if one is not None]
    own = {name for one, name in named if "NL80211_BSS_STATUS" in one and name}
    return [{**one, "is_own": name in own or "NL80211_BSS_STATUS" in one} for one, name in named]


def _name(station: Any) -> bytes:  # noqa: ANN401  as above
    """A hidden name is empty, or all zeros."""
    elements = station.get_attr("NL80211_BSS_INFORMATION_ELEMENTS") or {}
    return bytes(elements.get("SSID", b"")).strip(b"\0")


def plain_netlink(message: Any) -> Netlink:  # noqa: ANN401  pyroute2 ships no types
    """The attributes that are wanted of a pyroute2 message, nested ones too, as dictionaries."""
    plain: Netlink = {}
    for attribute in message["attrs"]:
        name, value = attribute[0], attribute[1]
        if name in _WIRELESS_ATTRIBUTES:
            plain[name] = plain_netlink(value) if isinstance(value, dict) and "attrs" in value else value
    return plain
