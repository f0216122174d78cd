"""Rules of `network.yaml`: devices that can be asked, with something to ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from collector.configuration.network import AccessPointPlace, NetworkDevice
from collector.configuration.problems import ConfigurationProblem, DocumentPath, problem
from collector.configuration.rules.settings import is_host_name
from collector.readiness.domain.model import School

Schools = Mapping[str, School] | None
"""By code; None if they could not be read."""
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")


def network_problems(index: int, device: NetworkDevice, schools: Schools) -> Iterator[ConfigurationProblem]:
    """All that is wrong with `devices[index]`."""
    place = ("devices", index)
    if not (is_host_name(device.address) or _is_ip_address(device.address)):
        yield problem((*place, "address"), "config_network_bad_address", written=device.address)
    if device.user is None and device.community_file is None:
        yield problem(place, "config_network_no_opener", id=device.id)
    if device.user is not None and device.community_file is not None:
        yield problem((*place, "community_file"), "config_network_two_openers", id=device.id)
    if device.uplink is None and device.role == "switch" and not device.ports:
        yield problem(place, "config_network_nothing_to_read", id=device.id)
    if device.uplink is not None and device.school is None:
        yield problem((*place, "uplink"), "config_network_uplink_of_no_school", id=device.id)
    if device.ports and device.school is None:
        yield problem((*place, "ports"), "config_network_ports_of_no_school", id=device.id)
    if schools is not None and device.school is not None:
        yield from _school_problems(place, device.id, device.school, schools)
        for position, port in enumerate(device.ports):
            there = (*place, "ports", position, "room")
            yield from _room_problems(there, device.school, port.room, schools)


def access_point_problems(index: int, point: AccessPointPlace, schools: Schools) -> Iterator[ConfigurationProblem]:
    """All that is wrong with `access_points[index]`."""
    place = ("access_points", index)
    if (point.name is None) == (point.mac is None):
        yield problem(place, "config_network_name_or_mac")
    if point.mac is not None and not _MAC.fullmatch(point.mac):
        yield problem((*place, "mac"), "config_network_bad_mac", written=point.mac)
    if schools is not None:
        yield from _school_problems(place, point.name or point.mac or "", point.school, schools)
        if point.room is not None:
            yield from _room_problems((*place, "room"), point.school, point.room, schools)


def _school_problems(
    place: DocumentPath, named: str, school: str, schools: Mapping[str, School]
) -> Iterator[ConfigurationProblem]:
    if school not in schools:
        yield problem((*place, "school"), "config_network_unknown_school", id=named, school=school)


def _room_problems(
    place: DocumentPath, school: str, room: str, schools: Mapping[str, School]
) -> Iterator[ConfigurationProblem]:
    known = [one.id for one in schools[school].rooms] if school in schools else [room]
    if room not in known:
        yield problem(place, "config_network_unknown_room", room=room, school=school, known=", ".join(known))


def second_uplinks(devices: list[NetworkDevice]) -> Iterator[ConfigurationProblem]:
    """The uplinks of schools whose line is read elsewhere already: what the line carries would be counted twice."""
    first: dict[str, str] = {}
    for index, device in enumerate(devices):
        if device.uplink is None or device.school is None:
            continue
        if device.school in first:
            place = ("devices", index, "uplink")
            yield problem(place, "config_network_second_uplink", id=device.id, first=first[device.school])
        first.setdefault(device.school, device.id)


def _is_ip_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
