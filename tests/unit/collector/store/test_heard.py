"""Entries of when something was heard: packed and read back to the microsecond."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.store.heard import ONE_MS, Heard, heard_at, packed, unpacked
from collector.store.migrations.versions.v0007_every_time import heard_before
from collector.store.timestamps import ONE_DAY

DAY = 20_514
LONGEST_LATE_MS = 400 * ONE_DAY // ONE_MS

moments = st.integers(0, ONE_DAY // ONE_MS - 1).map(lambda at: DAY * ONE_DAY + at * ONE_MS)
heard = st.one_of(
    moments.map(Heard),
    st.builds(
        lambda at, late, tenths: Heard(at, at + late * ONE_MS, tenths / 10),
        moments,
        st.integers(-60_000, LONGEST_LATE_MS),
        st.integers(-(10**9), 10**9),
    ),
)


@given(st.lists(heard, max_size=9))
def test_what_is_packed_is_read_back(ones: list[Heard]) -> None:
    """In the order in which it came in."""
    row = b"".join(packed(one, DAY) for one in ones)
    assert list(unpacked(row, DAY)) == ones


@given(heard)
def test_when_it_is_known(one: Heard) -> None:
    """Neither before it came in nor before the time that it tells of."""
    assert one.known_at == max(one.at, one.received_at or one.at)


@given(st.integers(0, ONE_DAY - 1), st.integers(-60_000_000, ONE_DAY), st.floats(-1e4, 1e4))
def test_milliseconds_tell_nothing_too_soon(at: int, late: int, off_s: float) -> None:
    """What is cut off makes it no later measured and no sooner known, by less than a millisecond."""
    began = DAY * ONE_DAY
    one = heard_at(began + at, began + at + late, off_s)
    assert one.received_at is not None
    assert 0 <= began + at - one.at < ONE_MS
    assert 0 <= one.received_at - (began + at + late) < ONE_MS
    assert list(unpacked(packed(one, DAY), DAY)) == [one]


def test_an_entry_is_small() -> None:
    """What comes in within seconds, from a clock that is right, takes seven bytes."""
    assert len(packed(heard_at(DAY * ONE_DAY + 5, DAY * ONE_DAY + 1_500_000, 0.3), DAY)) == 7


def test_a_clock_that_is_ages_off_fits() -> None:
    """It says the most that fits, and is wrong by far either way."""
    [back] = unpacked(packed(Heard(DAY * ONE_DAY, DAY * ONE_DAY, -9e20), DAY), DAY)
    assert back.clock_offset_s is not None
    assert back.clock_offset_s < -1e13


def test_the_migration_writes_what_is_read() -> None:
    """It keeps the format as it was then."""
    first, last = DAY * ONE_DAY + 7 * ONE_MS, DAY * ONE_DAY + 90 * ONE_MS
    assert list(unpacked(heard_before(first, last, 3, DAY), DAY)) == [Heard(first), Heard(last), Heard(last)]
    assert list(unpacked(heard_before(first, first, 1, DAY), DAY)) == [Heard(first)]
