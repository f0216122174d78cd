"""Who hangs on which port: recordings of switches, read anew from their raw lines; and where access points stand."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from collector.snmp.access_points import AccessPoint
from collector.snmp.interfaces import IF_NAME
from collector.snmp.lldp import (
    CHASSIS_KIND,
    IF_MAC,
    NAME,
    WALKED,
    Neighbour,
    Neighbours,
    SwitchPort,
    neighbours,
    place,
)
from collector.snmp.session import Oid, SnmpProblem, Value, oid
from tests.support.snmp_recordings import Recorded, octets, recording, written

REMOTE = "1.0.8802.1.1.2.1.4.1.1"
RECORDED = {
    "hpe-procurve-516733-b21": 5,
    "h3c-e528-2": 1,
    "ruijie-n18010": 151,
    "cisco-n5000-uk9": 11,
    "arista-dcs-7150s-52-cl": 2,
    "juniper-mx960-12-3r6-6": 13,
}


def hear(name: str, cut: dict[Oid, SnmpProblem] | None = None) -> Neighbours:
    return asyncio.run(neighbours(Recorded(recording(name), cut)))


def with_colons(address: str) -> str:
    return ":".join(address[at : at + 2] for at in range(0, 12, 2))


@pytest.mark.parametrize(("name", "count"), RECORDED.items())
def test_every_neighbour_is_heard(name: str, count: int) -> None:
    """Names and addresses, row by row."""
    found, problem = hear(name)
    kinds, chassis = written(name, f"{REMOTE}.4"), octets(name, f"{REMOTE}.5")
    names = written(name, f"{REMOTE}.9")
    assert problem is None
    assert len(found) == len(chassis) == count
    assert [one.remote_name for one in found] == [names[index].strip("\0 ") for index in chassis]
    assert [one.remote_mac for one in found] == [
        with_colons(address) if kinds[index] == "4" else None for index, address in chassis.items()
    ]


@pytest.mark.parametrize(
    ("name", "ports"),
    [
        ("hpe-procurve-516733-b21", ["8", "15", "16", "17", "17"]),
        ("arista-dcs-7150s-52-cl", ["Ethernet47", "Ethernet48"]),
        ("h3c-e528-2", ["24"]),
    ],
)
def test_ports_are_called_as_the_switch_calls_them(name: str, ports: list[str]) -> None:
    """The last has no table of its own ports: the number is all there is."""
    assert [one.local_port for one in hear(name).found] == ports


def test_a_port_that_is_told_as_an_interfaces_number() -> None:
    """As Junos does; what an engineer wrote on the port says the same."""
    first = hear("juniper-mx960-12-3r6-6").found[0]
    assert written("juniper-mx960-12-3r6-6", "1.0.8802.1.1.2.1.3.7.1.4")["611"].endswith("::xe-1/2/0")
    assert (first.local_port, first.remote_name) == ("xe-1/2/0", "re0-SNNU-CA-CORE-1")


def test_a_port_that_is_told_by_its_address() -> None:
    """As NX-OS does. Its number is the interface's too, where several have the address."""
    name = "cisco-n5000-uk9"
    numbers = [index.split(".")[1] for index in octets(name, f"{REMOTE}.5")]
    interfaces = written(name, "1.3.6.1.2.1.31.1.1.1.1")
    assert [one.local_port for one in hear(name).found] == [interfaces[number] for number in numbers]
    assert Counter(one.local_port.startswith(("Ethernet1/", "mgmt")) for one in hear(name).found) == {True: 11}


def test_several_on_one_port() -> None:
    """A switch below that passes the frames on: all of them are heard."""
    ports = Counter(one.local_port for one in hear("ruijie-n18010").found)
    numbers = Counter(index.split(".")[1] for index in octets("ruijie-n18010", f"{REMOTE}.5"))
    assert sorted(ports.values()) == sorted(numbers.values())
    assert ports["Gi1/1/6"] == numbers["6"] == 4


def test_a_switch_without_lldp_has_no_neighbours() -> None:
    assert hear("cisco-c3560") == Neighbours([], None)


@pytest.mark.parametrize("problem", ["timeout", "auth", "unreachable"])
def test_a_dead_switch_is_asked_once(problem: SnmpProblem) -> None:
    session = Recorded({}, cut={CHASSIS_KIND: problem})
    assert asyncio.run(neighbours(session)) == Neighbours([], problem)
    assert session.asked == 1


@pytest.mark.parametrize("column", WALKED)
@pytest.mark.parametrize("problem", ["truncated", "disordered", "refused"])
def test_half_a_table_says_so(column: Oid, problem: SnmpProblem) -> None:
    """What was read stands."""
    found, told = hear("arista-dcs-7150s-52-cl", {column: problem})
    assert told == problem
    assert [one.remote_mac for one in found] == ["44:4c:a8:31:3e:df"] * 2


