"""The default gateway of this machine as an address to measure against. It never leaves the device."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

from agent.measuring.routes import linux_gateways, macos_gateways, windows_gateways
from agent.system.machine import System
from agent.system.network import Address
from agent.system.programs import CommandFailedError

COMMAND_TIMEOUT_S = 5.0
ROUTES_IPV6 = "/proc/net/ipv6_route"
_UP_AND_GATEWAY = 0x3
_EVERYWHERE = "0.0.0.0"  # noqa: S104  the destination of a default route; nothing listens there


def default_gateway(system: System) -> Address | None:
    """The next hop of the preferred default route, IPv4 before IPv6; None where there is none or the system does not
    tell. PermissionError where it is hidden.
    """
    ipv4 = gateways_of(system)
    if ipv4:
        return Address(socket.AF_INET, (ipv4[0], 0))
    return ipv6_gateway(system.read_text(ROUTES_IPV6) or "", system.interface_index)


def ipv6_gateway(table: str, interface_index: Callable[[str], int]) -> Address | None:
    """From /proc/net/ipv6_route. A link-local gateway is reached only with the number of its interface."""
    routes: list[tuple[int, str, str]] = []
    for line in table.splitlines():
        fields = line.split()
        if len(fields) < 10 or fields[0].strip("0") or fields[1] != "00":
            continue
        if int(fields[8], 16) & _UP_AND_GATEWAY == _UP_AND_GATEWAY:
            routes.append((int(fields[5], 16), str(ipaddress.IPv6Address(bytes.fromhex(fields[4]))), fields[9]))
    if not routes:
        return None
    _, address, interface = min(routes)
    scope = interface_index(interface) if ipaddress.IPv6Address(address).is_link_local else 0
    return Address(socket.AF_INET6, (address, 0, 0, scope))


def gateways_of(system: System) -> list[str]:
    """The machine's IPv4 gateways, the preferred first; none where the system does not say."""
    name = system.platform_name()
    if name == "linux":
        return linux_gateways(system.read_text("/proc/net/route") or "")
    try:
        if name == "windows":
            return windows_gateways(system.output_of(["route", "print", "-4", _EVERYWHERE], COMMAND_TIMEOUT_S))
        return macos_gateways(system.output_of(["route", "-n", "get", "default"], COMMAND_TIMEOUT_S))
    except CommandFailedError:
        return []
