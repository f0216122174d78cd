"""What measured places say of a class, held against drawing itself."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.rooms.counting import Drawn, certain_rank, doubtless_rank, may_lack, places_lacking

SHARE, CONFIDENCE = 0.1, 0.9
drawns = st.builds(Drawn, st.integers(0, 40), st.integers(0, 60))
classes = st.integers(1, 60)


def rank(drawn: Drawn, pupils: int) -> int:
    """The rank, 0 where there is none."""
    return certain_rank(drawn, pupils, SHARE, CONFIDENCE) or 0


@pytest.mark.parametrize(("pupils", "lacking"), [(1, 0), (10, 0), (11, 1), (20, 1), (21, 2), (30, 2)])
def test_fewer_than_a_tenth_may_lack_a_place(pupils: int, lacking: int) -> None:
    """None of a small class."""
    assert may_lack(pupils, SHARE) == lacking


@pytest.mark.parametrize(
    ("pupils", "places", "visits"), [(1, 1, 22), (3, 3, 22), (8, 8, 22), (16, 11, 22), (30, 13, 22)]
)
def test_how_many_it_takes(pupils: int, places: int, visits: int) -> None:
    """Different places, or visits that may be to the same."""
    assert places_lacking(Drawn(0, 0), pupils, SHARE, CONFIDENCE) == places
    assert next(count for count in range(100) if rank(Drawn(0, count), pupils)) == visits


def test_every_place_that_is_known_is_counted() -> None:
    """All sixteen were measured: the second worst is what all but one reach, without any doubt."""
    assert rank(Drawn(16, 0), 16) == 2
    assert doubtless_rank(Drawn(16, 0), 16, 16, SHARE, CONFIDENCE) == 2
    assert doubtless_rank(Drawn(16, 0), 16, 20, SHARE, CONFIDENCE) == 4


@pytest.mark.parametrize(("places", "measured", "worst"), [(6, 3, 1), (8, 4, 2), (7, 7, 1), (9, 2, 3)])
def test_by_drawing_each_hand(places: int, measured: int, worst: int) -> None:
    """The rank is right in as many hands as it says, and the next one would not be."""
    share = (worst - 0.5) / places
    assert may_lack(places, share) == worst - 1
    found = certain_rank(Drawn(measured, 0), places, share, CONFIDENCE) or 0
    hands = [sum(place < worst for place in hand) for hand in combinations(range(places), measured)]
    for larger in (places, *(one for one in range(places + 1, 102) if may_lack(one, share) > may_lack(one - 1, share))):
        assert found >= (certain_rank(Drawn(measured, 0), larger, share, CONFIDENCE) or 0)
    right = sum(bad >= found for bad in hands) / len(hands)
    assert right >= CONFIDENCE or found > 0
    if found == 0:
        assert sum(bad >= 1 for bad in hands) / len(hands) < CONFIDENCE


def test_visits_hold_in_nine_rooms_of_ten() -> None:
    """A tenth of the room is bad: whoever visits 22 times has mostly met it."""
    rng = random.Random(1)
    unlucky = sum(all(rng.random() >= SHARE for _ in range(22)) for _ in range(4_000)) / 4_000
    assert (rank(Drawn(0, 21), 16), rank(Drawn(0, 22), 16)) == (0, 1)
    assert unlucky <= 1 - CONFIDENCE + 0.01


@given(drawn=drawns, pupils=classes)
def test_one_more_place_or_visit_never_says_less(drawn: Drawn, pupils: int) -> None:
    """Of good ones: the rank, and so what is certain, does not fall."""
    assert rank(Drawn(drawn.fixed + 1, drawn.visits), pupils) >= rank(drawn, pupils)
    assert rank(Drawn(drawn.fixed, drawn.visits + 1), pupils) >= rank(drawn, pupils)
    doubtless = [
        doubtless_rank(one, pupils, 30, SHARE, CONFIDENCE)
        for one in (drawn, Drawn(drawn.fixed + 1, drawn.visits), Drawn(drawn.fixed, drawn.visits + 1))
    ]
    assert doubtless[0] <= min(doubtless[1:])


@given(drawn=drawns)
def test_fewer_pupils_never_take_more(drawn: Drawn) -> None:
    """Of any class."""
    ranks = [rank(drawn, pupils) for pupils in range(1, 61)]
    assert all(fewer >= more for fewer, more in pairwise(ranks))
    beyond = [doubtless_rank(drawn, pupils, 60, SHARE, CONFIDENCE) for pupils in range(1, 61)]
    assert all(fewer >= more for fewer, more in pairwise(beyond))


@given(drawn=drawns, pupils=classes, seats=st.integers(1, 60))
def test_what_is_certain_is_never_beyond_doubt_the_other_way(drawn: Drawn, pupils: int, seats: int) -> None:
    """The bound from below lies at or below the one from above."""
    assert rank(drawn, pupils) <= doubtless_rank(drawn, pupils, seats, SHARE, CONFIDENCE)
