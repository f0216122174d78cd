"""Bytes are counted when they arrive, in slices of the receiver's clock."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.measurement import counting
from collector.measurement.answer import MeasurementRefusedError
from collector.measurement.counting import CHUNK_BYTES, SLICE_S, ByteCounter, Siblings, incompressible, wanted_bytes

arrivals = st.lists(st.tuples(st.integers(1, 1_000_000), st.floats(0, 1)), max_size=100)


@given(arrivals=arrivals)
def test_slices_add_up(arrivals: list[tuple[int, float]]) -> None:
    """Whatever came whenever: nothing is lost, time only goes on, and no slice but the last is short."""
    count, now_s = ByteCounter(), 1_000.0
    for size, wait_s in arrivals:
        now_s += wait_s
        count.add(size, now_s)
    result = count.result(now_s)
    assert result.bytes == sum(piece.bytes for piece in result.slices) == sum(size for size, _ in arrivals)
    ends_s = [0.0, *(piece.until_s for piece in result.slices)]
    assert ends_s == sorted(ends_s)
    lengths_s = [later - earlier for earlier, later in pairwise(ends_s)]
    assert all(length_s >= SLICE_S - 1e-9 for length_s in lengths_s[:-1])
    assert len(result.slices) <= (now_s - 1_000) / SLICE_S + 1


def test_a_known_upload() -> None:
    """Slices end with the first bytes that come 10 ms or more after they began."""
    count = ByteCounter()
    for size, at_s in [(10, 5.0), (20, 5.0078125), (30, 5.01171875), (40, 5.015625), (50, 5.0234375)]:
        count.add(size, at_s)
    result = count.result(5.25)
    assert (result.bytes, result.started_s) == (150, 5.0)
    assert [(piece.until_s, piece.bytes) for piece in result.slices] == [(0.01171875, 60), (0.0234375, 90)]


def test_nothing_came() -> None:
    """No slices, and the time at which that was known."""
    result = ByteCounter().result(7.0)
    assert (result.bytes, result.started_s, result.slices) == (0, 7.0, [])


def test_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is refused, not counted."""
    monkeypatch.setattr(counting, "LARGEST_BYTES", 100)
    count = ByteCounter()
    count.add(100, 1.0)
    with pytest.raises(MeasurementRefusedError, match="One upload may be 100 bytes") as caught:
        count.add(1, 1.0)
    assert (caught.value.status, caught.value.problem.code) == (413, "too_large")


@pytest.mark.parametrize(("written", "wanted"), [("1", 1), ("007", 7), ("1000000001", 1_000_000_000)])
def test_wanted(written: str, wanted: int) -> None:
    """Digits, up to the bound."""
    assert wanted_bytes(written) == wanted


@pytest.mark.parametrize("written", ["", "0", "-1", "+1", "1.0", " 1", "٣", "²", "9" * 20])
def test_not_a_number_of_bytes(written: str) -> None:
    """Is refused with the place."""
    with pytest.raises(MeasurementRefusedError) as caught:
        wanted_bytes(written)
    assert (caught.value.status, caught.value.problem.place) == (400, "bytes")


def test_the_source_differs_at_every_start() -> None:
    """It is no text that a box on the way could know."""
    assert len(incompressible()) == CHUNK_BYTES
    assert bytes(incompressible()) != bytes(incompressible())


def test_what_was_held_back_counts_when_it_arrived() -> None:
    """Ten segments each 20 ms; a lost one keeps all of them from being read for a while, and then they come at once."""
    arrived = iter([0, 10, 40, 50])
    count = ByteCounter(lambda: next(arrived))
    count.add(1_000, 0.0)
    count.add(9_000, 0.02)
    count.add(30_000, 0.08)  # nothing could be read for 60 ms
    count.add(10_000, 0.10)
    result = count.result(0.10)
    assert [(piece.until_s, piece.bytes) for piece in result.slices] == [(0.02, 10_000), (0.08, 30_000), (0.1, 10_000)]


def test_segments_that_came_early_are_in_an_early_slice() -> None:
    """Read late, but here already."""
    arrived = iter([0, 30, 40])
    count = ByteCounter(lambda: next(arrived))
    count.add(10_000, 0.0)
    count.add(0, 0.02)
    count.add(30_000, 0.04)
    assert [piece.bytes for piece in count.result(0.04).slices] == [30_000, 10_000]


@given(arrivals=arrivals, segments=st.lists(st.integers(0, 1_000), min_size=101, max_size=101))
def test_slices_by_segments_add_up_as_well(arrivals: list[tuple[int, float]], segments: list[int]) -> None:
    """To the byte, whatever the system says, and none is negative."""
    seen = iter([sum(segments[: n + 1]) for n in range(len(segments))])
    count, now_s = ByteCounter(lambda: next(seen)), 1_000.0
    for size, wait_s in arrivals:
        now_s += wait_s
        count.add(size, now_s)
    result = count.result(now_s)
    assert result.bytes == sum(piece.bytes for piece in result.slices)
    assert all(piece.bytes >= 0 for piece in result.slices)


def test_a_system_that_falls_silent_is_not_believed() -> None:
    """What could be read is counted then."""
    arrived = iter([0, 30, None])
    count = ByteCounter(lambda: next(arrived))
    count.add(10_000, 0.0)
    count.add(0, 0.02)
    count.add(30_000, 0.04)
    assert [piece.bytes for piece in count.result(0.04).slices] == [10_000, 30_000]


def test_uploads_side_by_side_end_their_slices_together() -> None:
    """So that what all of them carried is known at the same moments."""
    together = Siblings()
    one, other = ByteCounter(siblings=together), ByteCounter(siblings=together)
    for n in range(30):
        one.add(100, 1.0 + 0.004 * n)
        other.add(100, 1.001 + 0.004 * n)
    ends = [
        {round(1_000 * (found.started_s + piece.until_s)) for piece in found.slices}
        for found in (one.result(1.2), other.result(1.2))
    ]
    assert len(ends[0] & ends[1]) >= len(ends[0]) - 2
    assert not together.counts


def test_too_many_side_by_side_are_on_their_own() -> None:
    """A crowd behind one device makes nobody count for all the others."""
    together = Siblings()
    crowd = [ByteCounter(siblings=together) for _ in range(counting.SIBLINGS_MAX + 1)]
    for count in crowd:
        count.add(1, 1.0)
    crowd[0].add(1, 1.02)
    assert len(crowd[1].result(1.03).slices) == 1
