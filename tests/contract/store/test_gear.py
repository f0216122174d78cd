"""What network gear told: small, as it was known at any moment, and forgotten in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from collector.readiness.domain.model import Evidence, RadioSeen, UplinkLoad, UplinkPort
from collector.store.gear import GearReading, GearState, PortCount, RadioReading
from collector.store.store import Store
from tests.support.stored import NOW, OTHER_SCHOOL, SCHOOL

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ROUTER = (SCHOOL, "ek-router")
CONTROLLER = ("", "wlc")
LONG_AGO = NOW - 100 * DAY


def load(at: datetime = NOW, down: float = 12.5, up: float = 1.25, device: str = "ek-router") -> UplinkLoad:
    """A minute of a lesson."""
    return UplinkLoad(device, at, 60.0, down, up)


def radio(at: datetime = NOW, clients: int | None = 7, *, named: str = "ap-1", room: str | None = "A1") -> RadioSeen:
    """A 5 GHz radio of an access point in A1."""
    return RadioSeen("wlc", named, at, "aa:bb:cc:00:00:10", room, "5", 36, clients, 12.5, None)


def polled(at: datetime = NOW, **brought: object) -> GearReading:
    """A poll of the school's router."""
    return GearReading("ek-router", SCHOOL, at, **brought)  # type: ignore[arg-type]  # any field by name


def aired(*seen: RadioSeen, school: str = SCHOOL, number: str = "1") -> GearReading:
    """A poll of the controller, which stands for no school."""
    return GearReading("wlc", "", seen[0].at, radios=[RadioReading(school, number, one) for one in seen])


def known(store: Store, as_of: datetime = NOW, days: float = 30) -> Evidence:
    """The evidence of the school."""
    return store.evidence(SCHOOL, as_of, as_of - timedelta(days=days))


@pytest.fixture
def gear(store: Store) -> Store:
    """A store that knows the school's router and the controller of all schools."""
    store.name_gear({ROUTER: True, CONTROLLER: False}, LONG_AGO)
    return store


def test_loads_come_back_as_they_were_in_the_order_of_time(gear: Store) -> None:
    """To the second and the kbit/s; once, however often they are written."""
    loads = [load(NOW - minutes * MINUTE, 12.345 + minutes, 0.001) for minutes in range(3)]
    for _ in range(2):
        gear.save_gear([polled(one.at, load=one) for one in loads])
    assert known(gear).uplink == loads[::-1]


def test_evidence_ends_where_it_is_asked_to(gear: Store) -> None:
    """Neither what came later nor what is too old, and nothing of another school."""
    gear.name_gear({ROUTER: True, CONTROLLER: False, (OTHER_SCHOOL, "ek-router"): True}, LONG_AGO)
    gear.save_gear([polled(at, load=load(at)) for at in (NOW - 31 * DAY, NOW - DAY, NOW)])
    gear.save_gear([GearReading("ek-router", OTHER_SCHOOL, NOW, load=load(NOW - MINUTE))])
    assert [one.at for one in known(gear).uplink] == [NOW - DAY, NOW]
    assert [one.at for one in known(gear, NOW - MINUTE).uplink] == [NOW - DAY]
    assert [one.at for one in known(gear, NOW - DAY).uplink] == [NOW - 31 * DAY, NOW - DAY]


def test_nights_and_weekends_are_left_out_once_they_are_old(gear: Store) -> None:
    """NOW is a Monday at noon (UTC): the Friday before and its night, and the newest day whole."""
    friday = NOW - 3 * DAY
    hours = [friday + timedelta(hours=hours) for hours in (-9, -8, 0, 5, 6)]
    lately = [NOW - DAY + MINUTE, NOW - timedelta(hours=12)]
    saturday = friday + DAY
    gear.save_gear([polled(at, load=load(at)) for at in [*hours, saturday, *lately]])
    assert [one.at for one in known(gear).uplink] == [*hours[1:4], *lately]


def test_a_port_is_what_was_read_last_and_the_sum_of_its_days(gear: Store) -> None:
    """A day is one row, whatever the order of the readings."""
    gear.save_gear([polled(NOW, port=PortCount(100, is_up=True, packets_count=1000, errors_count=3))])
    gear.save_gear([polled(NOW - MINUTE, port=PortCount(1000, is_up=True, packets_count=500, discards_count=2))])
    gear.save_gear([polled(NOW - 3 * DAY, port=PortCount(1000, is_up=True, packets_count=10))])
    assert known(gear).uplink_ports == [UplinkPort("ek-router", NOW, NOW, None, 100, True, 1510, 3, 2)]
    assert known(gear, days=1).uplink_ports[0].packets_count == 1500


