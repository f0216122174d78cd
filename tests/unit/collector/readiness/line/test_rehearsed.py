"""What rehearsals say of the line, beside the runs of single machines.

90 pupils need 45 Mbit/s, 58.5 with the margin. Machines got about 70, and 400 once: of a line of 400 others may have
given up so much that a run of 70 shows 38 for certain (70 less all that 320 people may take), and nothing speaks
against 58.5 either.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from collector.readiness.domain.model import Finding, Observation, Rehearsal, Status, UplinkLoad
from collector.readiness.domain.school_days import SchoolDays
from collector.readiness.line.rehearsed import hours_covered
from collector.readiness.rehearsal.totals import LineRehearsed
from tests.support.judging import judge_alone
from tests.support.rehearsals import HARMED, rehearsal, taking_part
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    device,
    evidence,
    hourly,
    lesson_hours,
    observation,
    on_school,
    profile,
    school,
    sitting,
)

DOWN = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
NAMES = [str(number) for number in range(90)]
ABOUT = replace(sitting(pupils=90, rooms=("a1", "a2", "a3")), starts_at=datetime(2026, 11, 20, 9, 0, tzinfo=NOW.tzinfo))
"""On a Friday, at ten in Stockholm."""
BEGIN = datetime(2026, 11, 13, 9, 5, tzinfo=NOW.tzinfo)
"""A week before the sitting, at its hour."""
USUAL = [70.0 + number % 3 / 2 for number in range(40)]


def runs(rates: Sequence[float] = USUAL, *, once: float = 400.0) -> list[Observation]:
    """One in each hour of lessons before now, the newest first, the oldest of them `once`."""
    return hourly([*rates[:-1], once])


def found(
    held: Sequence[Rehearsal],
    told: Sequence[Observation] | None = None,
    *,
    uplink: Sequence[UplinkLoad] = (),
    now: datetime = NOW,
    begins_at: datetime = ABOUT.starts_at or NOW,
) -> Finding:
    observed = runs() if told is None else told
    known = evidence(observed, [device(name) for name in NAMES])
    known = replace(known, rehearsals=list(held), uplink=list(uplink))
    about = replace(ABOUT, starts_at=begins_at)
    return judge_alone(about, school(), profile(DOWN), known, RELEASES, now).findings[0]


def whole(times: float = 1.4, begins_at: datetime = BEGIN, **otherwise: object) -> Rehearsal:
    """The whole group, each with so many times what the profile asks for; so much was asked for as well."""
    parts = taking_part(NAMES, ("a1", "a2", "a3"), down_mbit_s=0.5 * times)
    return rehearsal(begins_at, parts, down_mbit_s=0.5 * times, **otherwise)  # type: ignore[arg-type]


def test_a_good_one_makes_ready() -> None:
    assert found([]).status is Status.UNKNOWN
    finding = found([whole()])
    assert finding.status is Status.READY
    assert {one.name: one.value for one in finding.steps}["step_line_rehearsed"] == pytest.approx(finding.measured)


def test_just_what_is_needed_shows_no_margin() -> None:
    """Nor does less than that show anything."""
    assert found([whole(1.1)]).status is Status.AT_RISK
    assert found([whole(0.9)]).status is Status.UNKNOWN


def short(begins_at: datetime = BEGIN, **otherwise: object) -> Rehearsal:
    """Everybody got four tenths of what is needed, in all rooms alike."""
    parts = taking_part(NAMES, ("a1", "a2", "a3"), down_mbit_s=0.2)
    return rehearsal(begins_at, parts, others=HARMED, rehearsal_id="g2", **otherwise)  # type: ignore[arg-type]


def test_a_bad_one_makes_not_ready() -> None:
    """Whatever machines measured."""
    assert found([short()]).status is Status.NOT_READY
    assert found([short()], runs([70.0] * 40, once=70.0)).status is Status.NOT_READY


def test_the_newest_decides() -> None:
    week = timedelta(days=7)
    assert found([whole(begins_at=BEGIN - week), short()]).status is Status.NOT_READY
    assert found([short(BEGIN - week), whole()]).status is Status.READY


def test_in_one_room_nobody_can_tell_the_line_from_the_air() -> None:
    parts = taking_part(NAMES, ["a1"], down_mbit_s=0.2)
    assert found([replace(short(), participants=parts)]).status is Status.UNKNOWN


@pytest.mark.parametrize(
    "begins_at",
    [BEGIN + timedelta(hours=2), BEGIN - timedelta(days=1), BEGIN - timedelta(days=21)],
    ids=["another hour", "another weekday", "too old"],
)
def test_at_a_kinder_time(begins_at: datetime) -> None:
    assert found([whole(begins_at=begins_at)]).status is Status.UNKNOWN


def test_at_a_sittings_own_hour_outside_lessons() -> None:
    """Five o'clock in the afternoon, when no single run counts: machines that are on show that the line lives."""
    evening, about = BEGIN.replace(hour=16), datetime(2026, 11, 20, 16, 0, tzinfo=NOW.tzinfo)
    on = [observation(1, "latency", {"rtt_p95_ms": 9.0}, at=evening + timedelta(minutes=m)) for m in (0, 30)]
    told = [*runs(), *on]
    assert found([], told, begins_at=about).status is Status.UNKNOWN
    assert found([whole(begins_at=evening)], told, begins_at=about).status is Status.READY
    assert found([whole()], told, begins_at=about).status is Status.UNKNOWN, "at another hour"
    assert found([short(evening)], told, begins_at=about).status is Status.NOT_READY


