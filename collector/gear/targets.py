"""Which network gear the configuration names, and by what it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from collector.configuration.model import Configuration
from collector.configuration.network import NetworkDevice
from collector.gear.credentials import credentials
from collector.gear.readings import GearLocation
from collector.snmp.gear import Gear
from collector.snmp.lldp import SwitchPort as Link
from collector.snmp.pysnmp_sessions import PysnmpSessions
from collector.snmp.secrets import SecretError
from collector.snmp.session import Sessions, Target
from collector.store.gear import GearKey


def open_sessions() -> Sessions:
    """By gufo-snmp where the extra `snmp-fast` is installed, else by pysnmp."""
    if find_spec("gufo") is None:
        return PysnmpSessions()
    from collector.snmp.gufo_sessions import GufoSessions  # noqa: PLC0415  - an extra

    return GufoSessions()


def gear_of(configuration: Configuration) -> tuple[list[Gear], dict[GearKey, str]]:
    """The devices that can be asked, and the error code of those whose secrets cannot be used."""
    wanted: list[Gear] = []
    closed: dict[GearKey, str] = {}
    for device in configuration.network:
        try:
            opener = credentials(configuration.folder, device)
        except SecretError as error:
            closed[key_of(device)] = f"secret_{error.code}"
            continue
        wanted.append(
            Gear(
                id=device.id,
                school=device.school,
                target=Target(device.address, opener, device.port),
                uplink=device.uplink,
                has_radios=device.role != "switch",
                has_links=bool(device.ports),
                uplink_every_s=device.uplink_every_s,
                wireless_every_s=device.wireless_every_s,
            )
        )
    return wanted, closed


def key_of(device: NetworkDevice) -> GearKey:
    """What the store knows the device by."""
    return (device.school or "", device.id)


def rooms_by_port(network: Sequence[NetworkDevice]) -> dict[Link, GearLocation]:
    """Where the ports of switches lead."""
    return {
        Link(device.id, port.port): GearLocation(device.school, port.room)
        for device in network
        if device.school is not None
        for port in device.ports
    }
