"""Bytes are counted when they arrive, in slices of the receiver's clock."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.measurement import counting
from collector.measurement.counting import CHUNK_BYTES, SLICE_S, Count, incompressible, wanted_bytes
from collector.measurement.refusal import MeasurementRefusedError

arrivals = st.lists(st.tuples(st.integers(1, 1_000_000), st.floats(0, 1)), max_size=100)


@given(arrivals=arrivals)
def test_slices_add_up(arrivals: list[tuple[int, float]]) -> None:
    """Whatever came whenever: nothing is lost, time only goes on, and no slice but the last is short."""
    count, now_s = Count(), 1_000.0
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
    count = Count()
    for size, at_s in [(10, 5.0), (20, 5.0078125), (30, 5.01171875), (40, 5.015625), (50, 5.0234375)]:
        count.add(size, at_s)
    result = count.result(5.25)
    assert (result.bytes, result.started_s) == (150, 5.0)
    assert [(piece.until_s, piece.bytes) for piece in result.slices] == [(0.01171875, 60), (0.0234375, 90)]


def test_nothing_came() -> None:
    """No slices, and the time at which that was known."""
    result = Count().result(7.0)
    assert (result.bytes, result.started_s, result.slices) == (0, 7.0, [])


def test_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is refused, not counted."""
    monkeypatch.setattr(counting, "LARGEST_BYTES", 100)
    count = Count()
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
