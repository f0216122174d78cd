"""`provklar poll`: asks network gear now and says what was found, in words, and what to do where it was not."""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from collector.app import read_configuration
from collector.clock import utc_now
from collector.commands.port_list import ports_of, told_port, told_ports
from collector.commands.printing import say
from collector.configuration.model import Configuration
from collector.configuration.network import NetworkDevice
from collector.configuration.problems import ConfigurationErrors
from collector.gear.readings import BIT_PER_MBIT, Places, places, unplaced
from collector.gear.targets import gear_of, key_of, open_sessions
from collector.i18n.messages import Language, number
from collector.snmp.access_points import rows
from collector.snmp.gear import Gear, GearPolls, Poll
from collector.snmp.poller import one_poll
from collector.snmp.session import Sessions
from collector.store.gear import GearKey

BETWEEN_S = 10
"""Between the two readings of a port; gear brings its counters up to date every few seconds."""

Polls = Mapping[str, Sequence[Poll]]
"""The polls of each device, by its id."""


def run(arguments: Namespace) -> int:
    """0 when every device answered, 1 when some did not, 2 when there is nothing to ask."""
    language: Language = arguments.language
    try:
        configuration = read_configuration(arguments.config, utc_now(), os.environ)
    except ConfigurationErrors as errors:
        print(errors.render(language), file=sys.stderr)
        return 2
    devices = [one for one in configuration.network if arguments.device in {None, one.id}]
    if not devices:
        print(_nothing(configuration, arguments.device, language), file=sys.stderr)
        return 2
    wanted, closed = gear_of(configuration)
    asked = [gear for gear in wanted if gear.id in {device.id for device in devices}]
    if arguments.ports:
        return _list_ports(devices, asked, closed, language)
    wait_s = 0 if arguments.once else BETWEEN_S
    if wait_s and any(gear.uplink for gear in asked):
        print(say("poll_again", language, seconds=wait_s), flush=True)
    found = asyncio.run(polled(open_sessions(), asked, wait_s))
    where = places(configuration.access_points)
    for device in devices:
        code = closed.get(key_of(device))
        print("\n".join(told(device, code, found.get(device.id, []), where, language)))
    return 1 if closed or any(poll.error_code for polls in found.values() for poll in polls) else 0


def _list_ports(
    devices: Sequence[NetworkDevice], asked: Sequence[Gear], closed: Mapping[GearKey, str], language: Language
) -> int:
    found = asyncio.run(ports_of(open_sessions(), asked))
    for device in devices:
        print(_heading(device, language))
        code, ports = closed.get(key_of(device)), found.get(device.id, [])
        if code is not None:
            print(_failed(code, "gear_todo_secret", language))
        elif isinstance(ports, str):
            print(_failed(ports, f"gear_todo_{ports}", language))
        else:
            print("\n".join(told_ports(ports, language)))
    return 1 if closed or any(isinstance(ports, str) for ports in found.values()) else 0


def _heading(device: NetworkDevice, language: Language) -> str:
    return say("poll_heading", language, id=device.id, address=f"{device.address}:{device.port}")


def _nothing(configuration: Configuration, name: str | None, language: Language) -> str:
    if name is None or not configuration.network:
        return say("poll_no_gear", language)
    return say("poll_unknown", language, name=name, known=", ".join(one.id for one in configuration.network))


async def polled(sessions: Sessions, wanted: Sequence[Gear], wait_s: float) -> Polls:
    """Asks all devices at the same time; ports twice, `wait_s` apart, unless that is 0."""
    try:
        found = await asyncio.gather(*(_ask(GearPolls(gear, sessions.open(gear.target), utc_now), wait_s)
                                       for gear in wanted))  # fmt: skip
    finally:
        sessions.close()
    return {gear.id: polls for gear, polls in zip(wanted, found, strict=True)}


async def _ask(polls: GearPolls, wait_s: float) -> list[Poll]:
    found: list[Poll] = []
    for job in polls.gear.rhythms:
        poll = await one_poll(polls, job, utc_now)
        if job == "uplink" and wait_s and poll.error_code is None:
            await asyncio.sleep(wait_s)
            poll = await one_poll(polls, job, utc_now)
        found.append(poll)
        if poll.error_code in {"timeout", "unreachable", "auth"}:
            break
    return found


def told(
    device: NetworkDevice, closed: str | None, polls: Sequence[Poll], where: Places, language: Language
) -> Iterator[str]:
    """What is to be said of a device: a heading, and a line for each thing that was found or was not."""
    yield _heading(device, language)
    if closed is not None:
        yield _failed(closed, "gear_todo_secret", language)
    for poll in polls:
        if poll.error_code is not None:
            yield _failed(poll.error_code, f"gear_todo_{poll.error_code}", language)
        yield from _port(poll, language)
        yield from _radios(poll, where, language)
        if poll.links is not None:
            yield say("poll_links", language, links=len(poll.links))


def _failed(code: str, todo: str, language: Language) -> str:
    what = say(f"gear_error_{code}", language)
    return say("poll_failed", language, what=what[0].upper() + what[1:], todo=say(todo, language))


def _port(poll: Poll, language: Language) -> Iterator[str]:
    port, load = poll.interface, poll.load
    if port is None:
        return
    yield told_port(port, language)
    if load is not None:
        down, up = (number(rate / BIT_PER_MBIT, language, 2) for rate in (load.in_bit_s, load.out_bit_s))
        yield say("poll_load", language, down=down, up=up, seconds=round(load.seconds))
    elif poll.error_code is None:
        code = "poll_no_load" if poll.gap is None else f"poll_gap_{poll.gap}"
        yield say(code, language)


def _radios(poll: Poll, where: Places, language: Language) -> Iterator[str]:
    if poll.wireless is None or poll.error_code is not None:
        return
    found = rows(poll.wireless)
    points, clients = len(poll.wireless.access_points), sum(row.clients or 0 for row in found)
    yield say("poll_radios", language, points=points, radios=len(found), clients=clients)
    doubts = Counter(row.unclear for row in found if row.unclear is not None)
    for doubt, count in sorted(doubts.items()):
        yield say("poll_radios_unclear", language, radios=count, reason=say(f"gear_doubt_{doubt}", language))
    lost = unplaced(poll, where)
    if lost:
        yield say("poll_radios_unplaced", language, radios=lost)
