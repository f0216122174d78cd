"""Whether a device is at its school, by the address that its request comes from. Pure.

Computers go home with pupils and teachers. What they measure there says nothing of the school, and a home's network is
nobody's business. So where a school says which networks its devices come from, nothing else counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from agent.protocol.facts import Declaration

Location = Literal["at_school", "elsewhere", "not_told"]
"""`not_told` where the school has not said which networks are its own: then everything counts."""

LATE = timedelta(minutes=15)
"""A device that reaches the collector sends within minutes. What is older was measured somewhere else, perhaps."""

Locate = Callable[[str, str | None], Location]
"""Where a device of a school (by its code) is that sends from an address."""


def locate(networks: Sequence[str], address: str | None) -> Location:
    """Where a request from `address` comes from; `networks` are those of the device's school, as CIDR."""
    if not networks:
        return "not_told"
    found = _address(address)
    return "at_school" if any(_within(found, one) for one in map(_network, networks)) else "elsewhere"


def counts_for_school(declared: Declaration | None, where: Location, age: timedelta) -> bool:
    """Whether a probe's result counts, that arrived from there at that age. What is about the network does, from the
    school's own; what any network answers, and needs no leave, may be from anywhere once it is late. What nobody has
    declared, such as a page's visit, is judged by no requirement and tells of the device itself.
    """
    if where == "not_told" or declared is None or declared.about == "device":
        return True
    return where == "at_school" and (declared.counts_late or age <= LATE)


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    """None for what is no address, such as the peer of a Unix socket."""
    try:
        found = ip_address(text or "")
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _within(address: IPv4Address | IPv6Address | None, network: IPv4Network | IPv6Network) -> bool:
    return address is not None and address in network


@lru_cache(maxsize=1_024)
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)
