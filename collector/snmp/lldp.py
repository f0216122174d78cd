"""Who hangs on which port of a switch, by LLDP-MIB, and which access points those are.

A wrong port would place an access point in a wrong room: what fits more than once, or is told only by a number that may
mean anything, places nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from collector.snmp.access_points import AccessPoint, mac_text
from collector.snmp.interfaces import IF_ENTRY, IF_NAME, number, text
from collector.snmp.session import DEFAULT_LIMITS, Oid, Session, SnmpAnswer, SnmpProblem, Value, WalkLimits, oid

LOCAL_PORT = oid("1.0.8802.1.1.2.1.3.7.1")
REMOTE = oid("1.0.8802.1.1.2.1.4.1.1")
LOCAL_ID_KIND, LOCAL_ID, LOCAL_DESCRIPTION = ((*LOCAL_PORT, column) for column in (2, 3, 4))
CHASSIS_KIND, CHASSIS, PORT_KIND, PORT, PORT_DESCRIPTION, NAME = ((*REMOTE, column) for column in (4, 5, 6, 7, 8, 9))
IF_MAC = (*IF_ENTRY, 6)
WALKED = (
    CHASSIS_KIND, CHASSIS, PORT_KIND, PORT, PORT_DESCRIPTION, NAME, LOCAL_ID_KIND, LOCAL_ID, LOCAL_DESCRIPTION, IF_NAME,
    IF_MAC,
)  # fmt: skip
"""Columns that are read, the neighbours first."""
HOPELESS: tuple[SnmpProblem, ...] = ("timeout", "unreachable", "auth")

CHASSIS_IS_MAC = 4
PORT_IS_MAC, PORT_IS_INTERFACE_NAME, PORT_IS_LOCAL = 3, 5, 7


@dataclass(frozen=True)
class Neighbour:
    """What one device says of itself on one port. `local_port` is called as the switch calls its interface, where that
    is told. `remote_mac` is its chassis' address, lower case with colons.
    """

    local_port: str
    remote_name: str
    remote_mac: str | None
    remote_port: str


class Neighbours(NamedTuple):
    """Those that were heard, in the switch's order; `problem` if there may be more."""

    found: list[Neighbour]
    problem: SnmpProblem | None


class SwitchPort(NamedTuple):
    """A port of a switch, by the switch's id and the port's name."""

    switch: str
    port: str


async def neighbours(session: Session, limits: WalkLimits = DEFAULT_LIMITS) -> Neighbours:
    """Asks a switch for all that it hears. One without LLDP has none, and that is no problem."""
    tables: dict[Oid, SnmpAnswer] = {}
    for column in WALKED:
        answer = tables[column] = await session.walk(column, limits)
        if answer.problem in HOPELESS:
            return Neighbours([], answer.problem)
        if column == CHASSIS_KIND and not answer.values:
            return Neighbours([], None if answer.problem == "no_such" else answer.problem)
    return heard(tables)


def heard(tables: Mapping[Oid, SnmpAnswer]) -> Neighbours:
    """The neighbours that the tables tell of. Pure."""
    columns = {root: _by_index(root, answer) for root, answer in tables.items()}
    problems = [answer.problem for answer in tables.values() if answer.problem not in {None, "no_such"}]
    ports = _port_names(columns)
    found = [
        Neighbour(
            local_port=ports.get(index[1], str(index[1])),
            remote_name=text(columns[NAME].get(index)),
            remote_mac=_mac(chassis) if columns[CHASSIS_KIND].get(index) == CHASSIS_IS_MAC else None,
            remote_port=_remote_port(columns, index),
        )
        for index, chassis in columns[CHASSIS].items()
        if len(index) == 3  # the time of the change, the local port, a number
    ]
    return Neighbours(found, problems[0] if problems else None)


def place(points: Sequence[AccessPoint], switches: Mapping[str, Sequence[Neighbour]]) -> dict[str, SwitchPort]:
    """Access points by name, and the port that each hangs on: found by its address, else by its name. One that is heard
    on two ports, or whose name is another's too, is left out. Pure.
    """
    ports = [(SwitchPort(switch, one.local_port), one) for switch, heard in switches.items() for one in heard]
    names = Counter(point.name.casefold() for point in points)
    found: dict[str, SwitchPort] = {}
    for point in points:
        by_mac = {where for where, one in ports if point.mac is not None and one.remote_mac == point.mac}
        by_name = {where for where, one in ports if one.remote_name.casefold() == point.name.casefold()}
        fitting = by_mac or by_name
        if point.name and names[point.name.casefold()] == 1 and len(fitting) == 1:
            found[point.name] = fitting.pop()
    return found


def _by_index(root: Oid, answer: SnmpAnswer) -> dict[Oid, Value]:
    return {name[len(root) :]: value for name, value in answer.values.items()}


def _port_names(columns: Mapping[Oid, Mapping[Oid, Value]]) -> dict[int, str]:
    """The interfaces' names of local ports, by LLDP's number of the port."""
    names = {index[-1]: text(name) for index, name in columns[IF_NAME].items()}
    macs = {index[-1]: _mac(address) for index, address in columns[IF_MAC].items()}
    found: dict[int, str] = {}
    for index, kind in columns[LOCAL_ID_KIND].items():
        port, told = index[-1], columns[LOCAL_ID].get(index)
        name = _port_name(port, number(kind), told, names, macs) or text(columns[LOCAL_DESCRIPTION].get(index))
        if name:
            found[port] = name
    return found


def _port_name(
    port: int, kind: int | None, told: Value | None, names: Mapping[int, str], macs: Mapping[int, str | None]
) -> str | None:
    """A local port's name: told as such; or by an address, which a bundle of ports may have too; or by its number."""
    if kind == PORT_IS_INTERFACE_NAME:
        return text(told)
    if kind == PORT_IS_MAC:
        fitting = [index for index, address in macs.items() if address is not None and address == _mac(told)]
        return names.get(port) if port in fitting else names.get(fitting[0]) if len(fitting) == 1 else None
    if kind == PORT_IS_LOCAL:
        return names.get(port, text(told)) if text(told) == str(port) else text(told)
    return None


def _remote_port(columns: Mapping[Oid, Mapping[Oid, Value]], index: Oid) -> str:
    told = columns[PORT].get(index)
    if columns[PORT_KIND].get(index) == PORT_IS_MAC:
        return _mac(told) or text(columns[PORT_DESCRIPTION].get(index))
    return text(told) or text(columns[PORT_DESCRIPTION].get(index))


def _mac(value: Value | None) -> str | None:
    """An address told as six bytes, or written out as some switches do."""
    if not isinstance(value, bytes):
        return None
    if len(value) == 6:
        return mac_text(value)
    try:
        return mac_text(bytes.fromhex(text(value).replace(":", "").replace("-", "")))
    except ValueError:
        return None
