"""The municipality: the same for the same seed, believable in its spread, consistent as a configuration."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from collector.simulate.fleet import LINES_SOLD_MBIT_S, NEEDED_MBIT_S, THIN_SHARES, build_fleet
from collector.simulate.machines import MEASURING_MACHINES
from collector.simulate.model import SimulatedDevice
from tests.unit.collector.simulate.sample import NEWEST, OLDEST, RELEASES, municipality, school_with


def all_devices() -> list[SimulatedDevice]:
    return [device for school in municipality().schools for device in school.devices]


def test_same_seed_same_fleet() -> None:
    """Nothing but the seed and the sizes decides."""
    again = build_fleet(7, schools=12, devices=480, releases=RELEASES)
    assert again is not municipality(seed=7)
    assert again == municipality(seed=7)


def test_other_seed_other_fleet() -> None:
    """Another seed gives other names and other lines, not only another order."""
    ours, other = municipality(seed=7), municipality(seed=8)
    assert [school.school.name for school in ours.schools] != [school.school.name for school in other.schools]
    assert {school.down_mbit_s for school in ours.schools}.isdisjoint(school.down_mbit_s for school in other.schools)


@pytest.mark.parametrize(("schools", "devices"), [(1, 1), (3, 3), (12, 480), (50, 10_000), (170, 400)])
def test_counts_are_exact(schools: int, devices: int) -> None:
    """As many schools and machines as asked for, and no school without a machine."""
    fleet = municipality(schools=schools, devices=devices)
    assert len(fleet.schools) == schools
    assert fleet.devices_count == devices
    assert all(school.devices for school in fleet.schools)


@pytest.mark.parametrize(("schools", "devices"), [(0, 10), (5, 4), (-1, 3)])
def test_impossible_counts_are_refused(schools: int, devices: int) -> None:
    """More schools than machines cannot be, nor a municipality without schools."""
    with pytest.raises(ValueError, match="each needs at least one"):
        municipality(schools=schools, devices=devices)


def test_schools_are_different_and_marked() -> None:
    """Codes and names are unique even beyond the stock of names, and every school is marked as simulated."""
    schools = [school.school for school in municipality(schools=170, devices=400).schools]
    assert len({school.code for school in schools}) == 170
    assert len({school.name for school in schools}) == 170
    assert all(school.simulated for school in schools)


def test_every_trouble_is_there_and_half_have_none() -> None:
    """Twelve schools show each trouble once."""
    found = Counter(school.trouble for school in municipality().schools)
    assert found.pop("none") == 6
    assert found == {
        "thin_line": 1,
        "old_browsers": 1,
        "bad_rooms": 1,
        "too_few_devices": 1,
        "not_measured": 1,
        "blocked_host": 1,
    }


def test_lines_spread() -> None:
    """Thin lines only where they are the trouble; all others are sold speeds, and more than one of them."""
    troubled = school_with("thin_line").school
    assert troubled.line is not None
    assert troubled.line.down_mbit_s <= max(THIN_SHARES) * NEEDED_MBIT_S * troubled.year_groups[-1].pupils + 0.1
    others = {
        school.school.line.down_mbit_s
        for school in municipality().schools
        if school.school.line is not None and school.trouble != "thin_line"
    }
    assert others <= set(LINES_SOLD_MBIT_S)
    assert len(others) >= 3


def test_a_line_gives_a_little_less_than_was_sold() -> None:
    """What can be measured never exceeds the contract."""
    for school in municipality().schools:
        assert school.school.line is not None
        assert 0.85 < school.down_mbit_s / school.school.line.down_mbit_s < 1.0
        assert 0.85 < school.up_mbit_s / school.school.line.up_mbit_s < 1.0


def test_sittings_fit_their_school() -> None:
    """Pupils are in the year group and have seats; ids are unique; no sitting has a date that could pass."""
    ids: list[str] = []
    for simulated in municipality().schools:
        seats = {room.id: room.seats for room in simulated.school.rooms}
        pupils = {group.grade: group.pupils for group in simulated.school.year_groups}
        for sitting in simulated.sittings:
            ids.append(sitting.id)
            assert sitting.school == simulated.school.code
            assert sitting.pupils == pupils[sitting.year_group]
            assert sum(seats[room] for room in sitting.rooms) >= sitting.pupils
            assert sitting.starts_at is None
            assert sitting.standing is not None
    assert len(ids) == len(set(ids)) == 24


def test_too_few_devices_is_fewer_than_pupils() -> None:
    """Only there are there more pupils than machines."""
    for simulated in municipality().schools:
        short = simulated.sittings[0].pupils > len(simulated.devices)
        assert short == (simulated.trouble == "too_few_devices")


def test_labels_are_unique_pseudonyms() -> None:
    """A label is the school's code and a number, nothing about a person."""
    labels = [device.label for device in all_devices()]
    assert len(set(labels)) == len(labels) == 480
    assert all(re.fullmatch(r"98\d{6}-\d{4}", label) for label in labels)


