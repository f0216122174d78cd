"""The structures of Windows' native WLAN API: pure functions over their bytes. Layouts: wlanapi.h and windot11.h.

Numbers and addresses only, so that nothing depends on the language of Windows.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

INTERFACE_BYTES = 532
"""WLAN_INTERFACE_INFO: GUID, description (256 UTF-16 units), state."""

CONNECTED = 1
_LIST_HEAD = struct.Struct("<II")
_ASSOCIATION = struct.Struct("<I32sI6s2xIIIII")
_ASSOCIATION_AT = 520
"""WLAN_ASSOCIATION_ATTRIBUTES within WLAN_CONNECTION_ATTRIBUTES: behind state, mode and the profile's name."""

_BSS = struct.Struct("<I32sI6s2xIIiIB1xHxxxxQQHxxI")
BSS_BYTES = 360
_SSID_MAX_BYTES = 32
_PHY_TYPES = {4: "a", 5: "b", 6: "g", 7: "n", 8: "ac", 10: "ax", 11: "be"}
_SIGNALS_DBM = range(-120, 0)


class WlanInterface(msgspec.Struct, frozen=True):
    """One radio as the API gave it: images of structures, and the error code where there is none (0: no error)."""

    state: int
    connection: bytes = b""
    connection_error: int = 0
    bss_list: bytes = b""
    bss_error: int = 0


class WlanConnection(NamedTuple):
    """From WLAN_ASSOCIATION_ATTRIBUTES. `ssid` goes no further than `agent.wifi.windows`."""

    ssid: bytes
    bssid: str
    phy_type: str | None
    rx_mbit_s: float
    tx_mbit_s: float


class Bss(NamedTuple):
    """From WLAN_BSS_ENTRY. `ssid` goes no further than `agent.wifi.windows`."""

    ssid: bytes
    bssid: str
    signal_dbm: float | None
    frequency_mhz: int | None


def interface_states(image: bytes) -> list[tuple[bytes, int]]:
    """GUID and state of every radio, from a WLAN_INTERFACE_INFO_LIST. Raises struct.error."""
    count, _ = _LIST_HEAD.unpack_from(image)
    places = range(_LIST_HEAD.size, _LIST_HEAD.size + count * INTERFACE_BYTES, INTERFACE_BYTES)
    return [(image[at : at + 16], struct.unpack_from("<I", image, at + INTERFACE_BYTES - 4)[0]) for at in places]


def connection_of(image: bytes) -> WlanConnection:
    """From a WLAN_CONNECTION_ATTRIBUTES. Raises struct.error and ValueError."""
    length, ssid, _, bssid, phy, _, _, rx, tx = _ASSOCIATION.unpack_from(image, _ASSOCIATION_AT)
    return WlanConnection(_name(ssid, length), bssid.hex(":"), _PHY_TYPES.get(phy), rx / 1_000, tx / 1_000)


def bss_entries(image: bytes) -> Iterator[Bss]:
    """From a WLAN_BSS_LIST. Raises struct.error and ValueError."""
    _, count = _LIST_HEAD.unpack_from(image)
    for at in range(_LIST_HEAD.size, _LIST_HEAD.size + count * BSS_BYTES, BSS_BYTES):
        length, ssid, _, bssid, _, _, signal, *_, frequency_khz = _BSS.unpack_from(image, at)
        yield Bss(
            _name(ssid, length),
            bssid.hex(":"),
            float(signal) if signal in _SIGNALS_DBM else None,
            frequency_khz // 1_000 or None,
        )


def _name(ssid: bytes, length: int) -> bytes:
    if length > _SSID_MAX_BYTES:
        raise ValueError(f"a network's name of {length} bytes")
    return ssid[:length]
