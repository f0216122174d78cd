"""When devices are asked next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.snmp.schedule import LONGEST_PAUSE_S, first_wait_s, wait_s

CHANCE = st.floats(0, 1)


@given(st.floats(10, 86_400), CHANCE)
def test_the_usual_pace_keeps_near_its_rhythm(every_s: float, chance: float) -> None:
    assert 0.949 * every_s <= wait_s(every_s, 0, chance) <= 1.051 * every_s


@given(st.floats(10, 86_400), st.integers(0, 10_000), CHANCE)
def test_failures_never_hurry_and_never_give_up(every_s: float, failures: int, chance: float) -> None:
    """At least the usual pace; at most half an hour, or the rhythm where that is slower."""
    usual_s = wait_s(every_s, 0, chance)
    assert usual_s <= wait_s(every_s, failures, chance) <= max(LONGEST_PAUSE_S, usual_s, every_s)


@pytest.mark.parametrize(("failures", "expected_s"), [(0, 60), (1, 90), (2, 180), (3, 360), (4, 720), (5, 1350)])
def test_the_pause_doubles(failures: int, expected_s: float) -> None:
    assert wait_s(60, failures, 0.5) == pytest.approx(expected_s)


@given(st.floats(10, 86_400), CHANCE)
def test_the_first_poll_comes_soon(every_s: float, chance: float) -> None:
    """Whoever just wrote network.yaml sees something; not all devices in the same moment."""
    assert 0 <= first_wait_s(every_s, chance) <= 20
    assert first_wait_s(every_s, 1.0) > first_wait_s(every_s, 0.0)
