"""`provklar poll --ports`: every port of a device, so that one sees which the school's line hangs on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from collector.clock import utc_now
from collector.commands.printing import say
from collector.i18n.messages import Language, number
from collector.snmp.gear import Gear
from collector.snmp.interfaces import NoInterfaceError, SnmpInterface
from collector.snmp.ports import read_ports
from collector.snmp.session import Sessions

DEADLINE_S = 120.0

Ports = dict[str, list[SnmpInterface] | str]
"""By the device's id its ports, or the code of why they could not be read."""


async def ports_of(sessions: Sessions, wanted: Sequence[Gear]) -> Ports:
    """Asks all devices at the same time."""
    try:
        found = await asyncio.gather(*(_ports(sessions, gear) for gear in wanted))
    finally:
        sessions.close()
    return {gear.id: ports for gear, ports in zip(wanted, found, strict=True)}


async def _ports(sessions: Sessions, gear: Gear) -> list[SnmpInterface] | str:
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await read_ports(sessions.open(gear.target), utc_now)
    except NoInterfaceError as error:
        return error.code
    except TimeoutError:
        return "timeout"


def told_ports(ports: Sequence[SnmpInterface], language: Language) -> Iterator[str]:
    """A line for each port, those that are up first, as one of them is the uplink."""
    if not ports:
        yield say("poll_ports_none", language)
    for port in sorted(ports, key=lambda one: one.up is not True):
        yield told_port(port, language)
        if spoiled := _spoiled(port):
            yield say("poll_port_spoiled", language, packets=number(spoiled, language))
    if ports:
        yield say("poll_ports_next", language)


def told_port(port: SnmpInterface, language: Language) -> str:
    """Its name, whether it is up, and how fast. Ports that are down often tell a speed of 0: that is none."""
    state = "poll_port_unclear" if port.up is None else "poll_port_up" if port.up else "poll_port_down"
    speed = say("poll_speed_unknown", language)
    if port.speed_mbit_s:
        speed = say("poll_speed", language, speed=port.speed_mbit_s)
    return say("poll_port", language, name=port.name, state=say(state, language), speed=speed)


def _spoiled(port: SnmpInterface) -> int:
    """Packets with errors and packets thrown away since the device counts, both ways."""
    return sum(count or 0 for count in (port.errors_in, port.errors_out, port.discards_in, port.discards_out))
