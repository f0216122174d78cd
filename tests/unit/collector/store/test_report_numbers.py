"""Ranges of numbers are a set of them, told in little space."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from collector.store.report_numbers import has, ranges_of, told, with_number

numbers = st.lists(st.integers(1, 40), max_size=60)


@given(numbers, st.integers(1, 40))
def test_ranges_hold_what_was_added(added: list[int], asked: int) -> None:
    """In whatever order, and nothing else; they come back from what is stored of them."""
    ranges = ranges_of("")
    for number in added:
        ranges = with_number(ranges, number)
    assert has(ranges, asked) is (asked in added)
    assert ranges_of(told(ranges)) == ranges
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(ranges))


def test_a_year_of_reports_takes_a_few_bytes() -> None:
    """However many there are."""
    ranges = ranges_of("")
    for number in range(1, 5_001):
        ranges = with_number(ranges, number)
    assert told(ranges) == "1-5000"
