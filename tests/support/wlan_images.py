"""Structures of Windows' native WLAN API, built field by field from wlanapi.h as ctypes lays them out."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import c_int32, c_ubyte, c_uint16, c_uint32, c_uint64


class Ssid(ctypes.Structure):
    """DOT11_SSID."""

    _fields_ = (("length", c_uint32), ("name", c_ubyte * 32))


class InterfaceInfo(ctypes.Structure):
    """WLAN_INTERFACE_INFO."""

    _fields_ = (("guid", c_ubyte * 16), ("description", c_uint16 * 256), ("state", c_uint32))


class Association(ctypes.Structure):
    """WLAN_ASSOCIATION_ATTRIBUTES."""

    _fields_ = (
        ("ssid", Ssid),
        ("bss_type", c_uint32),
        ("bssid", c_ubyte * 6),
        ("phy_type", c_uint32),
        ("phy_index", c_uint32),
        ("signal_quality", c_uint32),
        ("rx_rate", c_uint32),
        ("tx_rate", c_uint32),
    )


class ConnectionAttributes(ctypes.Structure):
    """WLAN_CONNECTION_ATTRIBUTES."""

    _fields_ = (
        ("state", c_uint32),
        ("mode", c_uint32),
        ("profile", c_uint16 * 256),
        ("association", Association),
        ("security", c_uint32 * 4),
    )


class BssEntry(ctypes.Structure):
    """WLAN_BSS_ENTRY."""

    _fields_ = (
        ("ssid", Ssid),
        ("phy_id", c_uint32),
        ("bssid", c_ubyte * 6),
        ("bss_type", c_uint32),
        ("phy_type", c_uint32),
        ("rssi", c_int32),
        ("link_quality", c_uint32),
        ("in_reg_domain", c_ubyte),
        ("beacon_period", c_uint16),
        ("timestamp", c_uint64),
        ("host_timestamp", c_uint64),
        ("capability", c_uint16),
        ("frequency_khz", c_uint32),
        ("rate_count", c_uint32),
        ("rates", c_uint16 * 126),
        ("elements_offset", c_uint32),
        ("elements_size", c_uint32),
    )


def _ssid(name: bytes) -> Ssid:
    return Ssid(len(name), (c_ubyte * 32)(*name[:32]))


def _address(bssid: str) -> ctypes.Array[c_ubyte]:
    return (c_ubyte * 6)(*bytes.fromhex(bssid.replace(":", "")))


def interface_list(states: Sequence[int]) -> bytes:
    """WLAN_INTERFACE_INFO_LIST; the GUIDs are 16 times the interface's number."""
    infos = [InterfaceInfo(guid=(c_ubyte * 16)(*[number] * 16), state=state) for number, state in enumerate(states)]
    return bytes(c_uint32(len(infos))) + bytes(c_uint32(0)) + b"".join(map(bytes, infos))


def connection(
    ssid: bytes, bssid: str, *, phy_type: int = 10, rx_kbit_s: int = 866_700, tx_kbit_s: int = 780_000
) -> bytes:
    """WLAN_CONNECTION_ATTRIBUTES of a connected radio."""
    association = Association(_ssid(ssid), 1, _address(bssid), phy_type, 0, 88, rx_kbit_s, tx_kbit_s)
    profile = (c_uint16 * 256)(*"Skolprofil".encode("ascii"))
    return bytes(ConnectionAttributes(1, 0, profile, association, (c_uint32 * 4)(1, 0, 7, 4)))


def bss_list(*stations: tuple[bytes, str, int, int], elements: bytes = b"\0\1x") -> bytes:
    """WLAN_BSS_LIST of (name, address, dBm, kHz); elements lie behind the entries, as Windows lays them."""
    entries = [
        BssEntry(_ssid(name), 0, _address(bssid), 1, 10, rssi, 80, 1, 100, 1, 2, 0x1511, khz, 0)
        for name, bssid, rssi, khz in stations
    ]
    image = b"".join(map(bytes, entries)) + elements * len(entries)
    return bytes(c_uint32(8 + len(image))) + bytes(c_uint32(len(entries))) + image
