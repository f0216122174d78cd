"""What counters show of how far others give way to a run, on lines where it is known."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.line.giving_way import gave_way_at_most
from collector.readiness.line.samples import LineSample, OthersBeside, RateInterval
from tests.unit.collector.readiness.cases import lesson_hours

ASSUMED = 0.4


def counted(rng: random.Random, share: float, count: int = 40, noise: float = 0.01) -> list[LineSample]:
    """Runs on a line of 100 whose others take 20 to 60, more in the middle of the day, and give up that share."""
    return [
        LineSample(at, "1", got, got, beside=OthersBeside(0.0, RateInterval(taken, taken)))
        for at in lesson_hours(count)
        for taken in [(50 - 6 * abs(at.astimezone(SCHOOL_TIME).hour - 11)) * rng.gauss(1.0, 0.2)]
        for got in [(100 - (1 - share) * taken) * rng.gauss(1.0, noise)]
    ]


def many(share: float, noise: float = 0.01) -> Iterator[float]:
    rng = random.Random(3)
    return (gave_way_at_most(counted(rng, share, noise=noise), ASSUMED) for _ in range(200))


@pytest.mark.parametrize("share", [0.0, 0.15, 0.3])
def test_it_is_no_less_than_it_is(share: float) -> None:
    """In nineteen cases of twenty; and not much more."""
    found = list(many(share))
    assert sum(one < share for one in found) <= 16
    assert sum(found) / len(found) < share + 0.12


def test_it_is_never_more_than_was_assumed() -> None:
    assert set(many(0.6)) == {ASSUMED}
    assert max(many(0.1, noise=0.3)) == ASSUMED


def test_without_counters_or_with_few_runs_nothing_is_learned() -> None:
    uncounted = [one._replace(beside=OthersBeside()) for one in counted(random.Random(1), 0.0)]
    held_back = [one._replace(held_back=True) for one in counted(random.Random(1), 0.0)]
    few = counted(random.Random(1), 0.0, 14)
    assert [gave_way_at_most(one, ASSUMED) for one in (uncounted, held_back, few, [])] == [ASSUMED] * 4


def test_what_makes_both_slow_is_not_taken_for_others() -> None:
    """Where runs lose twice what others take more, something else than they is at work."""
    twice = [
        one._replace(least=200 - 2 * one.beside.taken.least)
        for one in counted(random.Random(2), 0.0)
        if one.beside.taken
    ]
    assert gave_way_at_most(twice, ASSUMED) == ASSUMED
