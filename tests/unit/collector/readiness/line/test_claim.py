"""What hours say of a line, worked out by hand: a tenth of them may be bad, and what is said is sure to nine tenths.

Of 40 hours one may be bad then and two may not (the chance of two or fewer of forty is 0.22), and 22 good ones are the
fewest that are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from math import inf

import pytest

from collector.readiness.domain.school_days import SCHOOL_TIME, SchoolDays
from collector.readiness.line.claim import (
    Carries,
    LineClaim,
    LineInterval,
    MeasuredHour,
    half_hour,
    half_hours,
    half_hours_of_school,
    hours_of_week,
    measured_hours,
)
from collector.readiness.line.samples import LineSample

MONDAY = date(2026, 11, 2)
TUESDAY_AT_9 = datetime(2026, 12, 1, 9, tzinfo=SCHOOL_TIME)
HOURS = range(8, 16)
ALIVE = frozenset((hour, is_later) for hour in HOURS for is_later in (False, True))
GOOD, BAD, ASKED = 100.0, 5.0, 40.0
ANYTHING = (0.0, inf)


def at(number: int) -> datetime:
    """The lesson hour of that number, of eight a day, from a Monday on."""
    days, hour = divmod(number, len(HOURS))
    weeks, weekday = divmod(days, 5)
    return datetime.combine(MONDAY + timedelta(weeks=weeks, days=weekday), time(HOURS[hour]), SCHOOL_TIME)


def run(begins_at: datetime, least: float, most: float | None = None, *, held_back: bool = False) -> LineSample:
    return LineSample(begins_at + timedelta(minutes=10), "1", least, least if most is None else most, held_back)


def hour_of(*between: tuple[float, float], held_back: bool = False) -> MeasuredHour:
    """One with a run for each interval."""
    return MeasuredHour(at(0), [run(at(0), *one, held_back=held_back) for one in between])


def line(rates: Iterable[float]) -> list[MeasuredHour]:
    """An hour with one run for each rate."""
    return [MeasuredHour(at(number), [run(at(number), rate)]) for number, rate in enumerate(rates)]


def good(count: int, bad: Iterable[int] = ()) -> list[MeasuredHour]:
    """So many good hours, but those."""
    spoiled = set(bad)
    return line(BAD if number in spoiled else GOOD for number in range(count))


def claim(
    hours: Sequence[MeasuredHour], begins_at: datetime = TUESDAY_AT_9, *, minutes: int = 60, is_new: bool = True
) -> LineClaim:
    ends_at = begins_at + timedelta(minutes=minutes)
    return LineClaim(hours, begins_at, ends_at, 0.1, 0.9, 1.0, is_new, ALIVE)


OWN = 9
"""The number of the first hour that is a Tuesday's at nine; the next one comes 40 hours later."""


class TestHour:
    @pytest.mark.parametrize(
        ("between", "carries"),
        [
            ([(50, 50)] * 3 + [(10, 10)], Carries.YES),
            ([(50, 50)] * 2 + [(10, 10)] * 2, Carries.NO),
            ([(40, 40)], Carries.YES),
            ([(39.9, 39.9)], Carries.NO),
            ([(10, 60)], Carries.MAYBE),
            ([(10, 40)], Carries.MAYBE),
            ([(10, 39)], Carries.NO),
            ([ANYTHING], Carries.MAYBE),
            ([ANYTHING, (50, 50), (50, 50), (50, 50)], Carries.YES),
            ([ANYTHING, ANYTHING, (50, 50), (50, 50)], Carries.MAYBE),
            ([ANYTHING, (10, 10)], Carries.NO),
            ([(0, 0)], Carries.NO),
        ],
    )
    def test_three_of_four_runs_decide(self, between: list[tuple[float, float]], carries: Carries) -> None:
        """What may be anything is no run that carries, and none that speaks for one that does not."""
        assert hour_of(*between).carries(ASKED) is carries

    def test_a_machine_that_held_itself_back_has_no_say_above_what_it_got(self) -> None:
        held = hour_of((20, inf), held_back=True)
        assert [held.carries(rate) for rate in (19.9, 20, 20.1)] == [Carries.YES, Carries.YES, None]
        both = MeasuredHour(at(0), [*held.runs, run(at(0), 50)])
        assert both.carries(ASKED) is Carries.YES

    def test_what_it_carries_and_carries_at_most(self) -> None:
        """The third of four, the only one of one; what may be anything bounds nothing."""
        assert hour_of((50, 60), (40, 45), (30, 35), (10, 15)).carried == 30
        assert hour_of((50, 60), (40, 45), (30, 35), (10, 15)).at_most == 35
        assert hour_of((50, 60)).carried == 50
        assert hour_of((10, 60), (20, 50), ANYTHING).at_most == 50
        assert hour_of(ANYTHING).at_most is None
        assert hour_of((0, 7)).at_most == 7
        assert hour_of((20, 30), held_back=True).at_most is None


