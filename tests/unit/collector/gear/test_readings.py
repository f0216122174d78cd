"""Where access points hang: as the operator says, else as the switch hears them, else in no room; never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.configuration.network import AccessPointPlace, NetworkDevice, NetworkPort
from collector.gear.readings import GearLocation, places, reading, unplaced
from collector.gear.service import GearService
from collector.snmp.access_points import AccessPoint, Radio, WirelessStatus
from collector.snmp.gear import Gear, Poll
from collector.snmp.lldp import Neighbour
from collector.snmp.session import Community, Target
from collector.snmp.uplink import Carried
from collector.store.gear import RadioReading
from collector.store.store import Store
from tests.support.gear import SCHOOL, configured, gear_folder

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TARGET = Target("192.0.2.1", Community("x"))
NAMED, BY_MAC, BY_LINK, LOST = "ap-named", "ap-mac", "ap-link", "ap-lost"
MACS = {NAMED: "a0:00:00:00:00:10", BY_MAC: "a0:00:00:00:00:20", BY_LINK: "a0:00:00:00:00:30", LOST: None}
WRITTEN = [AccessPointPlace(SCHOOL, "A1", name=NAMED), AccessPointPlace(SCHOOL, "A2", mac="a0:00:00:00:00:20")]


def wireless_poll(school: str | None = None) -> Poll:
    """A controller's four access points, each with a radio of seven clients."""
    points = [AccessPoint((number,), name, up=True, clients=7, mac=MACS[name]) for number, name in enumerate(MACS)]
    radios = [Radio((number,), 0, 36, 12, 7, "5", None) for number in range(len(MACS))]
    return Poll(
        Gear("wlc", school, TARGET, has_radios=True), "wireless", AT, wireless=WirelessStatus(points, radios, 28)
    )


def rooms(kept: Sequence[RadioReading]) -> dict[str, tuple[str, str | None]]:
    """School and room by access point."""
    return {one.seen.access_point: (one.school, one.seen.room) for one in kept}


def test_a_controller_of_many_schools_needs_the_map() -> None:
    """By name or by address; those that nobody placed are left out and counted."""
    where = places(WRITTEN)
    assert rooms(reading(wireless_poll(), where).radios) == {NAMED: (SCHOOL, "A1"), BY_MAC: (SCHOOL, "A2")}
    assert unplaced(wireless_poll(), where) == 2


def test_a_controller_of_one_school_places_the_rest_there() -> None:
    """In no room, unless a switch hears them; the map goes before the switch."""
    heard = {BY_LINK: GearLocation(SCHOOL, "A2"), NAMED: GearLocation(SCHOOL, "A2")}
    kept = reading(wireless_poll(SCHOOL), places(WRITTEN), heard).radios
    assert rooms(kept) == {
        NAMED: (SCHOOL, "A1"), BY_MAC: (SCHOOL, "A2"), BY_LINK: (SCHOOL, "A2"), LOST: (SCHOOL, None),
    }  # fmt: skip
    assert {(one.seen.band, one.seen.channel, one.seen.clients_count) for one in kept} == {("5", 36, 7)}


def test_loads_are_in_mbit_per_second_and_in_is_down() -> None:
    """What comes in at the port towards the internet is the school's download."""
    poll = Poll(Gear("r", SCHOOL, TARGET, "wan"), "uplink", AT, load=Carried(60.0, 8e6, 0.5e6, 100, 2, 1))
    kept = reading(poll, {}).load
    assert kept is not None
    assert (kept.down_mbit_s, kept.up_mbit_s, kept.seconds, kept.at) == (8.0, 0.5, 60.0, AT)


@pytest.mark.parametrize("port", ["Gi0/7", "Gi0/8"])
def test_what_a_switch_hears_places_an_access_point(tmp_path: Path, port: str) -> None:
    """Only where the port's room is written down."""
    folder = gear_folder(tmp_path, "devices: []\n")
    configuration = configured(folder)
    switch = NetworkDevice("sw", "192.0.2.3", "switch", school=SCHOOL, ports=[NetworkPort("Gi0/7", "A2")])
    configuration.network.append(switch)
    store = Store.open(f"sqlite:///{tmp_path / 'gear.db'}")
    store.name_gear({(SCHOOL, "wlc"): False, (SCHOOL, "sw"): False}, AT)
    polling = GearService(store, lambda: configuration, lambda: AT, lambda: 0.5)
    heard = [Neighbour(port, BY_LINK, MACS[BY_LINK], "eth0")]
    polling.take(Poll(Gear("sw", SCHOOL, TARGET, has_links=True), "links", AT, links=heard))
    polling.take(wireless_poll(SCHOOL))
    polling.flush()
    found = {radio.access_point: radio.room for radio in store.evidence(SCHOOL, AT, AT.replace(day=1)).radios}
    assert found == {NAMED: None, BY_MAC: None, BY_LINK: "A2" if port == "Gi0/7" else None, LOST: None}
    store.close()
