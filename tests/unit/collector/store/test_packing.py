"""A week that is packed is the week that was."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from collector.store.heard import ONE_MS, Heard, moments, packed, stretch_of
from collector.store.packing import SaidContent, WeekRow, first_day, packed_week, rows_of_week, week_of, week_row
from collector.store.timestamps import ONE_DAY, day_of

WEEK = week_of(20_500)
DAY_MS = ONE_DAY // ONE_MS
FACTS = '{"rtt_ms": %d}'


def content(number: int) -> SaidContent:
    """Something that was said."""
    said = (None if number % 2 else "A1", 1, "ok", None, None, FACTS % number, "{}", "[]", None)
    return SaidContent(bytes([number]) * 6, *said)


@st.composite
def heard(draw: st.DrawFn, day: int) -> Heard:
    """Once, on that day; it came in then or later, or by a clock that was ahead, or that was not kept."""
    at = day * ONE_DAY + draw(st.integers(0, DAY_MS - 1)) * ONE_MS
    later_ms = draw(st.one_of(st.none(), st.sampled_from([0, 0, 900_000]), st.integers(-60_000, 3 * DAY_MS)))
    return Heard(at) if later_ms is None else Heard(at, at + later_ms * ONE_MS, draw(st.integers(-900, 900)) / 10)


@st.composite
def rows(draw: st.DrawFn) -> list[WeekRow]:
    """Some rows of one device's week, each probe, day and content once."""
    places = st.tuples(st.sampled_from(["device", "wifi"]), st.integers(0, 6), st.integers(0, 5))
    found = []
    for probe, weekday, number in sorted(draw(st.sets(places, max_size=12))):
        day = first_day(WEEK) + weekday
        told = draw(st.lists(heard(day), min_size=1, max_size=8))
        found.append(week_row((7, "d-7"), probe, day, content(number), told))
    return found


def facts(row: WeekRow) -> tuple[object, ...]:
    """All that a row says."""
    return row.device, row.device_id, row.probe, row.day, row.said, row.heard


@given(rows=rows())
def test_all_comes_back(rows: list[WeekRow]) -> None:
    """Every probe, day, content and time, whatever clocks did."""
    again = rows_of_week(7, "d-7", WEEK, packed_week(WEEK, rows))
    assert [facts(row) for row in again] == [facts(row) for row in rows]
    assert packed_week(WEEK, again) == packed_week(WEEK, rows)


@given(rows=rows(), until_ms=st.integers(0, 10 * DAY_MS))
def test_what_was_known_is_what_a_loose_row_tells(rows: list[WeekRow], until_ms: int) -> None:
    """At any moment: the same entries and the same stretch as from the row that was packed."""
    until = (first_day(WEEK) * DAY_MS + until_ms) * ONE_MS
    for row in rows_of_week(7, "d-7", WEEK, packed_week(WEEK, rows)):
        loose = b"".join(packed(one, row.day) for one in row.heard)
        known, is_all = moments(loose, row.day, until)
        told, told_all = row.moments(until)
        assert [one[:2] for one in told] == [one[:2] for one in known]
        assert told_all == is_all
        assert row.is_known(until) == bool(known)
        whole = row.whole(until)
        if whole is not None:
            assert is_all
            assert whole == stretch_of(told, row.day)
            assert whole[:3] == stretch_of(known, row.day)[:3]


def test_weeks_begin_on_mondays() -> None:
    """Seven days each, and none is left out."""
    monday = day_of(0) + 4  # the fifth of January 1970
    assert first_day(week_of(monday)) == monday
    weeks = [week_of(monday + day) for day in range(21)]
    assert [len(list(days)) for _, days in itertools.groupby(weeks)] == [7, 7, 7]


def test_what_is_said_every_day_stands_once() -> None:
    """Four more days of the same cost little more than their times."""
    said = SaidContent(b"abcdef", "A1", 1, "ok", None, None, FACTS * 400, "{}", "[]", None)
    days = [first_day(WEEK) + weekday for weekday in range(5)]
    told = [week_row((7, "d-7"), "device", day, said, [Heard(day * ONE_DAY, day * ONE_DAY, 0.0)]) for day in days]
    assert len(packed_week(WEEK, told)) < len(packed_week(WEEK, told[:1])) + 60
