"""Rung `gateway`: whether the way out of the own network has somebody at its end.

An echo where the system lets ordinary users send one, else a TCP connection: that it is refused is an answer too.
A gateway may keep silent and still forward, so silence (`gateway_silent`) is settled by the rungs beyond it.
"""

from __future__ import annotations

import errno
import socket
from functools import partial

from agent import echo
from agent.ladder.outcome import Outcome, RungFailedError
from agent.ladder.routes import linux_gateways, macos_gateways, windows_gateways
from agent.system import Address, CommandFailedError, System
from agent.threads import Pending
from agent.wire import Rung

ANSWER_TIMEOUT_S = 3.5
"""Longer than a system looks for the hardware address of a neighbour, so that one who is gone is not just silent."""
KNOCK_PORTS = (53, 80, 443)
COMMAND_TIMEOUT_S = 5.0
_SPARE_S = 0.2
_LOOK_S = 0.02

_EVERYWHERE = "0.0.0.0"  # noqa: S104  the destination of a default route; nothing listens there
_NOBODY_THERE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN}


def read(system: System, rung: Rung, _until_s: float) -> Outcome:
    """Fails as `no_default_route`, `gateway_gone` or `gateway_silent`."""
    gateways = [rung.target] if rung.target else gateways_of(system)
    if not gateways:
        raise RungFailedError("no_default_route")
    address = gateways[0]
    if _answers(system, address):
        return Outcome()
    raise RungFailedError("gateway_silent")


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


def _answers(system: System, address: str) -> bool:
    """Echo and knocks side by side: one answer of any kind is enough, and silence is waited for once."""
    tries = [Pending(partial(_echoes, system, address), "echo")]
    tries += [Pending(partial(_knocks, system, address, port), f"port {port}") for port in KNOCK_PORTS]
    until_s = system.monotonic_s() + ANSWER_TIMEOUT_S + _SPARE_S
    while waiting := [one for one in tries if one.is_running]:
        if any(one.result(0) for one in tries if not one.is_running) or system.monotonic_s() > until_s:
            break
        waiting[0].wait(_LOOK_S)
    return any(one.result(0) for one in tries if not one.is_running)


def _echoes(system: System, address: str) -> bool:
    """Whether an ICMP echo comes back. False too where the system lets ordinary users send none."""
    try:
        with echo.opened(system, Address(socket.AF_INET, (address, 0))) as link:
            echo.round_trip_s(link, 1, ANSWER_TIMEOUT_S, system.monotonic_s)
            return True
    except OSError as error:
        return _silence(error)


def _knocks(system: System, address: str, port: int) -> bool:
    """Whether somebody takes or refuses a connection."""
    try:
        system.connect(Address(socket.AF_INET, (address, port)), ANSWER_TIMEOUT_S).close()
    except ConnectionRefusedError:
        return True
    except OSError as error:
        return _silence(error)
    return True


def _silence(error: OSError) -> bool:
    if error.errno in _NOBODY_THERE:
        raise RungFailedError("gateway_gone") from error
    return False
