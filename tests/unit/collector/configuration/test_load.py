"""Loading a whole folder: what comes out, which dates are accepted, and that nothing is half taken over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.configuration.files import files_in, fingerprint
from collector.configuration.load import load_configuration
from collector.configuration.network import NetworkUser
from collector.configuration.problems import ConfigurationErrors
from collector.readiness.domain.model import Room
from tests.unit.collector.configuration.folders import NOW, errors_in, good_folder, said

STARTS = datetime(2027, 4, 14, 7, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good configuration."""
    return good_folder(tmp_path)


def rewrite(path: Path, old: str, new: str) -> None:
    """Replaces the one place where `old` stands."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_everything_is_there(folder: Path) -> None:
    """Schools by code, profiles by id, sittings in calendar order, times in UTC."""
    configuration = load_configuration(folder, NOW, environ={})
    assert (configuration.folder, configuration.loaded_at) == (folder, NOW)
    assert configuration.schools["99000001"].rooms == [Room("A1", 30), Room("A2", 20)]
    assert [group.grade for group in configuration.schools["99000001"].year_groups] == ["6", "9"]
    # ek-6 stands, 14 days from now; ek-9 has a date in April.
    assert [sitting.id for sitting in configuration.sittings] == ["ek-6", "ek-9"]
    assert configuration.sittings[1].starts_at == STARTS
    assert configuration.profile_for(configuration.sittings[0]) is configuration.profiles["plain"]
    assert configuration.releases.products["chrome"][1].version == "157"


def test_files_beside_are_added(folder: Path) -> None:
    """`schools.d` and `calendar.d`, however many files."""
    for number in (1, 2):
        school, sitting = folder / "schools.d" / f"s{number}.yaml", folder / "calendar.d" / f"c{number}.yaml"
        for path in (school, sitting):
            path.parent.mkdir(exist_ok=True)
        school.write_text(
            f"schools: [{{code: 9900010{number}, name: Nr {number}, rooms: [{{id: B, seats: 9}}],"
            " year_groups: [{grade: 3, pupils: 9}]}]\n",
            encoding="utf-8",
        )
        sitting.write_text(
            f"sittings: [{{id: x{number}, school: 9900010{number}, test: T, year_group: 3, pupils: 9, rooms: [B],"
            f" starts_at: 2027-01-1{number} 08:15}}]\n",
            encoding="utf-8",
        )
    configuration = load_configuration(folder, NOW, environ={})
    assert sorted(configuration.schools) == ["99000001", "99000101", "99000102"]
    assert [sitting.id for sitting in configuration.sittings] == ["ek-6", "x1", "x2", "ek-9"]


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (
            STARTS - timedelta(days=3 * 365, seconds=1),
            [*["config_releases_from_the_future"] * 2, "config_date_too_far_ahead"],
        ),
        (STARTS - timedelta(minutes=1), []),
        # Going on: somebody who restarts the collector now must not be refused.
        (STARTS + timedelta(minutes=59), []),
        (STARTS + timedelta(minutes=60), ["config_date_in_the_past"]),
    ],
)
def test_when_a_date_is_accepted(folder: Path, now: datetime, codes: list[str]) -> None:
    """From three years before until the sitting is over."""
    try:
        load_configuration(folder, now, environ={})
        found: list[str] = []
    except ConfigurationErrors as errors:
        found = [error.message.code for error in errors]
    assert sorted(found) == sorted(codes)


def test_a_sitting_seen_before_may_pass(folder: Path) -> None:
    """A running collector does not fall over its own calendar, the day after."""
    after = STARTS + timedelta(days=1)
    configuration = load_configuration(folder, after, already_seen={"ek-9"}, environ={})
    assert [sitting.id for sitting in configuration.sittings] == ["ek-9", "ek-6"]
    with pytest.raises(ConfigurationErrors):
        load_configuration(folder, after, already_seen={"ek-6"}, environ={})


def test_a_held_sitting_may_lie_in_the_past(folder: Path) -> None:
    """`held: true` says that the date is meant."""
    rewrite(folder / "calendar.yaml", "2027-04-14 09:00", "2025-04-14 09:00\n    held: true")
    assert load_configuration(folder, NOW, environ={}).sittings[0].held is True


@pytest.mark.parametrize("weekend", ["2027-04-17", "2027-04-18"])
def test_a_weekend_is_no_error(folder: Path, weekend: str) -> None:
    """Retakes may be on a Saturday."""
    rewrite(folder / "calendar.yaml", "2027-04-14", weekend)
    assert said(folder) == []


@pytest.mark.parametrize(
    ("start", "taken"),
    [("2027-04-14 08:00", False), ("2027-04-14 08:01", True), ("2027-04-14 09:59", True), ("2027-04-14 10:00", False)],
)
def test_one_after_the_other_in_a_room(folder: Path, start: str, taken: bool) -> None:
    """An hour each: end to end is fine, a minute less is not."""
    rewrite(folder / "calendar.yaml", "standing: {in_days: 14, at: 09:00}", f"starts_at: {start}")
    codes = [error.message.code for error in errors_in(folder) or ()]
    assert codes == (["config_room_taken"] if taken else [])


def test_a_long_sitting_is_laid_against_all_that_follow(folder: Path) -> None:
    """Also when a shorter one lies between."""
    rewrite(folder / "calendar.yaml", "2027-04-14 09:00", "2027-04-14 09:00\n    minutes: 180")
    rewrite(folder / "calendar.yaml", "standing: {in_days: 14, at: 09:00}", "starts_at: 2027-04-14 09:30")
    late = "{id: late, school: 99000001, test: T, year_group: 6, pupils: 9, rooms: [A1], starts_at: 2027-04-14 11:30}"
    calendar = folder / "calendar.yaml"
    calendar.write_text(calendar.read_text(encoding="utf-8") + f"  - {late}\n", encoding="utf-8")
    assert [str(error.message.values["sitting"]) for error in errors_in(folder) or ()] == ["ek-6", "late"]


def test_other_schools_and_standing_sittings_take_no_room(folder: Path) -> None:
    """Only a date in the same school's room is a booking."""
    rewrite(folder / "calendar.yaml", "2027-04-14 09:00", "2026-12-07 09:00")
    assert said(folder) == []


