"""The nouns of wireless gear: access points, their radios, and what could not be had of them and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from agent.protocol.wifi_channels import Band
from collector.snmp.session import Oid, SnmpProblem

What = Literal[
    "access_points",
    "access_point_clients",
    "radios",
    "radio_channels",
    "radio_bands",
    "radio_macs",
    "radio_utilisation",
    "radio_clients",
    "total",
]
WirelessDoubt = SnmpProblem | Literal["not_told", "disagree"]
"""Why something is unknown: a problem of the walk; no such table in this family; counts contradict each other."""


@dataclass(frozen=True)
class AccessPoint:
    """One access point. `key` is its index in the controller's tables; `mac` is what its switch knows it by, lower case
    with colons.
    """

    key: Oid
    name: str
    up: bool | None
    clients: int | None
    mac: str | None = None


@dataclass(frozen=True)
class Radio:
    """One radio of an access point. `mac` is its base address: its networks' BSSIDs differ from it in the last digits
    at most.
    """

    access_point: Oid
    number: int
    channel: int | None
    utilisation_percent: int | None
    clients: int | None
    band: Band | None = None
    mac: str | None = None


@dataclass(frozen=True)
class WirelessStatus:
    """What a controller, or an access point of its own, told. `unknown` says what could not be had, and why."""

    access_points: Sequence[AccessPoint]
    radios: Sequence[Radio]
    clients: int | None
    unknown: Mapping[What, WirelessDoubt] = field(default_factory=dict)


Unclear = WirelessDoubt | Literal["access_point_down", "not_per_radio", "not_counted"]
"""Why a radio's clients are not known: as above; its access point is not working; clients are told per access point
only; this one radio is missing in the counts.
"""


@dataclass(frozen=True)
class RadioRow:
    """One radio as it is to be kept; `clients` is None exactly where `unclear` says why. An access point that tells of
    no radio has one row without channel and band.
    """

    access_point: str
    mac: str | None
    band: Band | None
    channel: int | None
    utilisation_percent: int | None
    clients: int | None
    unclear: Unclear | None


def rows(found: WirelessStatus) -> list[RadioRow]:
    """Every radio with its access point's name, and every access point without radios, in the device's order. Pure."""
    points = {point.key: point for point in found.access_points}
    told = [_row(found, points.get(radio.access_point), radio) for radio in found.radios]
    with_radios = {radio.access_point for radio in found.radios}
    return told + [_bare(found, point) for key, point in points.items() if key not in with_radios]


def _row(found: WirelessStatus, point: AccessPoint | None, radio: Radio) -> RadioRow:
    unclear: Unclear | None = None
    if point is not None and point.up is False:
        unclear = "access_point_down"
    elif radio.clients is None:
        unclear = found.unknown.get("radio_clients", "not_counted")
    return RadioRow(
        access_point=point.name if point else _written(radio.access_point),
        mac=radio.mac,
        band=radio.band,
        channel=radio.channel,
        utilisation_percent=radio.utilisation_percent if unclear != "access_point_down" else None,
        clients=radio.clients if unclear is None else None,
        unclear=unclear,
    )


def _bare(found: WirelessStatus, point: AccessPoint) -> RadioRow:
    unclear: Unclear = found.unknown.get("radios", "not_told")
    if point.up is False:
        unclear = "access_point_down"
    elif point.clients is not None and unclear == "not_told":
        unclear = "not_per_radio"
    return RadioRow(point.name, None, None, None, None, None, unclear)


def _written(key: Oid) -> str:
    """An access point that has no name is called by its index, as a MAC address where it is one."""
    return mac_text(bytes(key)) or ".".join(map(str, key)) if all(part < 256 for part in key) else str(key)


def mac_text(octets: bytes) -> str | None:
    """Six bytes as a MAC address, lower case with colons; None for what is none: another length, or all zeros."""
    return octets.hex(":") if len(octets) == 6 and any(octets) else None
