"""Announcements out of frames: what they say, and what is no announcement or a damaged one."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dot11 import Dot11ProbeResp

from agent.survey.beacon import Announcement, MalformedFrameError, announces, dissected
from tests.support.wifi_frames import announcement, data_frame, element, load

BSSID = "02:00:00:00:00:01"
BEACON = announcement(b"Skolan", BSSID, signal_dbm=-61, more=load(7, 128))
ENDS_OF_ELEMENTS = (59, 62)
"""A beacon cut here is whole, only shorter: nothing in it tells that more was meant to come."""


def test_all_that_a_beacon_says() -> None:
    """The bytes of the name are kept as they are: a name need not be text."""
    assert dissected(BEACON) == Announcement(BSSID, b"Skolan", -61, 2437, 6, 7, 128)


def test_a_probe_response_says_the_same() -> None:
    """It is what an access point with a hidden name answers."""
    frame = announcement(b"Skolan", BSSID, kind=Dot11ProbeResp)
    assert announces(frame)
    assert dissected(frame).ssid == b"Skolan"


def test_what_is_not_said_is_none() -> None:
    """No load element, no channel; and a signal of 0 dBm is a driver that does not know."""
    frame = announcement(b"", BSSID, signal_dbm=0, frequency_mhz=5180, channel=None)
    assert dissected(frame) == Announcement(BSSID, b"", None, 5180, None, None, None)


def test_above_2_4_ghz_the_ht_operation_names_the_channel() -> None:
    """Where there is no DSSS parameter set."""
    frame = announcement(b"x", BSSID, frequency_mhz=5200, channel=None, more=element(61, bytes([36]) + b"\0" * 21))
    assert dissected(frame).channel == 36


@pytest.mark.parametrize("content", [b"\1", b"\1\0\1\0", b"\1\0\1\0\0\0\0"])
def test_a_load_of_another_length_is_not_read(content: bytes) -> None:
    """Of four bytes it is an old vendor's element with another meaning."""
    found = dissected(announcement(b"x", BSSID, more=element(11, content)))
    assert (found.stations, found.utilisation) == (None, None)


def test_the_first_element_of_a_kind_counts() -> None:
    """As receivers do it."""
    assert dissected(announcement(b"x", BSSID, more=load(1, 2) + load(3, 4))).stations == 1


def test_an_element_that_is_too_short_takes_nothing_from_the_next() -> None:
    """An HT Operation has 22 bytes; one that states fewer ends where it says."""
    short = announcement(b"Skolan", BSSID, more=element(61, b"\x0b") + load(7, 128))
    assert (dissected(short).stations, dissected(short).utilisation) == (7, 128)


def test_frames_that_announce_nothing() -> None:
    """Are told apart by one byte."""
    assert not announces(data_frame())
    assert announces(BEACON)


@pytest.mark.parametrize("frame", [b"", BEACON[:7], BEACON[:15], b"\1" + BEACON[1:], b"\0\0\3\0" + BEACON[4:]])
def test_a_header_that_can_not_be(frame: bytes) -> None:
    """Too short, of another version, or with a length that leads nowhere."""
    with pytest.raises(MalformedFrameError):
        announces(frame)


@pytest.mark.parametrize("length", [n for n in range(16, len(BEACON)) if n not in ENDS_OF_ELEMENTS])
def test_a_beacon_that_breaks_off(length: int) -> None:
    """At any byte within an element or before."""
    with pytest.raises(MalformedFrameError):
        dissected(BEACON[:length])


@pytest.mark.parametrize(
    "frame",
    [
        announcement(b"x", BSSID, more=b"\xdd\xff too short"),
        announcement(b"x" * 33, BSSID),
        announcement(b"x", BSSID, flags=0x50),
    ],
    ids=["element beyond the frame", "name too long", "bad checksum"],
)
def test_damaged(frame: bytes) -> None:
    """Not believed."""
    with pytest.raises(MalformedFrameError):
        dissected(frame)


def test_a_checksum_is_no_element() -> None:
    """Four bytes behind the elements, where the header says so."""
    assert dissected(announcement(b"Skolan", BSSID, more=load(7, 128), flags=0x10)).stations == 7


@given(place=st.integers(min_value=0, max_value=len(BEACON) - 1), byte=st.integers(min_value=0, max_value=255))
def test_one_wrong_byte_never_breaks_more_than_its_frame(place: int, byte: int) -> None:
    """Whatever it is."""
    frame = BEACON[:place] + bytes([byte]) + BEACON[place + 1 :]
    with suppress(MalformedFrameError):
        if announces(frame):
            found = dissected(frame)
            assert found.signal_dbm is None or -120 <= found.signal_dbm < 0


@given(rest=st.binary(max_size=200))
def test_any_elements_end_in_an_announcement_or_a_refusal(rest: bytes) -> None:
    """The air holds anything."""
    with suppress(MalformedFrameError):
        assert dissected(announcement(b"Skolan", BSSID) + rest).ssid == b"Skolan"
