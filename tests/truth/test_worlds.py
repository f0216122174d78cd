"""The simulation of a sitting, which all that is called true comes from: what must make it better, or worse, does."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from tests.truth.worlds.air import Link, Radio, Room, phy_rate
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.school import School
from tests.truth.worlds.sitting import Outcome, Sitting, held, left_for, need
from tests.truth.worlds.slowness import slow_in, slow_since


@pytest.fixture
def draw() -> Draw:
    return Draw(random.Random(4), holds=True, near=False, name="test")


@pytest.fixture
def sitting(draw: Draw) -> Sitting:
    """One that could just be held by its line, down and up."""
    made = draw.sitting(draw.school())
    draw.fit([made], 1.1, up=1.2)
    return made


def broken(begin: datetime, minutes: int, moment: datetime) -> bool:
    """From then on, for so long."""
    return begin <= moment < begin + timedelta(minutes=minutes)


def outcome(sitting: Sitting, *beside: Sitting) -> Outcome:
    return held(sitting, [sitting, *beside])


def test_a_line_is_fitted_to_what_is_wished(sitting: Sitting) -> None:
    margins = outcome(sitting).margins
    assert [margins["down"], margins["up"]] == pytest.approx([1.1, 1.2])
    assert outcome(sitting).succeeds


def test_fewer_pupils_need_less(sitting: Sitting) -> None:
    """But they are then among the others."""
    fewer = outcome(replace(sitting, pupils=sitting.pupils - 2)).margins
    assert fewer["down"] > 1.1
    assert fewer["machines"] > outcome(sitting).margins["machines"]


def test_what_is_left_is_so_many_times_what_they_take(sitting: Sitting) -> None:
    down, up = left_for(sitting, [sitting])
    takes = need()
    assert [down, up] == pytest.approx([1.1 * sitting.pupils * takes.down, 1.2 * sitting.pupils * takes.up])


def test_what_makes_it_fail(sitting: Sitting) -> None:
    line = sitting.school.line
    usual, line.factor = line.factor, slow_in(0.5, hours={int(sitting.hour)})
    assert not outcome(sitting).succeeds
    line.factor = slow_since(0.5, sitting.ends_at)
    assert outcome(sitting).succeeds
    line.factor, line.breaks = usual, lambda _: True
    assert outcome(sitting).margins["down"] == 0.0


def test_a_short_break_is_allowed_and_a_long_one_is_not(sitting: Sitting) -> None:
    """The profile asks for nine tenths of the time."""
    line = sitting.school.line
    for minutes, succeeds in ((5, True), (10, False)):
        line.breaks = partial(broken, sitting.begins_at + timedelta(minutes=20), minutes)
        assert outcome(sitting).succeeds is succeeds, minutes


def test_others_at_the_same_time_take_their_part(draw: Draw, sitting: Sitting) -> None:
    """Of the line and of the machines; who comes later takes nothing."""
    beside = replace(sitting, id="beside", hour=sitting.hour + 0.5)
    later = replace(sitting, id="later", hour=sitting.hour + 1.0)
    assert outcome(sitting, later).margins == outcome(sitting).margins
    assert outcome(sitting, beside).margins["down"] < 1.0
    assert outcome(sitting, beside).margins["machines"] == pytest.approx(outcome(sitting).margins["machines"] / 2)


def test_what_lies_beyond_counts(sitting: Sitting) -> None:
    line = sitting.school.line
    line.beyond = line.rates[0] * 0.6, line.rates[1]
    assert not outcome(sitting).succeeds


@pytest.mark.parametrize("trouble", ["sits", "old_browser", "small_screen", "school", "hardware"])
def test_machines_that_do_not_count(sitting: Sitting, trouble: str) -> None:
    """Not for pupils, not fit, elsewhere, or the same one again."""
    machines = sitting.school.machines
    before = outcome(sitting).margins["machines"] * sitting.pupils
    other = {"sits": False, "old_browser": True, "small_screen": True, "school": "99009999"}
    setattr(machines[0], trouble, other.get(trouble, machines[1].hardware))
    assert outcome(sitting).margins["machines"] * sitting.pupils == pytest.approx(before - 1)


def test_the_way_must_hold_until_the_end(sitting: Sitting) -> None:
    way = sitting.school.way
    for name in ("service_until", "login_until"):
        kept = getattr(way, name)
        setattr(way, name, sitting.ends_at + timedelta(minutes=1))
        assert outcome(sitting).succeeds
        setattr(way, name, sitting.ends_at - timedelta(minutes=1))
        assert not outcome(sitting).succeeds
        setattr(way, name, kept)
    way.blocked = 0.1
    assert not outcome(sitting).succeeds


def room(signal_dbm: float, busy: float = 0.1, retries: float = 0.1) -> Room:
    return Room("S1", 16, Radio("02:00:00:00:00:01", 36, busy), [Link(signal_dbm, retries)] * 16)


def test_air(sitting: Sitting) -> None:
    """A weaker link, more repeats, a busier channel and more pupils take more of it; a dead seat is the end."""
    usual = room(-70).margin(12, 0.6)
    assert 1 < usual < 9
    assert room(-78).margin(12, 0.6) < usual
    assert room(-70, busy=0.5).margin(12, 0.6) < usual
    assert room(-70, retries=0.6).margin(12, 0.6) < usual
    assert room(-70).margin(16, 0.6) < usual
    assert room(-81).margin(12, 0.6) == 0.5
    assert Room("S1", 16, None).margin(16, 0.6) == 9.0


def test_phy_rates_fall_with_the_signal() -> None:
    rates = [phy_rate(signal) for signal in range(-40, -100, -1)]
    assert rates == sorted(rates, reverse=True)
    assert (rates[0], rates[-1]) == (520.0, 1.0)


def test_the_need_is_the_profiles() -> None:
    """Read from the file as any program would, and not from the product."""
    assert (need().down, need().up, need().short_share) == (0.5, 0.1, 0.1)


def test_runs_get_what_others_leave(draw: Draw) -> None:
    """And a share of what they take; never more than the machine's own link."""
    school: School = draw.school()
    line, at = school.line, draw.asked_at - timedelta(hours=6)
    line.rates, line.gives_way = (100.0, 50.0), 0.0
    free = line.run(at, (900.0, 900.0))
    assert free[0] == pytest.approx(line.carries(at)[0] - line.load(at)[0])
    line.gives_way = 0.3
    assert line.run(at, (900.0, 900.0))[0] == pytest.approx(free[0] + 0.3 * line.load(at)[0])
    assert line.run(at, (10.0, 5.0)) == (10.0, 5.0)
