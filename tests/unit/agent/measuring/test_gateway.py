"""The default gateway, from recorded routing tables."""

from __future__ import annotations

import socket

import pytest

from agent.measuring.gateway import ROUTES_IPV6, default_gateway, ipv6_gateway
from agent.system.machine import System
from agent.system.network import Address
from agent.system.programs import CommandFailedError

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
WIFI = "wlp2s0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
NEIGHBOURS = "wlp2s0\t0001A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n"
ZERO = "0" * 32
LINK_LOCAL = f"{ZERO} 00 {ZERO} 00 fe800000000000000000000000000001 00000400 00000003 00000000 00000003     wlp2s0\n"
GLOBAL = f"{ZERO} 00 {ZERO} 00 20010db8000000000000000000000001 00000100 00000003 00000000 00000003     eth0\n"
UNREACHABLE = f"{ZERO} 00 {ZERO} 00 {ZERO} 00 ffffffff 00000001 00000000 00200200       lo\n"
PREFIX = f"20010db8{'0' * 24} 40 {ZERO} 00 {ZERO} 00000100 00000001 00000000 00000001     eth0\n"


class Routed(System):
    """A machine with these routing tables."""

    def __init__(self, platform: str, **tables: str) -> None:
        super().__init__()
        self._platform = platform
        self._tables = {"/proc/net/route": tables.get("ipv4"), ROUTES_IPV6: tables.get("ipv6")}

    def platform_name(self) -> str:
        return self._platform

    def read_text(self, path: str) -> str | None:
        return self._tables[path] if self._platform == "linux" else None

    def output_of(self, command: object, deadline_s: float) -> str:
        raise CommandFailedError("not there")

    def interface_index(self, name: str) -> int:
        return {"wlp2s0": 3, "eth0": 2}[name]


def test_ipv4_before_ipv6() -> None:
    """As most machines would go."""
    system = Routed("linux", ipv4=HEAD + NEIGHBOURS + WIFI, ipv6=GLOBAL)
    assert default_gateway(system) == Address(socket.AF_INET, ("192.168.1.1", 0))


def test_ipv6_alone() -> None:
    """A link-local gateway comes with the number of its interface, without which nothing can be sent to it."""
    system = Routed("linux", ipv4=HEAD + NEIGHBOURS, ipv6=PREFIX + LINK_LOCAL + UNREACHABLE)
    assert default_gateway(system) == Address(socket.AF_INET6, ("fe80::1", 0, 0, 3))


def test_the_preferred_ipv6_route() -> None:
    """The lowest metric; a global address needs no interface."""
    found = ipv6_gateway(LINK_LOCAL + GLOBAL, Routed("linux").interface_index)
    assert found == Address(socket.AF_INET6, ("2001:db8::1", 0, 0, 0))


@pytest.mark.parametrize("table", ["", "\n", PREFIX, UNREACHABLE, "0 1 2\n", PREFIX + UNREACHABLE])
def test_no_ipv6_gateway(table: str) -> None:
    """Routes to prefixes, routes to nowhere and torn lines are none."""
    assert ipv6_gateway(table, Routed("linux").interface_index) is None


@pytest.mark.parametrize("system", [Routed("linux"), Routed("windows"), Routed("macos")])
def test_nothing_told(system: Routed) -> None:
    """No table, or a program that is not there."""
    assert default_gateway(system) is None
