"""Two readings of one radio as one: how busy lessons make it, never how calm an evening is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.model import RadioSeen
from collector.readiness.domain.network_gear import ACCESS_POINT_DOWN, as_busy_as_lessons
from collector.readiness.domain.school_days import in_lessons

MONDAY_TEN = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
EVENING = MONDAY_TEN + timedelta(hours=9)
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)


def radio(at: datetime, clients: int | None, busy: float | None = 20.0, unclear: str | None = None) -> RadioSeen:
    """A radio as it was read then."""
    return RadioSeen("wlc", "AP-A1", at, "02:00:00:00:a1:00", "A1", "5", 36, clients, busy, unclear)


readings = st.lists(
    st.builds(
        radio,
        st.integers(0, 12 * 96).map(lambda quarters: MONDAY_TEN + quarters * QUARTER),
        st.none() | st.integers(0, 100),
        st.none() | st.floats(0, 100),
    ).map(
        lambda seen: msgspec.structs.replace(seen, unclear="disagree") if seen.clients_count is None else seen,
    ),
    min_size=1,
    max_size=12,
).map(lambda found: sorted(found, key=lambda one: one.at))


@given(readings)
def test_the_most_of_lessons(found: list[RadioSeen]) -> None:
    """However many readings, and whatever was read outside lessons; without one in lessons, the newest."""
    together = reduce(as_busy_as_lessons, found)
    taught = [one for one in found if in_lessons(one.at)]
    if not taught:
        assert together == found[-1]
        return
    clients = [one.clients_count for one in taught if one.clients_count is not None]
    busy = [one.utilisation_percent for one in taught if one.utilisation_percent is not None]
    assert together.at == taught[-1].at
    assert together.clients_count == max(clients, default=None)
    assert together.utilisation_percent == max(busy, default=None)
    assert (together.unclear is None) == bool(clients)


def test_an_evening_does_not_hide_the_day() -> None:
    """And tells the place, if the access point was moved."""
    moved = msgspec.structs.replace(radio(EVENING, 0), room="B2")
    assert as_busy_as_lessons(radio(MONDAY_TEN, 24), moved) == msgspec.structs.replace(radio(MONDAY_TEN, 24), room="B2")


def test_a_night_without_lessons_before_it_is_the_newest() -> None:
    """It does not count, and says so by its time."""
    assert as_busy_as_lessons(radio(EVENING, 3), radio(EVENING + HOUR, 1)) == radio(EVENING + HOUR, 1)


def test_an_access_point_that_is_down_is_down() -> None:
    """What it carried before says nothing of now; once it is back it counts anew."""
    down = radio(MONDAY_TEN + HOUR, None, None, ACCESS_POINT_DOWN)
    assert as_busy_as_lessons(radio(MONDAY_TEN, 24), down) == down
    back = radio(MONDAY_TEN + 2 * HOUR, 2)
    assert as_busy_as_lessons(down, back) == back
