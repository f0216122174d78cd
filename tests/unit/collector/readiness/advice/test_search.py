"""The smallest size that does, by trying."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.advice.change import Change, SizedFix
from collector.readiness.advice.search import MOST_TRIES, smallest
from collector.readiness.domain.model import Text


def option(*, most: int, guess: int, least: int = 1, tried: list[int] | None = None) -> SizedFix:
    """Sizes that are told as they are."""

    def of_size(size: int) -> Change:
        if tried is not None:
            tried.append(size)
        return Change([], Text("fix", {"size": size}))

    return SizedFix(of_size, most=most, guess=guess, least=least)


def size_of(change: Change | None) -> object:
    return None if change is None else change.what.values["size"]


@given(st.integers(1, 500), st.integers(-5, 600), st.integers(1, 600))
def test_the_smallest_from_any_guess(most: int, guess: int, wanted: int) -> None:
    """Whatever the guess is, and nothing where even the largest does not."""
    found = smallest(option(most=most, guess=guess), lambda change: int(str(size_of(change))) >= wanted)
    assert size_of(found) == (wanted if wanted <= most else None)


def test_a_good_guess_takes_two_tries() -> None:
    tried: list[int] = []
    smallest(option(most=10_000, guess=700, tried=tried), lambda change: int(str(size_of(change))) >= 700)
    assert tried == [700, 699]


@pytest.mark.parametrize("wanted", [1, 50_000, 100_000])
def test_it_ends(wanted: int) -> None:
    tried: list[int] = []
    smallest(option(most=100_000, guess=1, tried=tried), lambda change: int(str(size_of(change))) >= wanted)
    assert len(tried) <= MOST_TRIES


def test_sizes_that_there_are_none_of_do_not_help() -> None:
    """Nor is anything tried where there is no size at all."""
    assert smallest(SizedFix(lambda _: None, most=4, guess=2), lambda _: True) is None
    assert smallest(option(most=0, guess=1), lambda _: True) is None


def test_a_size_that_helps_where_larger_ones_do_not() -> None:
    """Where that may be so, all are tried; else the largest that does not ends it."""
    one_of_them = SizedFix(lambda size: Change([], Text("fix", {"size": size})), 6, 2, 2, larger_helps_more=False)
    assert size_of(smallest(one_of_them, lambda change: size_of(change) == 3)) == 3
    assert smallest(option(most=6, guess=2), lambda change: size_of(change) == 3) is None
