"""Rules of `calendar.yaml` and `calendar.d/`: a sitting can take place as it is written."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from collector.configuration.problems import ConfigurationProblem, DocumentPath, problem
from collector.readiness.domain.breaks import Break
from collector.readiness.domain.model import School, Sitting

FURTHEST_AHEAD = timedelta(days=3 * 365)
"""Nobody plans a test further ahead; such a date is a slip of the pen."""


@dataclass(frozen=True)
class CalendarContext:
    """What a sitting refers to, `groups` of machines by school; None where that file could not be read, so that nothing
    is blamed on the calendar.
    """

    schools: Mapping[str, School] | None
    profiles: Collection[str] | None
    now: datetime
    already_seen: Container[str]
    groups: Mapping[str, Collection[str]] | None = None


def sitting_problems(place: DocumentPath, sitting: Sitting, around: CalendarContext) -> Iterator[ConfigurationProblem]:
    """All that is wrong with one sitting by itself."""
    yield from _when(place, sitting, around)
    if around.profiles is not None and sitting.profile is not None and sitting.profile not in around.profiles:
        where = (*place, "profile")
        yield _unknown(where, "config_unknown_profile", sitting.profile, around.profiles, sitting=sitting.id)
    if around.schools is None:
        return
    school = around.schools.get(sitting.school)
    if school is None:
        yield _unknown((*place, "school"), "config_unknown_school", sitting.school, around.schools, sitting=sitting.id)
        return
    yield from _rooms(place, sitting, school)
    yield from _pupils(place, sitting, school)
    yield from _groups(place, sitting, school, (around.groups or {}).get(school.code, ()))


def _when(place: DocumentPath, sitting: Sitting, around: CalendarContext) -> Iterator[ConfigurationProblem]:
    if (sitting.starts_at is None) == (sitting.standing is None):
        code = "config_no_start" if sitting.starts_at is None else "config_two_starts"
        yield problem(place, code, sitting=sitting.id)
    if sitting.starts_at is None or sitting.held:
        return
    where = (*place, "starts_at")
    if end_of(sitting.starts_at, sitting) <= around.now and sitting.id not in around.already_seen:
        yield problem(where, "config_date_in_the_past", sitting=sitting.id, date=sitting.starts_at)
    if sitting.starts_at > around.now + FURTHEST_AHEAD:
        yield problem(where, "config_date_too_far_ahead", sitting=sitting.id, date=sitting.starts_at)


def _rooms(place: DocumentPath, sitting: Sitting, school: School) -> Iterator[ConfigurationProblem]:
    seats = {room.id: room.seats for room in school.rooms}
    for index, room in enumerate(sitting.rooms):
        where = (*place, "rooms", index)
        if room not in seats:
            yield _unknown(where, "config_unknown_room", room, seats, sitting=sitting.id, school=school.name)
        elif room in sitting.rooms[:index]:
            yield problem(where, "config_room_twice", id=room, sitting=sitting.id)
    unique = set(sitting.rooms)
    available = sum(seats[room] for room in unique & seats.keys())
    if unique <= seats.keys() and sitting.pupils > available:
        missing = sitting.pupils - available
        counts = {"pupils": sitting.pupils, "seats": available, "missing": missing}
        yield problem((*place, "pupils"), "config_too_few_seats", sitting=sitting.id, **counts)


def _pupils(place: DocumentPath, sitting: Sitting, school: School) -> Iterator[ConfigurationProblem]:
    sizes = {group.grade: group.pupils for group in school.year_groups}
    size = sizes.get(sitting.year_group)
    if size is None:
        where = (*place, "year_group")
        yield _unknown(
            where, "config_unknown_year_group", sitting.year_group, sizes, sitting=sitting.id, school=school.name
        )
    elif sitting.pupils > size:
        names = {"sitting": sitting.id, "year_group": sitting.year_group}
        counts = {"pupils": sitting.pupils, "size": size}
        yield problem((*place, "pupils"), "config_more_pupils_than_year_group", **names, **counts)


def _groups(
    place: DocumentPath, sitting: Sitting, school: School, groups: Collection[str]
) -> Iterator[ConfigurationProblem]:
    """Where no group is written down at all, an inventory may tell of them."""
    for index, group in enumerate(sitting.groups):
        if groups and group not in groups:
            where = (*place, "groups", index)
            yield _unknown(where, "config_unknown_group", group, groups, sitting=sitting.id, school=school.name)


def _unknown(
    place: DocumentPath, code: str, written: str, known: Collection[str], **values: str
) -> ConfigurationProblem:
    """Names the nearest that exists, or a few of those that do, or says that there are none."""
    near = get_close_matches(written, known, n=3) or sorted(known)[:3] or ["–"]
    return problem(place, code, id=written, near=", ".join(near), **values)


def break_problems(index: int, one: Break, schools: Mapping[str, School] | None) -> Iterator[ConfigurationProblem]:
    """All that is wrong with `breaks[index]`."""
    place = ("breaks", index)
    if one.last < one.first:
        values = {"name": one.name, "first": one.first.isoformat(), "last": one.last.isoformat()}
        yield problem((*place, "last"), "config_break_backwards", **values)
    for position, code in enumerate(one.schools):
        if schools is not None and code not in schools:
            yield _unknown((*place, "schools", position), "config_break_unknown_school", code, schools, name=one.name)


def end_of(start: datetime, sitting: Sitting) -> datetime:
    """When a sitting that starts at `start` is over."""
    return start + timedelta(minutes=sitting.minutes)


@dataclass(frozen=True)
class Placed:
    """A sitting with a date of its own, and its position among all sittings."""

    position: int
    sitting: Sitting
    start: datetime


def overlaps(sittings: Sequence[Sitting]) -> Iterator[tuple[int, ConfigurationProblem]]:
    """Dated sittings that need the same room at the same time, as (position of the later one, problem). A standing
    sitting is a readiness that the school wants at any time, not a booking, so it occupies nothing.
    """
    booked: dict[tuple[str, str], list[Placed]] = {}
    for position, sitting in enumerate(sittings):
        if sitting.starts_at is not None:
            for room in dict.fromkeys(sitting.rooms):
                booked.setdefault((sitting.school, room), []).append(Placed(position, sitting, sitting.starts_at))
    told: set[int] = set()
    for (_, room), placed in booked.items():
        for position, found in _overlaps_in(room, sorted(placed, key=lambda one: (one.start, one.position))):
            if position not in told:
                yield position, found
            told.add(position)


def _overlaps_in(room: str, placed: list[Placed]) -> Iterator[tuple[int, ConfigurationProblem]]:
    """Lays each sitting against the one that has kept the room longest so far. The same id twice is told elsewhere."""
    longest = placed[0]
    for one in placed[1:]:
        if one.start < end_of(longest.start, longest.sitting) and one.sitting.id != longest.sitting.id:
            values = {"room": room, "sitting": one.sitting.id, "other": longest.sitting.id}
            yield one.position, problem(("rooms",), "config_room_taken", **values)
        if end_of(one.start, one.sitting) > end_of(longest.start, longest.sitting):
            longest = one