def test_a_failed_poll_keeps_what_was_read_and_says_why(gear: Store) -> None:
    """The port's speed stands with its age; the error beside it."""
    gear.save_gear([polled(NOW - MINUTE, port=PortCount(1000, is_up=True)), polled(NOW, error_code="timeout")])
    [port] = known(gear).uplink_ports
    assert (port.read_at, port.polled_at, port.error_code) == (NOW - MINUTE, NOW, "timeout")
    assert gear.gear() == [
        GearState("wlc", "", None, None, None),
        GearState("ek-router", SCHOOL, NOW, NOW - MINUTE, "timeout"),
    ]
    gear.save_gear([polled(NOW + MINUTE)])
    assert gear.gear()[1] == GearState("ek-router", SCHOOL, NOW + MINUTE, NOW + MINUTE, None)


def test_an_older_poll_does_not_replace_a_newer_one(gear: Store) -> None:
    """Written late."""
    gear.save_gear([polled(NOW), polled(NOW - MINUTE, error_code="timeout")])
    assert gear.gear()[1] == GearState("ek-router", SCHOOL, NOW, NOW, None)


def test_a_port_that_was_never_read_is_there_without_numbers(gear: Store) -> None:
    """So that it can be said; a controller has no uplink and is none."""
    gear.save_gear([polled(NOW, error_code="auth")])
    assert known(gear).uplink_ports == [UplinkPort("ek-router", polled_at=NOW, error_code="auth")]
    assert known(gear, LONG_AGO - DAY).uplink_ports == []


def test_a_radio_is_as_busy_as_lessons_made_it(gear: Store) -> None:
    """Within a batch, within a day and from day to day. NOW is a Monday, 13:00 in Sweden."""
    hour = timedelta(hours=1)
    gear.save_gear([aired(radio(NOW - 3 * DAY, 17))])
    gear.save_gear([aired(radio(NOW, 9)), aired(radio(NOW + hour, 4))])
    assert known(gear, NOW + 2 * hour).radios == [radio(NOW + hour, 17)]
    gear.save_gear([aired(radio(NOW + 7 * hour, 0))])
    assert known(gear, NOW + 8 * hour).radios == [radio(NOW + hour, 17)]
    assert known(gear, NOW + 8 * hour, days=2).radios == [radio(NOW + hour, 9)]


def test_readings_of_a_radio_in_any_order(gear: Store) -> None:
    """Also when the readings of a day come in the wrong order."""
    gear.save_gear([aired(radio(NOW - 3 * DAY, 3)), aired(radio(NOW, 9)), aired(radio(NOW - MINUTE, 8))])
    gear.save_gear([aired(radio(NOW, 4, named="ap-2", room=None), number="2")])
    assert known(gear).radios == [radio(NOW, 9), radio(NOW, 4, named="ap-2", room=None)]
    assert known(gear, NOW - 3 * DAY).radios == [radio(NOW - 3 * DAY, 3)]
    assert known(gear, NOW - MINUTE).radios == [radio(NOW - 3 * DAY, 3)]


def test_a_radio_that_cannot_be_trusted_says_why(gear: Store) -> None:
    """The counts are gone, the reason is there."""
    doubtful = msgspec.structs.replace(radio(clients=None), utilisation_percent=None, unclear="disagree")
    gear.save_gear([aired(doubtful)])
    assert known(gear).radios == [doubtful]


def test_what_network_yaml_no_longer_names_no_longer_counts(gear: Store) -> None:
    """Its loads were true and stay; its port and radios are gone, as of then; it may come back."""
    gear.save_gear([polled(NOW - DAY, load=load(NOW - DAY), port=PortCount(1000, is_up=True)), aired(radio(NOW - DAY))])
    gear.name_gear({}, NOW - MINUTE)
    assert (known(gear).uplink_ports, known(gear).radios, gear.gear()) == ([], [], [])
    assert known(gear).uplink == [load(NOW - DAY)]
    before = known(gear, NOW - 2 * MINUTE)
    assert (len(before.uplink_ports), len(before.radios)) == (1, 1)
    gear.name_gear({ROUTER: True}, NOW)
    assert known(gear).uplink_ports[0].speed_mbit_s == 1000
    gear.name_gear({ROUTER: False}, NOW)
    assert known(gear).uplink_ports == []


def test_gear_that_nobody_named_leaves_nothing(store: Store) -> None:
    """A poll that was on its way while the file changed."""
    store.save_gear([polled(NOW, load=load(), port=PortCount(1000, is_up=True)), aired(radio())])
    assert known(store) == Evidence(SCHOOL, [], [])


def test_old_readings_are_forgotten_and_then_the_device(gear: Store) -> None:
    """What is kept is kept whole."""
    old, new = NOW - 20 * DAY, NOW - DAY
    for at in (old, new):
        gear.save_gear([polled(at, load=load(at), port=PortCount(1000, is_up=True, packets_count=5)), aired(radio(at))])
    assert gear.delete_older_than(NOW - 10 * DAY) == 3
    kept = known(gear, NOW)
    assert ([one.at for one in kept.uplink], kept.uplink_ports[0].packets_count) == ([new], 5)
    assert [one.at for one in kept.radios] == [new]
    gear.name_gear({}, NOW)
    assert gear.delete_older_than(NOW + DAY) == 3
    gear.name_gear({ROUTER: True}, NOW + 2 * DAY)
    assert known(gear, NOW + DAY).uplink_ports == []