def test_while_others_made_room() -> None:
    """Or while nobody looked whether they did."""
    assert found([whole(others=HARMED)]).status is Status.UNKNOWN
    assert found([replace(whole(), others=type(HARMED)())]).status is Status.UNKNOWN


def test_what_harmed_nobody_once_and_now_does() -> None:
    """A load that is greater says nothing of it."""
    later = BEGIN + timedelta(minutes=25)
    for times, status in ((1.4, Status.READY), (1.2, Status.AT_RISK), (0.9, Status.UNKNOWN), (2.0, Status.READY)):
        newer = replace(whole(times, begins_at=later, others=HARMED), rehearsal_id="g2")
        assert found([whole(), newer]).status is status, times


def test_every_hour_of_the_sitting_must_have_been_rehearsed() -> None:
    """A sitting from half past ten touches two."""
    half_past = (ABOUT.starts_at or NOW) + timedelta(minutes=30)
    assert found([whole()], begins_at=half_past).status is Status.UNKNOWN
    both = whole(begins_at=BEGIN + timedelta(minutes=45))
    assert found([both], begins_at=half_past).status is Status.READY


def test_it_takes_no_two_and_twenty_hours() -> None:
    """What is measured so far must not speak against it, and show how the line swings."""
    assert found([whole()], runs([70.0] * 15, once=70.0)).status is Status.READY
    assert found([whole()], runs([70.0] * 7 + [20.0] + [70.0] * 7, once=70.0)).status is Status.UNKNOWN
    assert found([whole()], runs([70.0] * 3)).status is Status.UNKNOWN


def test_runs_show_as_well_that_the_worst_minutes_are_enough() -> None:
    """Fifteen of about 100 are too few hours by themselves; that it may swing by more than 63 leaves, they exclude."""
    steady, swinging = ([100.0 + far * (number * 3 % 7 - 3) for number in range(15)] for far in (1.5, 9.0))
    assert found([], runs(steady, once=100.0)).status is Status.UNKNOWN
    assert found([whole()], runs(steady, once=100.0)).status is Status.READY
    assert found([whole()], runs(swinging, once=100.0)).status is Status.UNKNOWN


def test_hours_that_are_certainly_worse() -> None:
    """Six of forty: since one of them, or the others, may be the sitting's."""
    worse = [20.0 if number % 7 == 3 else rate for number, rate in enumerate(USUAL)]
    assert found([whole()], runs(worse)).status is not Status.READY


def test_a_step_since() -> None:
    """Everything since is a third less."""
    stepped = [rate * 0.65 if at > BEGIN else rate for rate, at in zip(USUAL, lesson_hours(len(USUAL)), strict=True)]
    assert found([whole()]).status is Status.READY
    assert found([whole()], runs(stepped)).status is not Status.READY


def test_a_day_that_was_kinder() -> None:
    """On it, single machines got half as much again as on other days."""
    kinder = [
        rate * 1.5 if at.date() == BEGIN.date() else rate
        for rate, at in zip(USUAL, lesson_hours(len(USUAL)), strict=True)
    ]
    assert found([whole()], runs(kinder)).status is not Status.READY


def test_runs_that_swing_leave_it_open() -> None:
    """The worst minutes of the sitting may be far below those of the rehearsal."""
    swinging = [50.0 + 11 * (number % 5) for number in range(40)]
    assert found([whole()], runs(swinging)).status is Status.UNKNOWN


def test_a_line_that_is_silent_since() -> None:
    """Two school days after the last of everything, nobody knows."""
    assert found([whole()], now=NOW + timedelta(days=3)).status is Status.UNKNOWN


def test_nobody_measured_anything_else() -> None:
    """Then nobody knows how others swing: 320 people may take 32 Mbit/s, of what 90 pupils got."""
    whole_hour: dict[str, Any] = {"minutes": 50}
    assert found([whole(**whole_hour)], []).status is Status.UNKNOWN
    assert found([whole(1.8, **whole_hour)], []).status is Status.AT_RISK
    assert found([whole(2.2, **whole_hour)], []).status is Status.READY
    assert found([whole(2.2, others=HARMED, **whole_hour)], []).status is Status.UNKNOWN
    assert found([whole(2.2)], []).status is Status.UNKNOWN


def test_which_hours_it_covers() -> None:
    """Those of lessons, of which it went on for a minute or more."""
    late = BEGIN + timedelta(minutes=40)
    cases = [
        (BEGIN, 20, {(4, 10)}),
        (late, 20, {(4, 10), (4, 11)}),
        (late, 15, {(4, 10)}),
        (BEGIN + timedelta(days=1), 20, set()),
        (BEGIN + timedelta(hours=8), 20, {(4, 18)}),
    ]
    for begins_at, minutes, hours in cases:
        held = LineRehearsed(begins_at, begins_at + timedelta(minutes=minutes), 1.0, 1.0, 1.0, True, False)
        assert hours_covered(held, (), SchoolDays()) == hours, (begins_at, minutes)
    in_break = LineRehearsed(BEGIN, BEGIN + timedelta(minutes=20), 1.0, 1.0, 1.0, True, False)
    assert hours_covered(in_break, (), SchoolDays(frozenset([BEGIN.date()]))) == set()
