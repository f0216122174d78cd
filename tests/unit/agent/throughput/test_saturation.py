"""Whether the line is full: by the queue that small requests wait in, or by connections that carry no more."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.throughput.responsiveness import RoundTrip
from agent.throughput.saturation import (
    FIRST_CONNECTIONS,
    GROWS_RATIO,
    TRIPS_MIN,
    carried_as_much,
    has_queue,
    held_up,
    scaled_with_connections,
    stages,
)


def trips(*took_ms: float) -> list[RoundTrip]:
    """Round trips that took so long."""
    return [RoundTrip(0.0, one / 1000) for one in took_ms]


def test_the_stages_of_the_usual_bounds() -> None:
    """From few to as many as the policy allows."""
    assert stages(16) == [4, 8, 16]
    assert stages(4) == [2, 4]
    assert stages(1) == [1]


@given(st.integers(1, 16))
def test_each_stage_has_at_least_twice_the_connections(most: int) -> None:
    """So that what each connection is held back to shows; and there is something to compare with, if there can be."""
    found = stages(most)
    assert found[-1] == most
    assert 1 <= found[0] <= FIRST_CONNECTIONS
    assert all(later >= 2 * earlier for earlier, later in pairwise(found))
    assert len(found) > 1 or most == 1


@pytest.mark.parametrize(
    ("idle_ms", "took_ms", "felt"),
    [
        (1, (40, 45, 50, 38), True),
        (1, (2, 1, 3, 2), False),
        (1, (2, 40, 2, 60, 3), False),
        (60, (62, 61, 70, 63), False),
        (60, (100, 90, 110, 95), True),
        (300, (330, 340, 350, 330), False),
    ],
)
def test_a_queue_is_felt_by_nearly_all(idle_ms: float, took_ms: tuple[float, ...], felt: bool) -> None:
    """Not by those alone that a busy machine delayed, and not by what shakes on a long line anyway."""
    assert has_queue(idle_ms / 1000, trips(*took_ms)) is felt


@given(st.lists(st.floats(0, 10_000), max_size=TRIPS_MIN - 1))
def test_too_few_tell_nothing(took_ms: list[float]) -> None:
    """Neither way."""
    assert has_queue(0.001, trips(*took_ms)) is None


@given(st.floats(0, 10_000), st.integers(1, 8), st.floats(0.1, 10_000))
def test_connections_that_are_held_back_grow_and_a_full_line_does_not(
    each_mbit_s: float, connections: int, line_mbit_s: float
) -> None:
    """What n connections carry on a line when each is held back to the same rate."""
    before, now = (min(line_mbit_s, each_mbit_s * count) for count in (connections, 2 * connections))
    if now < line_mbit_s and each_mbit_s > 0:
        assert scaled_with_connections(before, now)
    if before >= line_mbit_s:
        assert not scaled_with_connections(before, now)
    if not scaled_with_connections(before, now):
        assert now >= line_mbit_s or now == 0 or now <= GROWS_RATIO * before


@pytest.mark.parametrize(
    ("before", "now", "as_much"), [(95.0, 95.5, True), (95.0, 90.0, True), (50.0, 95.0, False), (954.0, 4.3, False)]
)
def test_what_collapsed_is_no_line_that_was_full_before(before: float, now: float, as_much: bool) -> None:
    """A machine that has no time for more connections carries less with them: seen where others took its processors."""
    assert carried_as_much(before, now) is as_much


@given(st.floats(0.1, 10_000), st.floats(0.1, 10_000))
def test_as_much_is_as_much_both_ways(one_mbit_s: float, other_mbit_s: float) -> None:
    """Whichever came first."""
    assert carried_as_much(one_mbit_s, other_mbit_s) == carried_as_much(other_mbit_s, one_mbit_s)


@pytest.mark.parametrize(("waited_s", "held"), [(1.0, True), (0.65, True), (0.5, False), (0.0, False)])
def test_a_device_that_waits_for_its_processor_holds_the_line_up(waited_s: float, held: bool) -> None:
    """Seen in the lab: up to 0.58 where the rate was right, 0.62 and more where it was not."""
    assert held_up(waited_s, 1.0) is held
    assert not held_up(waited_s, 0.0)
