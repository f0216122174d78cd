"""What the publishers' own lists say, each in its form."""

from __future__ import annotations

from datetime import date

import pytest

from collector.readiness.domain.model import Release
from tests.support.release_answers import TODAY, answer


@pytest.mark.parametrize(
    ("name", "product", "releases"),
    [
        ("chrome", "chrome", [Release("156", date(2026, 10, 20)), Release("157", date(2026, 11, 3))]),
        ("microsoft_edge", "edge", [Release("157", date(2026, 11, 12)), Release("158", date(2026, 11, 19))]),
    ],
)
def test_each_major_counts_from_its_first_day(name: str, product: str, releases: list[Release]) -> None:
    """No beta, and no release that only one in twenty gets yet."""
    assert answer(name).products == {product: releases}
    assert answer(name).day == TODAY


def test_firefox_tells_its_whole_history() -> None:
    """A version and a day each."""
    assert answer("firefox").products["firefox"][-1] == Release("161", date(2026, 11, 20))
