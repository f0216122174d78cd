"""What several rehearsals say together: the newest first, and no bad one is forgotten for an older good one."""

from __future__ import annotations

from functools import reduce
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.rehearsal.bounds import RehearsedBounds

GOOD, BAD, PARTLY = RehearsedBounds(90.0), RehearsedBounds(40.0, 45.0), RehearsedBounds(30.0)


def after(*told: RehearsedBounds) -> RehearsedBounds:
    return reduce(RehearsedBounds.then, told, RehearsedBounds())


def test_the_newest_decides() -> None:
    assert after(GOOD, BAD) == RehearsedBounds(45.0, 45.0)
    assert after(BAD, GOOD) == RehearsedBounds(90.0, inf)


def test_a_smaller_one_takes_nothing_away_and_mends_nothing() -> None:
    assert after(GOOD, PARTLY) == GOOD
    assert after(BAD, PARTLY) == BAD


bounds = st.floats(0, 100)
told = st.builds(lambda least, more: RehearsedBounds(least, least + more), bounds, st.one_of(bounds, st.just(inf)))


@given(st.lists(told, max_size=6), told, bounds)
def test_less_is_never_better(before: list[RehearsedBounds], newest: RehearsedBounds, less: float) -> None:
    """A newest one that went worse, in either end."""
    whole = after(*before, newest)
    worse = after(*before, RehearsedBounds(min(newest.least, less), newest.most))
    assert worse.least <= whole.least
    assert worse.most <= whole.most
    limited = after(*before, RehearsedBounds(min(newest.least, less), min(newest.most, max(less, newest.least))))
    assert limited.least <= whole.least


@given(st.lists(told, max_size=6), told)
def test_no_older_one_gives_more_than_the_newest_at_most(
    before: list[RehearsedBounds], newest: RehearsedBounds
) -> None:
    found = after(*before, newest)
    assert newest.least <= found.least <= newest.most
    assert found.least <= found.most <= newest.most