LOCAL = "1.0.8802.1.1.2.1.3.7.1"
MADE_UP: dict[Oid, Value] = {
    oid(f"{REMOTE}.4.0.7.1"): 4,
    oid(f"{REMOTE}.5.0.7.1"): bytes.fromhex("0200005e10a1"),
    oid(f"{REMOTE}.6.0.7.1"): 3,
    oid(f"{REMOTE}.7.0.7.1"): bytes.fromhex("0200005e10a1"),
    oid(f"{REMOTE}.9.0.7.1"): b"sal-A101",
    oid(f"{LOCAL}.2.7"): 7,
    oid(f"{LOCAL}.3.7"): b"7",
    oid(f"{LOCAL}.4.7"): b"skrivare",
    (*IF_NAME, 7): b"Gi0/7",
    (*IF_NAME, 9): b"Gi0/9",
    (*IF_MAC, 9): bytes.fromhex("0200005e7009"),
}


@pytest.mark.parametrize(
    ("kind", "told", "port"),
    [
        (5, b"Gi1/0/7", "Gi1/0/7"),
        (7, b"7", "Gi0/7"),
        (7, b"sju", "sju"),
        (3, bytes.fromhex("0200005e7009"), "Gi0/9"),
        (3, b"02:00:00:5e:70:09", "Gi0/9"),
        (3, bytes.fromhex("0200005e7008"), "skrivare"),
        (3, 7, "skrivare"),
        (1, b"utan namn", "skrivare"),
        (b"5", b"Gi1/0/7", "skrivare"),
    ],
)
def test_kinds_of_port_names(kind: Value, told: Value, port: str) -> None:
    """What says nothing of the interface falls back on what is written on it."""
    values = MADE_UP | {oid(f"{LOCAL}.2.7"): kind, oid(f"{LOCAL}.3.7"): told}
    [one] = asyncio.run(neighbours(Recorded(values))).found
    assert one == Neighbour(port, "sal-A101", "02:00:00:5e:10:a1", "02:00:00:5e:10:a1")


def test_values_of_the_wrong_type() -> None:
    values = MADE_UP | {(*NAME, 0, 7, 1): 17, oid(f"{REMOTE}.5.0.7.1"): 17, oid(f"{REMOTE}.7.0.7.1"): 17}
    [one] = asyncio.run(neighbours(Recorded(values))).found
    assert one == Neighbour("Gi0/7", "", None, "")


def point(name: str, mac: str | None = None) -> AccessPoint:
    return AccessPoint((len(name),), name, True, None, mac)


def hanging(port: str, name: str, mac: str | None = None) -> Neighbour:
    return Neighbour(port, name, mac, "eth0")


FIRST, SECOND = "02:00:00:5e:10:a1", "02:00:00:5e:10:a2"


def test_access_points_are_placed_by_address_first() -> None:
    """A name that was changed in the controller and not yet on the wire does not matter."""
    switches = {"a": [hanging("1", "old-name", FIRST)], "b": [hanging("2", "sal-A2", None)]}
    assert place([point("sal-A1", FIRST), point("SAL-a2", SECOND)], switches) == {
        "sal-A1": SwitchPort("a", "1"),
        "SAL-a2": SwitchPort("b", "2"),
    }


@pytest.mark.parametrize(
    "switches",
    [
        {"a": [hanging("1", "x", FIRST)], "b": [hanging("7", "x", FIRST)]},
        {"a": [hanging("1", "sal-A1"), hanging("2", "sal-A1")]},
        {"a": [hanging("1", "", None)]},
        {},
    ],
)
def test_what_fits_twice_or_not_at_all_is_not_placed(switches: dict[str, list[Neighbour]]) -> None:
    assert place([point("sal-A1", FIRST)], switches) == {}


def test_one_that_says_the_same_twice_on_one_port_is_placed() -> None:
    """By LLDP and by what a bridge passed on."""
    switches = {"a": [hanging("1", "sal-A1", FIRST), hanging("1", "sal-A1", FIRST)]}
    assert place([point("sal-A1", FIRST)], switches) == {"sal-A1": SwitchPort("a", "1")}


def test_two_access_points_of_one_name_are_not_placed() -> None:
    switches = {"a": [hanging("1", "sal-A1", FIRST), hanging("2", "sal-A1", SECOND)]}
    assert place([point("sal-A1", FIRST), point("Sal-A1", SECOND)], switches) == {}


def test_an_access_point_without_a_name_is_not_placed() -> None:
    assert place([point("", FIRST)], {"a": [hanging("1", "", FIRST)]}) == {}
