"""Where the machine sends what is not for its own network: the default gateways, as each system tells them. Pure."""

from __future__ import annotations

import re
from ipaddress import IPv4Address

_GATEWAY_FLAG = 0x2
_UP_FLAG = 0x1


def linux_gateways(proc_net_route: str) -> list[str]:
    """Gateways of the default routes in `/proc/net/route`, the preferred first. Addresses stand there backwards."""
    found: list[tuple[int, str]] = []
    for line in proc_net_route.splitlines()[1:]:
        cells = line.split()
        if len(cells) < 8 or cells[1] != "00000000" or cells[7] != "00000000":
            continue
        flags = int(cells[3], 16)
        if flags & _UP_FLAG and flags & _GATEWAY_FLAG:
            found.append((int(cells[6]), str(IPv4Address(int(cells[2], 16).to_bytes(4, "little")))))
    return [address for _, address in sorted(found)]


def windows_gateways(route_print: str) -> list[str]:
    """Gateways in the answer to `route print -4 0.0.0.0`: the third address of a default route's line."""
    return re.findall(r"^\s*0\.0\.0\.0\s+0\.0\.0\.0\s+(\d+\.\d+\.\d+\.\d+)\s", route_print, flags=re.MULTILINE)


def macos_gateways(route_get: str) -> list[str]:
    """The gateway in the answer to `route -n get default`."""
    return re.findall(r"^\s*gateway:\s*(\d+\.\d+\.\d+\.\d+)\s*$", route_get, flags=re.MULTILINE)
