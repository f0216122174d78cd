"""What goes on beside a sitting: pupils add up on a line, machines come from one pool."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.readiness.domain.model import Evidence, Room, School, SharedLine, Sitting, Status, Verdict, YearGroup
from collector.readiness.domain.verdicts import BADNESS
from collector.readiness.occasions.occasion import Occasion, occasion_of
from collector.readiness.verdict.judge import judge
from tests.support.properties import examples
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    device,
    evidence,
    hourly,
    memory,
    on_school,
    profile,
    requirement,
    school,
    sitting,
)

NEXT_DOOR = School("10000002", "Bokskolan", [Room("b1", 30)], [YearGroup("9", 100)], staff=10)
FIBRE = SharedLine("fiber-1", ["10000001", "10000002"])
DOWN = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
SCHOOLS = {one.code: one for one in (school(), NEXT_DOOR)}


def at(minutes: int, pupils: int = 100, *, of: str = "10000001", name: str = "", lasts: int = 60) -> Sitting:
    """A sitting that begins so many minutes after the usual one."""
    begins_at = sitting().starts_at
    assert begins_at is not None
    return msgspec.structs.replace(
        sitting(pupils=pupils),
        id=name or f"{of}-{minutes}",
        school=of,
        starts_at=begins_at + timedelta(minutes=minutes),
        minutes=lasts,
    )


def occasion(first: Sitting, *others: Sitting, line: SharedLine | None = None) -> Occasion:
    """The first among all."""
    return occasion_of(first, [first, *others], SCHOOLS, [line] if line else [], NOW)


def verdict(made: Occasion, seen: Evidence, *rules: object) -> Verdict:
    """By these requirements, with nothing known of the neighbours."""
    empty = {one.code: Evidence(one.code, [], []) for one in made.line_schools}
    asked = profile(*rules) if rules else profile(DOWN)  # type: ignore[arg-type]  # requirements, all of them
    return judge(made, asked, {**empty, seen.school: seen}, RELEASES, NOW)


def test_sittings_that_overlap_add_up() -> None:
    """The most at any one moment, not all that there are."""
    assert occasion(at(0), at(30), at(59), at(60)).pupils_on_line == 300
    assert occasion(at(0), at(30, lasts=10), at(45)).pupils_on_line == 200
    assert occasion(at(0), at(-60)).pupils_on_line == 100
    assert occasion(at(0), at(-59)).pupils_on_line == 200


def test_what_is_held_or_elsewhere_takes_nothing() -> None:
    """Another school counts only where it hangs on the same line."""
    held = msgspec.structs.replace(at(10), held=True)
    assert occasion(at(0), held).pupils_on_line == 100
    neighbour = at(10, of="10000002")
    assert occasion(at(0), neighbour).pupils_on_line == 100
    together = occasion(at(0), neighbour, line=FIBRE)
    assert (together.pupils_on_line, together.people_on_line) == (200, 300 + 20 + 110)
    assert together.at_school(lambda one: one.pupils) == 100


def test_a_room_that_two_sittings_use_holds_both() -> None:
    """Spread by seats."""
    one, other = at(0, 30), msgspec.structs.replace(at(10, 30), rooms=["a1", "a2"])
    assert occasion(one, other).pupils_in("a1") == 45
    assert occasion(one, other).pupils_in("a2") == 15


def test_three_sittings_on_a_line_for_one_are_not_ready() -> None:
    """Three of 100 pupils on 85 Mbit/s were each ready."""
    runs = evidence(hourly([85.0] * 40))
    assert verdict(occasion(at(0)), runs).status is Status.READY
    crowded = verdict(occasion(at(0), at(20), at(40)), runs)
    assert crowded.status is Status.NOT_READY
    assert crowded.findings[0].required == 150.0
    assert crowded.findings[0].why.values["together"] == 300


def test_a_neighbours_sitting_takes_from_a_shared_line_and_its_runs_speak_for_it() -> None:
    """Measured at one school, taken from at both."""
    runs = evidence(hourly([85.0] * 40))
    mine, theirs = at(0, 40), at(0, 120, of="10000002")
    assert verdict(occasion(mine), runs).status is Status.READY
    assert verdict(occasion(mine, theirs), runs).status is Status.READY
    assert verdict(occasion(mine, theirs, line=FIBRE), runs).status is Status.AT_RISK
    seen_there = verdict(occasion(at(0, 40, of="10000002"), line=FIBRE), runs)
    assert seen_there.status is Status.READY


def test_machines_come_from_one_pool() -> None:
    """24 machines served two sittings of 20."""
    fleet = evidence([memory(n, 8192) for n in range(24)], [device(n) for n in range(24)])
    one, other = at(0, 20), at(30, 20)
    assert verdict(occasion(one), fleet, requirement()).status is Status.READY
    assert verdict(occasion(one, other), fleet, requirement()).status is Status.UNKNOWN
    owned = msgspec.structs.replace(school(), devices=24)
    both = occasion_of(one, [one, other], {owned.code: owned}, [], NOW)
    assert verdict(both, fleet, requirement()).status is Status.NOT_READY


@settings(max_examples=examples(40))
@given(
    st.lists(st.tuples(st.integers(-90, 90), st.integers(1, 200), st.booleans()), max_size=5),
    st.floats(20, 400),
    st.integers(1, 200),
)
def test_more_sittings_never_make_one_easier(others: list[tuple[int, int, bool]], rate: float, pupils: int) -> None:
    """Here or next door, whenever they begin."""
    beside = [
        at(minutes, count, of="10000002" if there else "10000001", name=f"other-{number}")
        for number, (minutes, count, there) in enumerate(others)
    ]
    runs, first = evidence(hourly([rate] * 40)), at(0, pupils, name="own")
    before = BADNESS[verdict(occasion(first, line=FIBRE), runs).status]
    for count in range(len(beside) + 1):
        after = BADNESS[verdict(occasion(first, *beside[:count], line=FIBRE), runs).status]
        assert after >= before
        before = after


@pytest.mark.parametrize("rooms", [["a1"], ["a1", "a3"]])
def test_seats_that_are_not_told_are_shared_evenly(rooms: list[str]) -> None:
    """Rounded up: a pupil too many rather than one too few."""
    bare = msgspec.structs.replace(school(), rooms=[Room(one.id, 0) for one in school().rooms])
    held = msgspec.structs.replace(at(0, 25), rooms=rooms)
    made = occasion_of(held, [], {bare.code: bare}, [], NOW)
    assert made.pupils_in("a1") == -(-25 // len(rooms))
    assert made.pupils_in("a2") == 0