class TestDoubt:
    def test_forty_good_hours_leave_none(self) -> None:
        """Nor does the rate they carry, but for what stretches may lie below it."""
        assert claim(good(40)).doubt(ASKED) is None
        assert claim(good(40)).doubt(GOOD) == "swings"

    def test_nobody_measured(self) -> None:
        assert claim([]).doubt(ASKED) == "never"

    def test_only_machines_that_can_not_carry_so_much(self) -> None:
        held = [MeasuredHour(at(number), [run(at(number), 20, inf, held_back=True)]) for number in range(40)]
        assert claim(held).doubt(ASKED) == "held_back"
        assert claim(held, is_new=False).doubt(ASKED) == "held_back"

    def test_not_lately(self) -> None:
        assert claim(good(40), is_new=False).doubt(ASKED) == "old"

    def test_too_few_hours(self) -> None:
        assert claim(good(40)).needed == 22
        assert claim(good(21)).doubt(ASKED) == "few"
        assert claim(good(22)).doubt(ASKED) is None

    def test_too_many_are_bad(self) -> None:
        """One of forty may be, two may not. Those here are on a Monday, long ago."""
        assert claim(good(40, [2])).doubt(ASKED) is None
        assert claim(good(40, [2, 4])).doubt(ASKED) == "bad_hours"

    def test_its_own_hour_was_never_measured(self) -> None:
        hours = [hour for number, hour in enumerate(good(80)) if number % 40 != OWN]
        assert claim(hours).doubt(ASKED) == "own_hour"

    def test_its_own_hour_was_bad_whenever_it_was_measured(self) -> None:
        assert claim(good(40, [OWN])).doubt(ASKED) == "own_hour_bad"

    def test_one_of_two_of_its_own_hours_may_be_bad(self) -> None:
        assert claim(good(80, [OWN])).doubt(ASKED) is None

    def test_its_clock_hour_is_bad_too_often(self) -> None:
        """On three of sixteen days at nine, but on no Tuesday: of all 128 hours that is not too much."""
        hours = good(128, [1, 17, 25, 41])
        assert claim(hours).doubt(ASKED) == "own_hour_bad"
        assert claim(good(128, [2, 18, 27, 44])).doubt(ASKED) is None

    def test_nothing_was_ever_reached_at_its_half_hour(self) -> None:
        silent = LineClaim(
            good(40), TUESDAY_AT_9, TUESDAY_AT_9 + timedelta(hours=1), 0.1, 0.9, 1.0, True, ALIVE - {(9, True)}
        )
        assert silent.doubt(ASKED) == "own_hour"

    def test_the_newest_hour_is_bad(self) -> None:
        """It may be the first of many."""
        assert claim(good(40, [39])).doubt(ASKED) == "newest_bad"
        assert claim(good(40, [38])).doubt(ASKED) is None

    def test_it_gets_worse_from_day_to_day(self) -> None:
        """Two in a hundred of the first day, on each of ten: at the sitting, weeks later, little is left."""
        falling = line(GOOD * (1 - 0.02 * (number // 8)) for number in range(80))
        assert claim(falling).doubt(ASKED) is None
        assert claim(falling).doubt(75.0) == "falling"

    def test_others_take_more_from_day_to_day(self) -> None:
        """The most that they may take is taken off all runs alike: what is left seems steady, the runs do not."""
        whole = line(2 * GOOD * (1 - 0.05 * (number // 8)) for number in range(80))
        assert replace(claim(good(80)), as_measured=line([2 * GOOD] * 80)).doubt(ASKED) is None
        assert replace(claim(good(80)), as_measured=whole).doubt(ASKED) == "falling"
        assert not replace(claim(good(80)), as_measured=whole).is_refuted(ASKED)


class TestRefuted:
    def test_the_highest_rate_that_may_be_carried(self) -> None:
        hours = line([50.0] * 40)
        assert claim(hours).is_refuted(50.1)
        assert not claim(hours).is_refuted(50.0)
        assert claim(hours).interval == LineInterval(claim(hours).dip, 50.0)
        assert 40 < claim(hours).dip < 50

    def test_few_hours_say_nothing_of_what_it_carries_at_most(self) -> None:
        """None of one: a tenth of all are bad, so a bad one is seen in one case of ten."""
        assert claim([]).interval == LineInterval(None, inf)
        assert claim(line([50.0] * 2)).is_refuted(60.0)

    def test_bad_on_other_weekdays_alone(self) -> None:
        """Six hours of each Monday are bad, which is too many of all; Tuesday is another day."""
        bad = [week * 40 + hour for week in range(3) for hour in range(6)]
        assert not claim(good(103, bad)).is_refuted(ASKED)
        assert claim(good(103, bad), TUESDAY_AT_9 - timedelta(days=1)).is_refuted(ASKED)

    def test_bad_at_other_hours_of_the_day_alone(self) -> None:
        """At noon every day, and at one every other day; at nine it never was."""
        bad = [*range(4, 80, 8), *range(5, 80, 16)]
        assert not claim(good(80, bad)).is_refuted(ASKED)
        assert claim(good(80, bad), TUESDAY_AT_9.replace(hour=12)).is_refuted(ASKED)

    def test_mended_since(self) -> None:
        """All hours were bad: a single good one shows that something else is so now. Not that it is enough."""
        assert claim(good(20, range(20))).is_refuted(ASKED)
        assert not claim(good(21, range(20))).is_refuted(ASKED)
        assert claim(good(21, range(20))).doubt(ASKED) is not None

    def test_as_many_good_ones_as_hardly_come_in_a_row(self) -> None:
        """Where every other one was bad, five: four come in one case of sixteen."""
        every_other = range(0, 20, 2)
        assert claim(good(23, [*every_other, 18])).is_refuted(ASKED)
        assert not claim(good(24, [*every_other, 18])).is_refuted(ASKED)


class TestSpeaksAgainst:
    """What hours say of a rate that was seen to be carried at the sitting's own."""

    def others(self, count: int) -> list[datetime]:
        """Hours in which something was reached, and nothing measured."""
        return [at(number) for number in range(count)]

    def test_good_hours_do_not(self) -> None:
        assert not claim(good(1)).speaks_against(ASKED, [])
        assert not claim(good(40)).speaks_against(ASKED, [])

    def test_of_a_few_hours_any_bad_one_does(self) -> None:
        assert claim(good(3, [0])).speaks_against(ASKED, [])

    def test_one_of_forty_does_not(self) -> None:
        """Hours in which only something was reached count as well, and are not bad."""
        assert not claim(good(40, [2])).speaks_against(ASKED, [])
        assert claim(good(30, [2])).speaks_against(ASKED, [])
        assert not claim(good(30, [2])).speaks_against(ASKED, self.others(40))

    def test_two_of_forty_do(self) -> None:
        assert claim(good(40, [2, 4])).speaks_against(ASKED, [])

    def test_a_bad_one_that_is_the_newest_does(self) -> None:
        assert claim(good(40, [39])).speaks_against(ASKED, [])
        assert not claim(good(40, [38])).speaks_against(ASKED, [])

    def test_its_own_does(self) -> None:
        """The only one that was ever seen."""
        assert claim(good(40, [OWN])).speaks_against(ASKED, [])

    def test_machines_that_held_themselves_back_say_nothing(self) -> None:
        held = [MeasuredHour(at(39), [run(at(39), BAD, inf, held_back=True)])]
        assert not claim(held).speaks_against(ASKED, self.others(40))


class TestTimes:
    def test_hours_of_the_week(self) -> None:
        """Those that it touches; what ends on the hour does not touch the next."""
        assert hours_of_week(TUESDAY_AT_9, TUESDAY_AT_9 + timedelta(minutes=60)) == {(1, 9)}
        assert hours_of_week(TUESDAY_AT_9, TUESDAY_AT_9 + timedelta(minutes=61)) == {(1, 9), (1, 10)}
        late = TUESDAY_AT_9.replace(minute=59)
        assert hours_of_week(late, late + timedelta(minutes=2)) == {(1, 9), (1, 10)}

    @pytest.mark.parametrize(
        ("minute", "minutes", "touched"),
        [
            (0, 60, {(9, False), (9, True)}),
            (0, 61, {(9, False), (9, True), (10, False)}),
            (10, 10, {(9, False)}),
            (10, 40, {(9, False), (9, True)}),
            (20, 20, {(9, False), (9, True)}),
            (30, 30, {(9, True)}),
        ],
    )
    def test_half_hours(self, minute: int, minutes: int, touched: set[tuple[int, bool]]) -> None:
        begins_at = TUESDAY_AT_9.replace(minute=minute)
        assert half_hours(begins_at, begins_at + timedelta(minutes=minutes)) == touched

    def test_the_second_half_begins_with_the_half(self) -> None:
        assert [half_hour(TUESDAY_AT_9.replace(minute=minute)) for minute in (0, 29, 30, 59)] == [
            (9, False),
            (9, False),
            (9, True),
            (9, True),
        ]

    def test_half_hours_of_school_days(self) -> None:
        """A weekend shows nothing, nor does a day off."""
        sunday, off = TUESDAY_AT_9 + timedelta(days=5), TUESDAY_AT_9 + timedelta(days=7, hours=2)
        times = [TUESDAY_AT_9.replace(minute=31), sunday, off]
        assert half_hours_of_school(times, SchoolDays()) == {(9, True), (11, False)}
        assert half_hours_of_school(times, SchoolDays(frozenset([off.date()]))) == {(9, True)}

    def test_hours_that_speak_of_a_sitting(self) -> None:
        """In lessons on school days, oldest first; those of an evening only where the sitting is in one."""
        evening, saturday = TUESDAY_AT_9.replace(hour=18), TUESDAY_AT_9 + timedelta(days=4)
        samples = [
            run(one, GOOD)
            for one in (saturday, evening, TUESDAY_AT_9.replace(minute=45), TUESDAY_AT_9, TUESDAY_AT_9.replace(hour=8))
        ]

        def told(own: set[tuple[int, int]]) -> list[tuple[datetime, int]]:
            return [(one.begins_at, len(one.runs)) for one in measured_hours(samples, own, SchoolDays())]

        in_lessons = [(TUESDAY_AT_9.replace(hour=8), 1), (TUESDAY_AT_9, 2)]
        assert told({(1, 9)}) == in_lessons
        assert told({(3, 18)}) == [*in_lessons, (evening, 1)]
        assert told({(5, 9)}) == [*in_lessons, (saturday, 1)]
        assert measured_hours(samples, {(1, 9)}, SchoolDays(frozenset([TUESDAY_AT_9.date()]))) == []
