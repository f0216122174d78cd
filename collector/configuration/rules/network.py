"""Rules of `network.yaml`: devices that can be asked, with something to ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from ipaddress import ip_address

from collector.configuration.network import NetworkDevice
from collector.configuration.problems import Problem, problem
from collector.configuration.rules.settings import is_host_name


def network_problems(index: int, device: NetworkDevice, schools: Collection[str] | None) -> Iterator[Problem]:
    """All that is wrong with `devices[index]`; `schools` are the codes that exist, None if they could not be read."""
    place = ("devices", index)
    if not (is_host_name(device.address) or _is_ip_address(device.address)):
        yield problem((*place, "address"), "config_network_bad_address", written=device.address)
    if device.user is None and device.community_file is None:
        yield problem(place, "config_network_no_opener", id=device.id)
    if device.user is not None and device.community_file is not None:
        yield problem((*place, "community_file"), "config_network_two_openers", id=device.id)
    if device.school is not None and schools is not None and device.school not in schools:
        yield problem((*place, "school"), "config_network_unknown_school", id=device.id, school=device.school)
    if device.uplink is None and device.role == "switch":
        yield problem(place, "config_network_nothing_to_read", id=device.id)
    if device.uplink is not None and device.school is None:
        yield problem((*place, "uplink"), "config_network_uplink_of_no_school", id=device.id)


def _is_ip_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
