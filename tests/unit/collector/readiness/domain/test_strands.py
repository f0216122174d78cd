"""What is made of a strand is made once, and is the same as if it were made anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collector.readiness.domain.strands import KEPT_ANSWERS, Strand, Strands, strands_of
from tests.unit.collector.readiness.cases import FRESH, memory

HOUR = timedelta(hours=1)
ONES = [memory(1, 4096, at=FRESH - 2 * HOUR), memory(1, 8192, at=FRESH - HOUR), memory(1, 8192, at=FRESH)]
asked: list[int] = []


def total(strand: Strand, times: int) -> int:
    """Notes that it was asked."""
    asked.append(times)
    return times * len(strand)


def nothing(strand: Strand) -> list[int]:
    """Says that something was worked out, and nothing found."""
    asked.append(0)
    return []


def itself(strand: Strand) -> Strand:
    """What nobody may keep."""
    return strand


@pytest.fixture(autouse=True)
def _fresh() -> None:
    asked.clear()


def test_work_is_done_once() -> None:
    """For the same arguments; those of long ago are forgotten."""
    strand = Strand(ONES)
    assert [strand.once(total, times) for times in (2, 2, 3, 3, 2)] == [6, 6, 9, 9, 6]
    assert asked == [2, 3]
    for times in range(10, 10 + KEPT_ANSWERS):
        strand.once(total, times)
    assert strand.once(total, 2) == 6
    assert asked[-1] == 2


def test_no_answer_is_one_too() -> None:
    """It is not asked for again."""
    strand = Strand(ONES)
    assert strand.once(nothing) == strand.once(nothing) == []
    assert asked == [0]


def test_a_strand_does_not_keep_itself() -> None:
    """A circle would keep whole schools in memory."""
    with pytest.raises(AssertionError, match="circle"):
        Strand(ONES).once(itself)


def test_those_that_last() -> None:
    """All of it is the strand itself, and what is left is the same one again until more drops out."""
    strand = Strand(ONES)
    assert strand.lasting(ONES[0].last_at) is strand
    part = strand.lasting(FRESH - HOUR)
    assert part == tuple(ONES[1:])
    assert strand.lasting(ONES[0].last_at + HOUR / 2) is part
    assert strand.lasting(FRESH + HOUR) is None


def test_those_that_last_in_any_order() -> None:
    """What does not come in the order of time is looked through."""
    strand = Strand(reversed(ONES))
    assert strand.lasting(FRESH - HOUR) == (ONES[2], ONES[1])
    assert strand.lasting(FRESH + HOUR) is None


def test_part_of_a_strand() -> None:
    """The same one where all of it is kept, none where nothing is."""
    strand = Strand(ONES)
    assert strand.only(list(ONES)) is strand
    assert strand.only(ONES[1:]) == tuple(ONES[1:])
    assert strand.only([]) is None
    changed = [ONES[0], ONES[1], memory(1, 1024, at=FRESH)]
    assert strand.only(changed) == tuple(changed)


def test_strands_are_found_again() -> None:
    """Those that observations are made of; of a plain list, one for each device and probe."""
    other = memory(2, 2048)
    assert [list(one) for one in strands_of([ONES[0], other, ONES[1]])] == [ONES[:2], [other]]
    made = Strands([Strand(ONES), Strand([other])])
    assert made == [*ONES, other]
    assert strands_of(made) is made.parts
