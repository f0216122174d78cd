"""Rung `link`: whether this machine has a network at all. Asks nobody."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.protocol.wire import Rung
from agent.system.machine import System
from agent.system.network import NetworkInterface


def read(system: System, _rung: Rung, _until_s: float) -> RungOutcome:
    """The machine's interfaces, judged."""
    return judge(system.interfaces())


def judge(interfaces: Sequence[NetworkInterface]) -> RungOutcome:
    """One interface that is up and has an address from a network is enough. Fails as `no_link` or `no_address`."""
    outward = [one for one in interfaces if not _only_loopback(one)]
    up = [one for one in outward if one.is_up]
    if not up:
        raise RungFailedError("no_link")
    if not any(_is_given(address) for one in up for address in one.addresses):
        raise RungFailedError("no_address")
    return RungOutcome({"links_count": len(up)})


def _only_loopback(interface: NetworkInterface) -> bool:
    return interface.name in {"lo", "lo0"} or (
        bool(interface.addresses) and all(ipaddress.ip_address(one).is_loopback for one in interface.addresses)
    )


def _is_given(address: str) -> bool:
    """An address that somebody gave: not one that the machine made up for itself."""
    found = ipaddress.ip_address(address)
    return not (found.is_link_local or found.is_loopback)
