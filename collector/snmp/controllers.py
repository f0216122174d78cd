"""What a controller's tables say of its access points and radios. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.protocol.wifi_channels import Band, band_of_channel
from collector.snmp.access_points import AccessPoint, Radio, What, WirelessDoubt, WirelessStatus, mac_text
from collector.snmp.interfaces import number, text
from collector.snmp.session import Oid, SnmpAnswer, Value
from collector.snmp.vendor_profile import VendorProfile

Tables = Mapping[Oid, SnmpAnswer]
"""What was read, by column root or single object."""
Column = dict[Oid, Value]
"""A column's values, by index."""
UnknownFields = dict[What, WirelessDoubt]


def wireless(family: VendorProfile, tables: Tables) -> WirelessStatus:
    """What the tables say; nothing is compared yet."""
    unknown: UnknownFields = {}
    return WirelessStatus(
        access_points=_access_points(family, tables, unknown),
        radios=_radios(family, tables, unknown),
        clients=total(family.clients_total, tables, unknown),
        unknown=unknown,
    )


def column(tables: Tables, root: Oid | None, what: What, unknown: UnknownFields) -> Column:
    """A column's values by index; none, and the reason in `unknown`, unless all of it was read."""
    answer = SnmpAnswer({}, None) if root is None else tables[root]
    if root is None or answer.problem == "no_such":
        unknown.setdefault(what, "not_told")
        return {}
    if answer.problem is not None:
        unknown[what] = answer.problem
        return {}
    return {name[len(root) :]: value for name, value in answer.values.items()}


def total(name: Oid | None, tables: Tables, unknown: UnknownFields) -> int | None:
    """A single number; the reason in `unknown` where it is not told."""
    answer = SnmpAnswer({}, "no_such") if name is None else tables[name]
    found = None if name is None else number(answer.values.get(name))
    if found is None:
        unknown["total"] = "not_told" if answer.problem in {None, "no_such"} else answer.problem
    return found


def _access_points(family: VendorProfile, tables: Tables, unknown: UnknownFields) -> list[AccessPoint]:
    names = column(tables, family.access_point_name, "access_points", unknown)
    states = column(tables, family.access_point_state, "access_points", unknown) if family.access_point_state else {}
    clients = column(tables, family.access_point_clients, "access_point_clients", unknown)
    macs = column(tables, family.access_point_mac, "radio_macs", {})
    return [
        AccessPoint(
            key=key,
            name=text(name),
            up=_up(family, states.get(key)),
            clients=count(clients.get(key)),
            mac=mac_of_key(key) if family.key_is_access_point_mac else mac(macs.get(key)),
        )
        for key, name in names.items()
    ]


def _up(family: VendorProfile, state: Value | None) -> bool | None:
    """None where the state is not told, or told in another type than this family's."""
    if family.access_point_state is None:
        return True
    return state in family.states_up if type(state) in map(type, family.states_up) else None


def _radios(family: VendorProfile, tables: Tables, unknown: UnknownFields) -> list[Radio]:
    channels = column(tables, family.radio_channel, "radio_channels", unknown)
    utilisation = column(tables, family.radio_utilisation, "radio_utilisation", unknown)
    clients = column(tables, family.radio_clients, "radio_clients", unknown)
    keys = sorted(channels.keys() | utilisation.keys() | clients.keys())
    if not keys:
        unknown["radios"] = unknown.get("radio_channels", "not_told")
    owners = _owners(family, tables, keys, unknown)
    macs = _macs(family, tables, keys, owners, unknown)
    bands = _bands(family, tables, channels, unknown)
    return [
        Radio(
            access_point=owners[key],
            number=key[-1],
            channel=count(channels.get(key)) or None,
            utilisation_percent=percent(utilisation.get(key)),
            clients=count(clients.get(key)),
            band=bands.get(key),
            mac=macs.get(key),
        )
        for key in keys
        if key in owners
    ]


def _owners(family: VendorProfile, tables: Tables, keys: Iterable[Oid], unknown: UnknownFields) -> dict[Oid, Oid]:
    """Each radio's access point: by its index, or by the name that its row tells."""
    if family.radio_owner is None:
        return {key: key[:-1] for key in keys}
    named = column(tables, family.access_point_name, "access_points", {})
    points = {text(name): key for key, name in named.items()}
    owners = column(tables, family.radio_owner, "radios", unknown)
    return {key: points[text(owner)] for key, owner in owners.items() if text(owner) in points}


def _macs(
    family: VendorProfile, tables: Tables, keys: Iterable[Oid], owners: Mapping[Oid, Oid], unknown: UnknownFields
) -> dict[Oid, str]:
    """Each radio's base address: told, or the lowest of its networks' addresses, or its access point's key."""
    if family.key_is_radio_mac:
        found: dict[Oid, str | None] = {key: mac_of_key(owners[key]) for key in keys if key in owners}
    elif family.networks is not None:
        found = _lowest_bssids(column(tables, family.networks, "radio_macs", unknown), set(keys))
    else:
        told = column(tables, family.radio_mac, "radio_macs", unknown)
        found = {key: mac(value) for key, value in told.items()}
    return {key: address for key, address in found.items() if address is not None}


def _lowest_bssids(networks: Column, keys: set[Oid]) -> dict[Oid, str | None]:
    """By radio. A network's index is its radio's, and then its number or its BSSID."""
    lowest: dict[Oid, str | None] = {}
    for index, value in networks.items():
        bssid = mac_of_key(index[-6:]) if index[:-6] in keys else mac(value)
        radio = index[:-6] if index[:-6] in keys else index[:-1]
        known = lowest.get(radio)
        if bssid is not None and (known is None or bssid < known):
            lowest[radio] = bssid
    return lowest


def _bands(family: VendorProfile, tables: Tables, channels: Column, unknown: UnknownFields) -> dict[Oid, Band | None]:
    """Told by a code, else by the channel where its number is in one band only."""
    doubts: UnknownFields = {}
    codes = column(tables, family.radio_band, "radio_bands", doubts)
    read = family.read_band
    bands: dict[Oid, Band | None] = {}
    for key, channel in channels.items():
        told = count(channel)
        bands[key] = band_of_channel(told, knows_6_ghz=family.knows_6_ghz) if told else None
    if read is not None:
        bands |= {key: band for key, code in codes.items() if (band := read(code)) is not None}
    if None in bands.values():
        unknown |= doubts
    return bands


def count(value: Value | None) -> int | None:
    """How many; a negative number is a code for something else."""
    told = number(value)
    return told if told is not None and told >= 0 else None


def percent(value: Value | None) -> int | None:
    """A share in percent; what lies outside is a code for something else."""
    share = number(value)
    return share if share is not None and 0 <= share <= 100 else None


def mac(value: Value | None) -> str | None:
    """A MAC address told as six bytes, or written with hyphens, colons or dots; None for anything else."""
    if not isinstance(value, bytes):
        return None
    if len(value) == 6:
        return mac_text(value)
    digits = text(value).translate(str.maketrans("", "", "-:. "))
    try:
        return mac_text(bytes.fromhex(digits))
    except ValueError:
        return None


def mac_of_key(key: Oid) -> str | None:
    """An index of six numbers, or of their count and them, as a MAC address."""
    octets = key[1:] if len(key) == 7 and key[0] == 6 else key
    return mac_text(bytes(octets)) if len(octets) == 6 and max(octets) < 256 else None
