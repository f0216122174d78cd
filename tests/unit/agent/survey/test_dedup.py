"""An announcement that is known again says what scapy reads in it, whatever was there before."""

from __future__ import annotations

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import agent.survey.dedup
from agent.survey.beacon import Announcement, MalformedFrameError, announces, dissected
from agent.survey.dedup import Recogniser
from tests.support.wifi_frames import announcement, element, load

BSSIDS = ("02:00:00:00:00:01", "02:00:00:00:00:02")


def by_scapy(content: bytes) -> Announcement | None:
    """What scapy says; None of a damaged frame."""
    try:
        return dissected(content)
    except MalformedFrameError:
        return None


def by(recogniser: Recogniser, content: bytes) -> Announcement | None:
    """The same of a recogniser."""
    try:
        return recogniser.announcement(content)
    except MalformedFrameError:
        return None


def tim(count: int, bits: bytes) -> bytes:
    """Whose traffic waits, and how many beacons until it comes."""
    return element(5, bytes([count, 3, 0]) + bits)


frames = st.builds(
    announcement,
    st.sampled_from([b"Skolan", b"Annan", b""]),
    st.sampled_from(BSSIDS),
    signal_dbm=st.integers(-100, -1),
    frequency_mhz=st.sampled_from([2412, 2437, 5180]),
    channel=st.sampled_from([None, 1, 6]),
    flags=st.sampled_from([0, 0x10, 0x40, 0x50]),
    more=st.lists(
        st.one_of(
            st.builds(tim, st.integers(0, 2), st.binary(min_size=1, max_size=3)),
            st.builds(load, st.integers(0, 300), st.integers(0, 255)),
            st.builds(element, st.just(11), st.binary(max_size=8)),
            st.builds(element, st.sampled_from([7, 45, 61, 221]), st.binary(max_size=30)),
        ),
        max_size=5,
    ).map(b"".join),
)


@given(st.lists(st.tuples(frames, st.integers(0, 12)), min_size=1, max_size=8))
@example([(announcement(b"Skolan", BSSIDS[0], more=element(11, b"") + load(7, 9)), 0)])
@example([(announcement(b"Skolan", BSSIDS[0], more=load(count, 9) + load(7, count)), 0) for count in (1, 2)])
@example([(announcement(b"Skolan", BSSIDS[0], more=more + load(7, 9)), 0) for more in (b"", element(61, b""))])
def test_it_says_what_scapy_says(sent: list[tuple[bytes, int]]) -> None:
    """Of whole frames and of such that were cut short, in any order."""
    recogniser = Recogniser()
    for frame, cut in sent:
        content = frame[: len(frame) - cut]
        assert by(recogniser, content) == by_scapy(content)


def counting(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Notes what scapy is asked for."""
    asked: list[bytes] = []

    def note(content: bytes) -> Announcement:
        asked.append(content)
        return dissected(content)

    monkeypatch.setattr(agent.survey.dedup, "dissected", note)
    return asked


def test_scapy_is_asked_once_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand beacons of one access point, no two alike in signal, load and waiting traffic."""
    asked, recogniser = counting(monkeypatch), Recogniser()
    for number in range(1_000):
        more = tim(number % 3, bytes([number % 256])) + load(number, number % 256)
        said = recogniser.announcement(announcement(b"Skolan", BSSIDS[0], signal_dbm=-40 - number % 50, more=more))
        assert (said.signal_dbm, said.stations, said.utilisation) == (-40 - number % 50, number, number % 256)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        announcement(b"Annan", BSSIDS[0]),
        announcement(b"Skolan", BSSIDS[1]),
        announcement(b"Skolan", BSSIDS[0], channel=11),
        announcement(b"Skolan", BSSIDS[0], more=load(1, 1)),
    ],
)
def test_what_says_something_else_is_dissected(other: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another name, another address, another channel, or a load where there was none."""
    asked, recogniser = counting(monkeypatch), Recogniser()
    recogniser.announcement(announcement(b"Skolan", BSSIDS[0]))
    assert recogniser.announcement(other) == dissected(other)
    assert len(asked) == 2


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of invented access points pushes out the oldest."""
    monkeypatch.setattr(agent.survey.dedup, "KNOWN_MAX", 10)
    asked, recogniser = counting(monkeypatch), Recogniser()
    for number in range(30):
        recogniser.announcement(announcement(b"x", f"06:00:00:00:00:{number:02x}"))
    assert len(recogniser._said) == 10
    recogniser.announcement(announcement(b"x", "06:00:00:00:00:1d"))
    assert len(asked) == 30


@pytest.mark.parametrize("words", [1, 2, 3])
def test_more_words_of_fields(words: int) -> None:
    """A radio with several antennas lists its fields more than once; the first list counts."""
    frame = announcement(b"Skolan", BSSIDS[0], signal_dbm=-61)
    length, present = struct.unpack("<HI", frame[2:8])
    more = [0x2000_0800] * (words - 1)
    lists = [present | (0x8000_0000 if more else 0), *(one | 0x8000_0000 for one in more[1:]), *more[:1]]
    extra = 4 * (len(lists) - 1)
    header = struct.pack("<BBH", 0, 0, length + extra + (len(lists) - 1)) + struct.pack(f"<{len(lists)}I", *lists)
    content = header + frame[8:length] + b"\1" * (len(lists) - 1) + frame[length:]
    assert announces(content)
    assert by(Recogniser(), content) == by_scapy(content)
    said = by(Recogniser(), content)
    assert said is not None
    assert said.signal_dbm == -61


def test_a_header_that_lies_about_its_length() -> None:
    """More words than it has room for, or fields beyond its end."""
    frame = announcement(b"Skolan", BSSIDS[0])
    endless = frame[:4] + b"\xff" * 200
    assert by(Recogniser(), endless) is None
    beyond = frame[:2] + struct.pack("<H", 9) + struct.pack("<I", 0x3F) + frame[8:]
    assert by(Recogniser(), beyond) is None
