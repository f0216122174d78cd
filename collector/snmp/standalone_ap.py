"""What an access point without a controller says of itself. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from agent.protocol.wifi_channels import Band, band_of, band_of_channel, channel_of
from collector.snmp.access_points import AccessPoint, Radio, What, WirelessStatus
from collector.snmp.controllers import Column, Tables, UnknownFields, column, count, mac, percent
from collector.snmp.interfaces import text
from collector.snmp.session import Oid
from collector.snmp.vendor_profile import SYS_NAME, Standalone

ITSELF: Oid = ()
"""The key of the only access point there is."""
LOWEST_MHZ = 1_000
"""From here on a channel is told as a frequency."""


@dataclass(frozen=True)
class _Network:
    index: Oid
    radio: str
    bssid: str | None
    channel: int | None
    band: Band | None
    clients: int | None


def standalone(family: Standalone, tables: Tables) -> WirelessStatus:
    """Its radios, each with the clients of all its networks."""
    unknown: UnknownFields = {"access_point_clients": "not_told", "total": "not_told"}
    networks = _networks(family, tables, unknown)
    name = text(tables[SYS_NAME].values.get(SYS_NAME))
    points = [AccessPoint(ITSELF, name, up=True, clients=None)] if networks else []
    if not networks:
        unknown["access_points"] = unknown.get("radio_macs", "not_told")
        unknown["radios"] = unknown["access_points"]
    return WirelessStatus(points, _radios(family, tables, networks, unknown), None, unknown)


def _networks(family: Standalone, tables: Tables, unknown: UnknownFields) -> list[_Network]:
    bssids = column(tables, family.network_bssid, "radio_macs", unknown)
    channels = _channels(family, tables, unknown)
    clients = column(tables, family.network_clients, "radio_clients", unknown)
    radios = column(tables, family.network_radio, "radios", unknown) if family.network_radio else {}
    serving = _serving(family, tables, unknown)
    tuned = {index: _tuned(count(channels.get(index)), knows_6_ghz=family.knows_6_ghz) for index in bssids}
    return [
        _Network(
            index=index,
            radio=text(_radio_name(radios, index)) or str(index),
            bssid=mac(bssid),
            channel=tuned[index][0],
            band=family.bands.get(_radio_name(radios, index), tuned[index][1]),
            clients=count(clients.get(index)),
        )
        for index, bssid in bssids.items()
        if serving is None or index in serving
    ]


def _radio_name(radios: Column, index: Oid) -> bytes:
    """What a network's row calls its radio."""
    name = radios.get(index)
    return name.strip(b"\0 ") if isinstance(name, bytes) else b""


def _channels(family: Standalone, tables: Tables, unknown: UnknownFields) -> Column:
    """The first that is told, row by row; a problem only where no column was read."""
    found: Column = {}
    doubts: UnknownFields = {}
    for root in family.channels:
        found = column(tables, root, "radio_channels", doubts) | found
    if not found:
        unknown |= doubts
    return found


def _serving(family: Standalone, tables: Tables, unknown: UnknownFields) -> set[Oid] | None:
    """The rows of radios that serve clients; None where nothing is told of roles."""
    if family.role is None:
        return None
    roles = column(tables, family.role, "radios", unknown)
    return {index for index, role in roles.items() if role in family.roles_serving}


def _tuned(told: int | None, *, knows_6_ghz: bool) -> tuple[int | None, Band | None]:
    """Channel and band of what was told, a channel's number or a frequency in MHz."""
    if not told:
        return None, None
    if told < LOWEST_MHZ:
        return told, band_of_channel(told, knows_6_ghz=knows_6_ghz)
    return channel_of(told), band_of(told)


def _radios(family: Standalone, tables: Tables, networks: list[_Network], unknown: UnknownFields) -> list[Radio]:
    utilisation = _utilisation(family, tables, unknown)
    of_radio: dict[str, list[_Network]] = defaultdict(list)
    for network in networks:
        of_radio[network.radio].append(network)
    return [
        Radio(
            access_point=ITSELF,
            number=number,
            channel=next((network.channel for network in group if network.channel), None),
            utilisation_percent=utilisation.get(name),
            clients=_sum(group),
            band=next((network.band for network in group if network.band), None),
            mac=min((network.bssid for network in group if network.bssid), default=None),
        )
        for number, (name, group) in enumerate(of_radio.items())
    ]


def _utilisation(family: Standalone, tables: Tables, unknown: UnknownFields) -> dict[str, int | None]:
    """By the radio's name."""
    what: What = "radio_utilisation"
    shares = column(tables, family.radio_utilisation, what, unknown)
    names = column(tables, family.radio_name, what, unknown) if family.radio_name else {}
    return {text(name): percent(shares.get(index)) for index, name in names.items()}


def _sum(networks: list[_Network]) -> int | None:
    """None unless every network told its clients."""
    known = [network.clients for network in networks if network.clients is not None]
    return sum(known) if len(known) == len(networks) else None
