"""Rung `gateway`: whether the way out of the own network has somebody at its end.

An echo where the system lets ordinary users send one, else a TCP connection: that it is refused is an answer too.
A gateway may keep silent and still forward, so silence (`gateway_silent`) is settled by the rungs beyond it.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from functools import partial

from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.measuring import icmp
from agent.measuring.gateway import default_gateway
from agent.protocol.wire import Rung
from agent.system.deadlines import Deadlined
from agent.system.machine import System
from agent.system.network import Address

ANSWER_TIMEOUT_S = 3.5
"""Longer than a system looks for the hardware address of a neighbour, so that one who is gone is not just silent."""
KNOCK_PORTS = (53, 80, 443)
_SPARE_S = 0.2
_LOOK_S = 0.02

_NOBODY_THERE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN}


def read(system: System, rung: Rung, _until_s: float) -> RungOutcome:
    """Fails as `no_default_route`, `gateway_gone` or `gateway_silent`."""
    address = _written(rung.target) if rung.target else default_gateway(system)
    if address is None and _may_use_ipv6(system):
        raise RungFailedError("gateway_silent", ipv6=True)
    if address is None:
        raise RungFailedError("no_default_route")
    if _answers(system, address):
        return RungOutcome()
    raise RungFailedError("gateway_silent")


def _written(target: str) -> Address:
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    return Address(family, (target, 0, 0, 0) if family == socket.AF_INET6 else (target, 0))


def _may_use_ipv6(system: System) -> bool:
    """Whether a gateway that is not told (Windows and macOS tell that of IPv4 here) may lead out all the same."""
    addresses = [address for one in system.interfaces() if one.is_up for address in one.addresses]
    return system.platform_name() != "linux" and any(
        ipaddress.ip_address(one).is_global for one in addresses if ":" in one
    )


def _answers(system: System, address: Address) -> bool:
    """Echo and knocks side by side: one answer of any kind is enough, and silence is waited for once."""
    tries = [Deadlined(partial(_echoes, system, address), "echo")]
    tries += [Deadlined(partial(_knocks, system, address, port), f"port {port}") for port in KNOCK_PORTS]
    until_s = system.monotonic_s() + ANSWER_TIMEOUT_S + _SPARE_S
    while waiting := [one for one in tries if one.is_running]:
        if any(one.result(0) for one in tries if not one.is_running) or system.monotonic_s() > until_s:
            break
        waiting[0].wait(_LOOK_S)
    return any(one.result(0) for one in tries if not one.is_running)


def _echoes(system: System, address: Address) -> bool:
    """Whether an ICMP echo comes back. False too where the system lets ordinary users send none."""
    try:
        with icmp.opened(system, address) as link:
            icmp.round_trip_s(link, 1, ANSWER_TIMEOUT_S, system.monotonic_s)
            return True
    except OSError as error:
        return _silence(error)


def _knocks(system: System, address: Address, port: int) -> bool:
    """Whether somebody takes or refuses a connection."""
    try:
        host, _, *scope = address.sockaddr
        system.connect(Address(address.family, (host, port, *scope)), ANSWER_TIMEOUT_S).close()
    except ConnectionRefusedError:
        return True
    except OSError as error:
        return _silence(error)
    return True


def _silence(error: OSError) -> bool:
    if error.errno in _NOBODY_THERE:
        raise RungFailedError("gateway_gone") from error
    return False
