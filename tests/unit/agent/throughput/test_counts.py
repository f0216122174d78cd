"""The receiver's count, believed only where it can be true."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.measuring.contract import ProbeFailureError
from agent.protocol.wire import Slice, UploadCount
from agent.throughput.counts import counted_lane, counted_lanes, refuse_buffered
from agent.throughput.timeline import Lane


def test_a_count_becomes_a_lane_on_the_receivers_clock() -> None:
    """Slices are laid behind each other from the first byte on."""
    count = UploadCount(300, 1_000.0, [Slice(0.1, 100), Slice(0.2, 200)])
    lane = counted_lane(msgspec.json.encode(count), 300, 0.3)
    assert lane.start_s == 1_000.0
    assert lane.end_s == pytest.approx(1_000.2)
    assert [total for _, total in lane.marks] == [100, 300]


@pytest.mark.parametrize(
    "count",
    [
        UploadCount(300, 0.0, []),
        UploadCount(300, 0.0, [Slice(0.1, 200)]),
        UploadCount(300, 0.0, [Slice(0.2, 100), Slice(0.1, 200)]),
        UploadCount(300, 0.0, [Slice(-0.2, 300)]),
        UploadCount(300, 0.0, [Slice(0.1, 400), Slice(0.2, -100)]),
        UploadCount(301, 0.0, [Slice(0.1, 301)]),
        UploadCount(299, 0.0, [Slice(0.1, 299)]),
        UploadCount(300, 0.0, [Slice(9.0, 300)]),
    ],
    ids=["none", "sum", "order", "before", "negative", "more than sent", "less than sent", "longer than we waited"],
)
def test_impossible_counts(count: UploadCount) -> None:
    """A count that can't be true is refused."""
    with pytest.raises(ProbeFailureError, match="up_impossible_count"):
        counted_lane(msgspec.json.encode(count), 300, 0.5)


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b'{"bytes": 1}', b'{"bytes": 300, "started_s": "x", "slices": []}', b"{" * 10_000]
)
def test_garbled_counts(body: bytes) -> None:
    """No count at all."""
    with pytest.raises(ProbeFailureError, match="up_garbled_count"):
        counted_lane(body, 300, 0.5)


def test_numbers_beyond_all_measure() -> None:
    """Infinity is no moment."""
    body = b'{"bytes": 300, "started_s": 1e999, "slices": [{"until_s": 0.1, "bytes": 300}]}'
    with pytest.raises(ProbeFailureError, match=r"up_(garbled|impossible)_count"):
        counted_lane(body, 300, 0.5)


def test_what_was_kept_back_is_refused() -> None:
    """Sent in two seconds, arrived within a tenth: that tenth was not the line's."""
    lanes = [Lane(10.0, [(10.1, 1_000_000)]), Lane(10.0, [(10.05, 1_000_000)])]
    with pytest.raises(ProbeFailureError, match="up_buffered"):
        refuse_buffered(lanes, 2.0)
    refuse_buffered(lanes, 0.12)
    refuse_buffered([Lane(10.0, [(12.0, 1_000_000)])], 2.3)


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_lane_or_a_refusal(body: bytes) -> None:
    """Nothing else gets out."""
    with pytest.raises(ProbeFailureError):
        counted_lane(body, 300, 0.5)


def test_a_connection_that_came_too_late_tells_nothing() -> None:
    """It joined when the others had sent all that might be sent; what was said of it does not matter."""
    count = msgspec.json.encode(UploadCount(300, 0.0, [Slice(0.1, 300)]))
    nothing = msgspec.json.encode(UploadCount(0, 0.0, []))
    lanes = counted_lanes([(count, 300, 0.5), (nothing, 0, 0.5), (b"", 0, 0.5)])
    assert [lane.marks for lane in lanes] == [[(0.1, 300)]]
    with pytest.raises(ProbeFailureError, match="up_too_short"):
        counted_lanes([(nothing, 0, 0.5)])
