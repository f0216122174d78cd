"""EDIDs: a real panel's (LG LP173WD1, from linuxhw/EDID, CC BY 4.0), and what others write wrongly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.inventory.edid import Edid, can_be_size, diagonal_inch, parse
from tests.support.recorded_system import RECORDINGS

PANEL = (RECORDINGS / "linux-sv-laptop/files/sys/class/drm/card1-eDP-1/edid").read_bytes()


def changed(**at: int) -> bytes:
    """The panel's EDID with bytes changed (b21=...) and the checksum put right."""
    block = bytearray(PANEL)
    for place, value in at.items():
        block[int(place.removeprefix("b"))] = value
    block[127] = 0
    block[127] = -sum(block) % 256
    return bytes(block)


def test_a_real_panel() -> None:
    """As edid-decode reads it: 1600x900, 382 mm x 215 mm; 17.3 inch is what it is sold as."""
    assert parse(PANEL) == Edid(1600, 900, 382, 215)
    assert diagonal_inch(382, 215) == 17.3


def test_blocks_behind_the_first_change_nothing() -> None:
    """HDMI screens have some."""
    assert parse(PANEL + bytes(128)) == parse(PANEL)


def test_a_screen_that_writes_its_shape_into_the_millimetres() -> None:
    """160 x 90 mm against 38 x 21 cm: the centimetres are believed."""
    assert parse(changed(b66=160, b67=90, b68=0)) == Edid(1600, 900, 380, 210)


def test_a_projector_has_no_size() -> None:
    """Neither in cm nor in mm; bytes of the shape alone (a zero beside a number) are no size."""
    assert parse(changed(b21=0, b22=0, b66=0, b67=0, b68=0)) == Edid(1600, 900, None, None)
    assert parse(changed(b21=0, b22=79, b66=16, b67=9, b68=0)) == Edid(1600, 900, None, None)


def test_millimetres_alone_will_do() -> None:
    """Where the centimetres are left out."""
    assert parse(changed(b21=0, b22=0)) == Edid(1600, 900, 382, 215)


def test_without_a_timing_the_size_is_still_there() -> None:
    """A text stands where the timing should be."""
    assert parse(changed(b54=0, b55=0)) == Edid(None, None, 380, 210)


def test_an_interlaced_timing_tells_half_of_the_lines() -> None:
    """A field has every second of them."""
    assert parse(changed(b71=PANEL[71] | 0x80)) == Edid(1600, 1800, 382, 215)


@pytest.mark.parametrize(
    ("mm", "px", "can_be"),
    [
        ((382, 215), (1600, 900), True),
        ((220, 120), (1366, 768), True),  # in whole centimetres
        ((217, 136), (1200, 1920), True),  # a tablet's panel stands upright
        ((520, 320), (1920, 1200), True),
        ((100, 150), (800, 1280), True),
        ((160, 90), (1920, 1080), False),
        ((160, 100), (1680, 1050), False),
        ((1600, 900), (3840, 2160), False),
        ((210, 90), (2560, 1080), False),
        ((60, 50), (1280, 800), False),
        ((40, 30), (1024, 768), False),
        ((690, 390), (1920, 540), False),
        ((300, 300), (1920, 1080), False),
    ],
)
def test_what_can_be_a_size(mm: tuple[int, int], px: tuple[int, int], can_be: bool) -> None:
    """No shape in place of a size, in whatever unit; nothing that no pupil could read; pixels are square."""
    assert can_be_size(*mm, *px) == can_be


def test_what_is_damaged_is_not_believed() -> None:
    """Another header, a wrong sum, a piece missing."""
    assert parse(b"") is None
    assert parse(PANEL[:127]) is None
    assert parse(b"\1" + PANEL[1:]) is None
    assert parse(PANEL[:-1] + b"\0") is None


@given(st.binary(max_size=128), st.integers(0, 127))
def test_any_bytes(noise: bytes, start: int) -> None:
    """Never raises; a size is given in both directions or not at all."""
    block = bytearray(PANEL)
    block[start : start + len(noise)] = noise
    whole = bytes(block[:127])
    found = parse(whole + bytes([-sum(whole) % 256]))
    assert found is None or (found.width_mm is None) == (found.height_mm is None)