def test_exactly_enough_seats_and_pupils(folder: Path) -> None:
    """50 of 50 seats, and 60 of 60 pupils, are no error; one more is."""
    rewrite(folder / "calendar.yaml", "pupils: 48", "pupils: 50")
    assert said(folder) == []
    rewrite(folder / "calendar.yaml", "pupils: 50", "pupils: 51")
    assert [error.message.code for error in errors_in(folder) or ()] == ["config_too_few_seats"]
    rewrite(folder / "schools.yaml", "{grade: 9, pupils: 60}", "{grade: 9, pupils: 50}")
    rewrite(folder / "schools.yaml", "seats: 20", "seats: 21")
    assert [error.message.code for error in errors_in(folder) or ()] == ["config_more_pupils_than_year_group"]


def test_fingerprint_changes_with_every_change(folder: Path) -> None:
    """A file rewritten, added or removed; and not when nothing happened."""
    seen = [fingerprint(folder)]
    assert fingerprint(folder) == seen[0]
    (folder / "schools.d").mkdir()
    assert fingerprint(folder) == seen[0]
    for change in (
        lambda: (folder / "schools.d" / "more.yaml").write_text("schools: []\n", encoding="utf-8"),
        lambda: rewrite(folder / "profiles" / "plain.yaml", "sv: Enkel", "sv: Vanlig"),
        (folder / "calendar.yaml").unlink,
        lambda: (folder / "calendar.yml").write_text("", encoding="utf-8"),
    ):
        change()
        seen.append(fingerprint(folder))
    assert len(set(seen)) == len(seen)


def test_fingerprint_leaves_out_what_is_not_read(folder: Path) -> None:
    """An editor's backup does not reload the configuration."""
    before = fingerprint(folder)
    (folder / "schools.yaml~").write_text("", encoding="utf-8")
    assert fingerprint(folder) == before
    assert str(folder) not in str(before)


def test_layout(folder: Path) -> None:
    """Files beside come in the order of their names, after the main file."""
    (folder / "calendar.d").mkdir()
    for name in ("b.yaml", "a.yaml", "c.txt"):
        (folder / "calendar.d" / name).write_text("sittings: []\n", encoding="utf-8")
    assert [path.name for path in files_in(folder).calendar] == ["calendar.yaml", "a.yaml", "b.yaml"]


def test_network(folder: Path) -> None:
    """Devices as written, with the defaults of what is not; the file may be missing."""
    router, controller = load_configuration(folder, NOW, environ={}).network
    assert (router.id, router.role, router.school, router.uplink) == ("ek-router", "switch", "99000001", "Gi0/1")
    assert router.user == NetworkUser("provklar", "secrets/auth", "secrets/priv")
    assert (router.port, router.uplink_every_s, router.wireless_every_s) == (161, 60, 300)
    assert (controller.address, controller.community_file) == ("wlc.example.se", "secrets/community")
    (folder / "network.yaml").unlink()
    assert load_configuration(folder, NOW, environ={}).network == []


def test_the_network_is_looked_at_for_changes(folder: Path) -> None:
    """As every other file."""
    before = fingerprint(folder)
    (folder / "network.yaml").write_text("devices: []\n", encoding="utf-8")
    assert fingerprint(folder) != before
