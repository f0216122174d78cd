"""Bounds on a share: against tables, against exact counting, and against what must hold of any of them."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.shares import ShareBounds, share_bounds

COUNTS = st.integers(0, 40).flatmap(lambda tried: st.tuples(st.integers(0, tried), st.just(tried)))
MORE = st.none() | st.integers(0, 60)


@pytest.mark.parametrize(
    ("good", "tried", "least", "most"),
    [
        (10, 10, 0.7943, 1.0),
        (9, 10, 0.6632, 0.9895),
        (5, 10, 0.2673, 0.7327),
        (0, 10, 0.0, 0.2057),
        (82, 83, 0.9539, 0.9987),
    ],
)
def test_as_clopper_and_pearson_have_it(good: int, tried: int, least: float, most: float) -> None:
    """One side at 90 % each; the first and the last are roots that can be checked by hand."""
    found = share_bounds(good, tried, None, 0.9)
    assert (round(found.least, 4), round(found.most, 4)) == (least, most)


def test_all_machines_tried_is_the_share_itself() -> None:
    """Nothing is left to chance."""
    assert share_bounds(82, 83, 83, 0.9) == ShareBounds(82 / 83, 82 / 83)


def test_nobody_tried() -> None:
    """Then it can be anything."""
    assert share_bounds(0, 0, 30, 0.9) == share_bounds(0, 0, None, 0.9) == ShareBounds(0.0, 1.0)


@pytest.mark.parametrize(
    ("good", "tried", "of", "confidence"), [(-1, 3, None, 0.9), (4, 3, None, 0.9), (1, 3, 2, 0.9), (1, 3, None, 1.0)]
)
def test_what_can_not_be_is_refused(good: int, tried: int, of: int | None, confidence: float) -> None:
    """A count out of bounds is a defect of the caller."""
    with pytest.raises(ValueError, match="tried"):
        share_bounds(good, tried, of, confidence)


def exact_fewest(good: int, tried: int, of: int, doubt: Fraction) -> int:
    """The same bound by whole numbers, without logarithms."""
    for all_good in range(good, of + 1):
        ways = sum(comb(all_good, k) * comb(of - all_good, tried - k) for k in range(good, tried + 1))
        if Fraction(ways, comb(of, tried)) >= doubt:
            return all_good
    raise AssertionError("all of them good is always enough")


@given(COUNTS.filter(lambda count: count[1] > 0), st.integers(0, 25))
def test_of_a_known_number_by_whole_numbers(count: tuple[int, int], untried: int) -> None:
    """0.1003 is no fraction of such counts, so no tie is left to rounding."""
    good, tried = count
    of, doubt = tried + untried, Fraction(1003, 10_000)
    found = share_bounds(good, tried, of, 1 - 0.1003)
    assert round(found.least * of) == exact_fewest(good, tried, of, doubt)
    assert round((1 - found.most) * of) == exact_fewest(tried - good, tried, of, doubt)


@given(COUNTS, MORE, st.sampled_from([0.9, 0.99]))
def test_the_share_that_was_seen_lies_between(count: tuple[int, int], more: int | None, confidence: float) -> None:
    """As sure as anybody asks for here."""
    good, tried = count
    found = share_bounds(good, tried, None if more is None else tried + more, confidence)
    seen = good / tried if tried else 0.5
    assert 0 <= found.least <= seen + 1e-9 <= found.most + 2e-9
    assert found.most <= 1


@given(COUNTS, MORE)
def test_one_more_good_one_is_never_worse_and_one_more_bad_one_never_better(
    count: tuple[int, int], more: int | None
) -> None:
    """Law 16, for either bound; whether or not all are counted."""
    good, tried = count
    of = None if more is None else tried + 1 + more
    before = share_bounds(good, tried, of, 0.9)
    better, worse = share_bounds(good + 1, tried + 1, of, 0.9), share_bounds(good, tried + 1, of, 0.9)
    assert better.least >= before.least - 1e-9
    assert better.most >= before.most - 1e-9
    assert worse.least <= before.least + 1e-9
    assert worse.most <= before.most + 1e-9


def test_the_bounds_hold_as_often_as_they_say() -> None:
    """2 000 schools of 60 machines, 15 of which tried: the share is below the lower bound in no more than a tenth."""
    chance, missed = random.Random(13), 0
    for _ in range(2_000):
        machines = [chance.random() < 0.8 for _ in range(60)]
        good = sum(chance.sample(machines, 15))
        missed += sum(machines) / 60 < share_bounds(good, 15, 60, 0.9).least
    assert missed / 2_000 <= 0.12