def test_a_whole_school_falls_silent_and_a_few_machines_elsewhere() -> None:
    """Silence lasts longer than any evidence rule accepts."""
    assert all(device.silent_days >= 15 for device in school_with("not_measured").devices)
    elsewhere = [device for device in all_devices() if device.school != school_with("not_measured").school.code]
    silent = sum(device.silent_days > 0 for device in elsewhere)
    assert 0 < silent < 0.1 * len(elsewhere)


def test_faults_are_there_but_few() -> None:
    """Wrong clocks, failing probes and small screens happen, each to less than one machine in ten."""
    devices = all_devices()
    wrong_clock = sum(device.clock_offset_s != 0 for device in devices)
    failing = sum(device.failing_probe is not None for device in devices)
    small = sum(device.device["screen_width_px"] == 1280 for device in devices)
    for count in (wrong_clock, failing, small):
        assert 0 < count < 48


def test_old_browsers_are_old() -> None:
    """About half the machines of that school have nothing newer than the oldest known release; elsewhere few."""

    def neglected(device: SimulatedDevice) -> bool:
        versions = {value for name, value in device.browsers.items() if name.endswith("_version") and value}
        return versions == {OLDEST}

    old = school_with("old_browsers").devices
    assert 0.3 < sum(map(neglected, old)) / len(old) < 0.8
    healthy = school_with("blocked_host").devices
    assert sum(map(neglected, healthy)) / len(healthy) < 0.2
    assert any(NEWEST in device.browsers.values() for device in healthy)


def test_browsers_come_from_the_known_releases() -> None:
    """The count says how many browsers have a version."""
    known = {release.version for releases in RELEASES.products.values() for release in releases}
    for device in all_devices():
        versions = [value for name, value in device.browsers.items() if name.endswith("_version") and value]
        assert versions
        assert device.browsers["browsers_count"] == len(versions)
        assert set(versions) <= known


def test_bad_rooms_are_weak_rooms() -> None:
    """In a bad room every machine hears its access point badly, and machines of one room share it."""
    school = school_with("bad_rooms")
    by_room: dict[str, list[float]] = {}
    points: dict[str, set[str]] = {}
    for device in school.devices:
        if device.wireless is not None:
            by_room.setdefault(device.room, []).append(device.wireless.signal_dbm)
            points.setdefault(device.room, set()).add(device.wireless.bssid)
    worst = by_room[school.school.rooms[0].id]
    assert sorted(worst)[len(worst) // 2] < -72
    assert all(len(addresses) == 1 for addresses in points.values())
    assert all(re.fullmatch(r"02(:[0-9a-f]{2}){5}", address) for found in points.values() for address in found)


def test_measuring_machines_are_on_cable_and_sound() -> None:
    """Each school has two, so that weak Wi-Fi never passes for a thin line."""
    for school in municipality().schools:
        measuring = [device for device in school.devices if device.measures_line]
        assert len(measuring) == MEASURING_MACHINES
        assert all(device.wireless is None and device.failing_probe is None for device in measuring)
