"""The reader of capture files: both formats, both byte orders, and whatever else a file may hold."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.survey.capture import FRAME_MAX_BYTES, Capture, CapturedFrame, NoCaptureError
from tests.support.wifi_frames import CAPTURED_AT_S, RADIOTAP, pcap, pcapng

FRAMES = [b"first frame", b"", b"third"]
EXPECTED = [CapturedFrame(CAPTURED_AT_S + number, RADIOTAP, frame) for number, frame in enumerate(FRAMES)]


def read(content: bytes) -> tuple[list[CapturedFrame], Capture]:
    capture = Capture(io.BytesIO(content))
    return list(capture.frames()), capture


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_pcap(order: str, nanoseconds: bool) -> None:
    """All four magic numbers."""
    content = pcap(FRAMES, order=order, nanoseconds=nanoseconds)
    frames, capture = read(content)
    assert frames == EXPECTED
    assert (capture.cut_short, capture.read_bytes) == (False, len(content))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("resolution", [6, 9])
def test_pcapng(order: str, resolution: int) -> None:
    """Frames in their interface's own time, unknown blocks passed over."""
    content = pcapng(FRAMES, order=order, resolution=resolution)
    frames, capture = read(content)
    assert frames == EXPECTED
    assert (capture.cut_short, capture.read_bytes) == (False, len(content))


def test_pcapng_sections_of_either_byte_order_follow_each_other() -> None:
    """As when two captures are put together."""
    frames, capture = read(pcapng(FRAMES, order="<") + pcapng(FRAMES, order=">", link_type=1))
    assert frames == EXPECTED + [one._replace(link_type=1) for one in EXPECTED]
    assert not capture.cut_short


def test_pcapng_times_in_powers_of_two() -> None:
    """The highest bit of the resolution says so: ticks of 1/1024 s."""
    content = pcapng([b"x"], resolution=3)
    seconds = content.replace(struct.pack("<HHB3x", 9, 1, 3), struct.pack("<HHB3x", 9, 1, 0x80 | 10))
    assert read(seconds)[0][0].at_s == CAPTURED_AT_S * 1_000 / 1_024


def test_pcapng_simple_packets_have_no_time() -> None:
    """And are as long as the interface's snap length lets them be."""
    simple = struct.pack("<IIIIII", 3, 24, 5, int.from_bytes(b"abcd", "little"), ord("e"), 24)
    frames, capture = read(pcapng([]) + simple)
    assert frames == [CapturedFrame(None, RADIOTAP, b"abcde")]
    assert not capture.cut_short


@pytest.mark.parametrize("make", [pcap, pcapng])
def test_a_file_that_breaks_off_gives_what_came_until_then(make: type) -> None:
    """At whatever byte."""
    content = make(FRAMES)
    for length in range(len(content) - 5, len(content)):
        frames, capture = read(content[:length])
        assert frames == EXPECTED[:2]
        assert capture.cut_short


@pytest.mark.parametrize(
    "nonsense",
    [
        struct.pack("<IIII", 0, 0, FRAME_MAX_BYTES + 1, 0),
        struct.pack("<IIII", 0, 0, 0xFFFF_FFFF, 0),
    ],
)
def test_a_frame_too_long_to_be_true_ends_the_file(nonsense: bytes) -> None:
    """No gigabyte is asked for because four bytes say so."""
    frames, capture = read(pcap(FRAMES) + nonsense + b"more")
    assert (frames, capture.cut_short) == (EXPECTED, True)


@pytest.mark.parametrize(
    "block",
    [
        struct.pack("<II", 6, 8),
        struct.pack("<II", 6, 33),
        struct.pack("<II", 6, 0xFFFF_FFFC),
        struct.pack("<III", 6, 16, 0) + struct.pack("<I", 16),
        struct.pack("<IIIIIIII", 6, 32, 7, 0, 0, 0, 0, 32),
        struct.pack("<IIIIIIII", 6, 32, 0, 0, 0, 1, 1, 32),
        struct.pack("<III", 1, 16, 0) + struct.pack("<I", 16),
        struct.pack("<II", 0x0A0D0D0A, 28) + b"no byte order mark......",
    ],
    ids=["too short", "odd", "huge", "no head", "no such interface", "longer than block", "interface", "section"],
)
def test_a_block_that_contradicts_itself_ends_the_file(block: bytes) -> None:
    """What came before it counts."""
    frames, capture = read(pcapng(FRAMES) + block)
    assert (frames, capture.cut_short) == (EXPECTED, True)


@pytest.mark.parametrize("content", [b"", b"abc", b"GIF89a and so on", b"\x1f\x8b\x08\x00 packed"])
def test_what_is_no_capture(content: bytes) -> None:
    """Is refused at once."""
    with pytest.raises(NoCaptureError):
        read(content)


STARTS = (pcap([]), pcap([], order=">"), pcapng([]), pcapng([], order=">"), b"")


@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=400))
def test_any_bytes_end_in_frames_or_a_refusal(start: bytes, rest: bytes) -> None:
    """Never in another error, never with more bytes than the file has."""
    content = start + rest
    try:
        frames, capture = read(content)
    except NoCaptureError:
        assert not start
        return
    assert sum(len(frame.content) for frame in frames) <= len(content)
    assert capture.read_bytes <= len(content)
    assert capture.cut_short or capture.read_bytes == len(content)
