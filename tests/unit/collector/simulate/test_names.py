"""Invented names and codes."""

from __future__ import annotations

import random
import re

import pytest

from collector.simulate.names import room_id, school_code, school_names


def test_codes_begin_with_98() -> None:
    """Eight digits, never those of the sample configuration, which begin with 99."""
    assert school_code(1) == "98000001"
    assert school_code(999_999) == "98999999"


@pytest.mark.parametrize("number", [0, -1, 1_000_000])
def test_codes_have_a_limit(number: int) -> None:
    """A seventh digit would leave the simulated range."""
    with pytest.raises(ValueError, match="1 to 999999 schools"):
        school_code(number)


@pytest.mark.parametrize("count", [1, 160, 161, 700])
def test_names_are_unique(count: int) -> None:
    """The stock of names comes again with a number, as often as needed."""
    names = school_names(count, random.Random(1))
    assert len(names) == len(set(names)) == count
    assert all(re.fullmatch(r"[A-ZÅÄÖ][a-zåäö]+skolan( \d+)?", name) for name in names)


@pytest.mark.parametrize(("index", "door"), [(0, "A101"), (9, "A110"), (10, "B101"), (259, "Z110"), (260, "A201")])
def test_rooms(index: int, door: str) -> None:
    """Ten doors to a corridor, then the next letter, then the next floor."""
    assert room_id(index) == door
