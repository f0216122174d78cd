"""Where a device is by its address, and what counts of what it measured there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent.protocol.facts import Declaration
from collector.facts.catalogue import DECLARED
from collector.readiness.domain.location import Location, counts_for_school, locate

NOW, HOUR = timedelta(), timedelta(hours=1)


@pytest.mark.parametrize(
    ("networks", "address", "where"),
    [
        ([], "203.0.113.9", "not_told"),
        ([], None, "not_told"),
        (["10.20.0.0/16"], "10.20.3.4", "at_school"),
        (["10.20.0.0/16"], "10.21.3.4", "elsewhere"),
        (["10.20.0.0/16"], "::ffff:10.20.3.4", "at_school"),
        (["192.0.2.7"], "192.0.2.7", "at_school"),
        (["192.0.2.7"], "192.0.2.8", "elsewhere"),
        (["10.20.0.0/16", "2001:db8:20::/48"], "2001:db8:20:1::5", "at_school"),
        (["10.20.0.0/16", "2001:db8:20::/48"], "2001:db8:21:1::5", "elsewhere"),
        (["10.20.0.0/16"], None, "elsewhere"),
        (["10.20.0.0/16"], "", "elsewhere"),
        (["10.20.0.0/16"], "/run/proxy.sock", "elsewhere"),
    ],
)
def test_where(networks: list[str], address: str | None, where: str) -> None:
    """By the school's networks; who has no address that can be read is not there."""
    assert locate(networks, address) == where


@given(st.ip_addresses(), st.integers(0, 128))
def test_an_address_is_in_every_network_around_it(address: object, length: int) -> None:
    """Of either version, however wide."""
    assume(getattr(address, "ipv4_mapped", None) is None)  # counts as the IPv4 address that it stands for
    longest = 32 if "." in str(address) else 128
    around = ip_network(f"{address}/{min(length, longest)}", strict=False)
    assert locate([str(around)], str(address)) == "at_school"


@pytest.mark.parametrize(
    ("probe", "where", "age", "counts"),
    [
        ("throughput", "at_school", NOW, True),
        ("throughput", "elsewhere", NOW, False),
        ("throughput", "not_told", HOUR, True),
        ("throughput", "at_school", HOUR, True),
        ("wifi", "at_school", NOW, True),
        ("wifi", "at_school", HOUR, False),
        ("wifi", "not_told", HOUR, True),
        ("latency", "at_school", HOUR, False),
        ("path", "at_school", NOW, True),
        ("path", "at_school", HOUR, False),
        ("ladder", "at_school", HOUR, True),
        ("ladder", "elsewhere", NOW, False),
        ("survey", "at_school", HOUR, True),
        ("device", "elsewhere", HOUR, True),
        ("browsers", "elsewhere", NOW, True),
        ("lockdown", "elsewhere", NOW, True),
        ("visit", "elsewhere", NOW, True),
    ],
)
def test_what_counts(probe: str, where: Location, age: timedelta, counts: bool) -> None:
    """What a device tells of itself counts from everywhere; of the network around it, from its school."""
    assert counts_for_school(DECLARED.get(probe), where, age) is counts


@pytest.mark.parametrize("name", DECLARED)
def test_what_is_about_the_network_counts_from_the_school_alone(name: str) -> None:
    """Of every probe there is, and late only where it says that it can."""
    declared = DECLARED[name]
    of_device = declared.about == "device"
    assert counts_for_school(declared, "elsewhere", NOW) is of_device
    assert counts_for_school(declared, "at_school", HOUR) is (of_device or declared.counts_late)


@pytest.mark.parametrize("read", [partial(msgspec.convert, type=Declaration), lambda told: Declaration(**told)])
def test_a_probe_that_does_not_say_which_is_none(read: Callable[[dict[str, Any]], Declaration]) -> None:
    """Neither in code nor in a catalogue: forgotten, it would let a home's network count."""
    told: dict[str, Any] = {"version": 1, "facts": []}
    assert read({**told, "about": "network"}).about == "network"
    with pytest.raises((TypeError, msgspec.ValidationError), match="about"):
        read(told)
