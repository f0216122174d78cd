"""How far runs swing, how deep a sitting may dip, and which way a line is heading: against lines that are known."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.line.samples import LineSample
from collector.readiness.line.swing import (
    LEAST_FREEDOM,
    LEAST_SWING,
    STEADY,
    UNKNOWN,
    heading,
    swing,
    swings_below,
    worst_stretch,
)
from tests.unit.collector.readiness.cases import NOW, lesson_hours

BUSY = {8: 0.9, 9: 0.6, 10: 0.65, 11: 0.8, 12: 0.95, 13: 0.6, 14: 0.7, 15: 1.0}
MINUTES, BAD_SHARE = 60.0, 0.1


def runs(rates: list[float], count: int = 40) -> list[LineSample]:
    return [LineSample(at, "1", rate, rate) for at, rate in zip(lesson_hours(count), rates, strict=False)]


def swinging(rng: random.Random, share: float, count: int = 40, per_day: float = 0.0) -> list[LineSample]:
    """Another level at each hour of the day, and the share about it; so much more each day."""
    first = NOW - timedelta(days=30)
    return [
        LineSample(at, "1", rate, rate)
        for at in lesson_hours(count)
        for level in [100 * BUSY[at.astimezone(SCHOOL_TIME).hour] * (1 + per_day * (at - first).days)]
        for rate in [level * rng.gauss(1.0, share)]
    ]


def many(share: float, of: int = 400, count: int = 40) -> Iterator[list[LineSample]]:
    rng = random.Random(7)
    return (swinging(rng, share, count) for _ in range(of))


@pytest.mark.parametrize("share", [0.1, 0.2])
@pytest.mark.parametrize("count", [24, 40, 80])
def test_it_is_found_as_it_is(share: float, count: int) -> None:
    """Neither more nor less on average, whatever the hours of the day differ by: of three days, five or ten."""
    found = [swing(one) for one in many(share, count=count)]
    assert sum(one.share for one in found) / len(found) == pytest.approx(share, rel=0.08)
    assert all(one.freedom <= count - 8 for one in found)


def test_a_few_bad_hours_are_no_swing() -> None:
    rng = random.Random(3)
    steady = swinging(rng, 0.1, 80)
    spoiled = [one._replace(least=1.0) if number % 16 == 5 else one for number, one in enumerate(steady)]
    assert swing(spoiled).share == pytest.approx(swing(steady).share, rel=0.35)


def test_one_day_alone_counts_its_hours_as_one() -> None:
    """They differ by what others do, and that is taken for swing: never for none."""
    one_day = swinging(random.Random(1), 0.05, 7)
    assert swing(one_day).share > 0.15
    assert swing(one_day).freedom == LEAST_FREEDOM
    assert swing(runs([50.0] * 7)).share == LEAST_SWING
    assert swing(runs([50.0])) == UNKNOWN
    assert swing([]) == UNKNOWN


@pytest.mark.parametrize("count", [7, 20, 40, 80])
def test_the_stretches_of_a_sitting_are_below_as_seldom_as_said(count: int) -> None:
    """Twelve to come, of which one may be: more are in one case of a hundred, of lines that swing so."""
    rng, missed, share, times = random.Random(5), 0, 0.15, lesson_hours(count)
    for _ in range(600):
        told = [LineSample(at, "1", rate, rate) for at in times for rate in [100 * rng.gauss(1.0, share)]]
        bound = worst_stretch(told, swing(told), MINUTES, BAD_SHARE)
        missed += sorted(100 * rng.gauss(1.0, share) for _ in range(12))[1] < bound
    assert missed <= 13  # of 600 at one in a hundred: more come in one case of a hundred


def test_fewer_comparisons_longer_sittings_and_fewer_bad_stretches_ask_for_more() -> None:
    asked = swings_below(10, 20, MINUTES, BAD_SHARE)
    assert swings_below(10, 5, MINUTES, BAD_SHARE) > asked
    assert swings_below(3, 20, MINUTES, BAD_SHARE) > asked
    assert swings_below(10, 20, MINUTES, 0.0) > asked
    assert swings_below(10, 20, 3 * MINUTES, 0.0) > swings_below(10, 20, MINUTES, 0.0)
    assert worst_stretch(runs([50.0] * 40), swing(runs([50.0] * LEAST_FREEDOM)), MINUTES, BAD_SHARE) == 0.0


def test_a_steady_line_is_seldom_called_falling_or_rising() -> None:
    """As often as it is sure of it: in one case of a hundred each way."""
    until = NOW + timedelta(days=8)
    for count in (40, 80):
        found = [heading(one, until) for one in many(0.15, count=count)]
        assert sum(one != STEADY for one in found) / len(found) <= 0.03


@pytest.mark.parametrize("per_day", [-0.02, 0.02])
def test_a_line_that_falls_or_rises_is_seen_to(per_day: float) -> None:
    """By two hundredths of it a day, over two weeks: and what is said of the sitting holds."""
    rng, until, seen = random.Random(9), NOW + timedelta(days=8), 0
    for _ in range(100):
        told = swinging(rng, 0.1, 80, per_day)
        found = heading(told, until)
        ends = (found.unkind, found.kind) if per_day < 0 else (found.kind, found.unkind)
        seen += ends[0] != 1.0
        assert ends[1] == 1.0
    assert seen >= 95


def test_four_days_say_nothing_of_a_fifth() -> None:
    assert heading(swinging(random.Random(2), 0.01, 32, -0.05), NOW) == STEADY


def test_next_to_nothing_is_usual() -> None:
    """However little it is, a run that got something bends no number out of range."""
    tiny = [run._replace(least=1e-308) for run in swinging(random.Random(2), 0.1, 80)]
    mixed = [run._replace(least=1.0) if number % 9 == 0 else run for number, run in enumerate(tiny)]
    assert heading(mixed, NOW + timedelta(days=10)).kind >= 1.0
