"""What a screen says about itself (EDID, 128 bytes and more): its own resolution and the size of its visible area.

Ours, because a few fields at fixed places are wanted: less than a dependency would take to look after.
"""

from __future__ import annotations

import math
from typing import NamedTuple

_HEADER = b"\0\xff\xff\xff\xff\xff\xff\0"
_BLOCK_BYTES = 128
_FIRST_TIMING = 54
_INTERLACED = 0x80
_MM_PER_INCH = 25.4
_SHAPES = ((16, 9), (16, 10), (21, 9))
_LONGER_SIDE_MIN_MM = 100
_OUT_OF_SQUARE_MAX = 0.15
"""How far a pixel may be from a square, as a share: sizes in whole centimetres are that inexact on small screens."""


class Edid(NamedTuple):
    """None where the screen does not say; projectors for one have no size."""

    width_px: int | None
    height_px: int | None
    width_mm: int | None
    height_mm: int | None


def parse(raw: bytes) -> Edid | None:
    """None for bytes that are no EDID, or whose checksum is wrong."""
    block = raw[:_BLOCK_BYTES]
    if len(block) < _BLOCK_BYTES or not block.startswith(_HEADER) or sum(block) % 256:
        return None
    timing = block[_FIRST_TIMING : _FIRST_TIMING + 18]
    if not (timing[0] or timing[1]):  # a pixel clock of zero marks a text instead of a timing
        return Edid(None, None, *_centimetres(block))
    width, lines = timing[2] | (timing[4] & 0xF0) << 4, timing[5] | (timing[7] & 0xF0) << 4
    height = 2 * lines if timing[17] & _INTERLACED else lines  # 1080i is told as 540 lines a field
    exact = timing[12] | (timing[14] & 0xF0) << 4, timing[13] | (timing[14] & 0x0F) << 8
    return Edid(width or None, height or None, *_believable(exact, _centimetres(block)))


def _centimetres(block: bytes) -> tuple[int | None, int | None]:
    """Bytes 21 and 22 hold the size in cm; with one of them zero they hold an aspect ratio, or nothing."""
    width, height = block[21], block[22]
    return (10 * width, 10 * height) if width and height else (None, None)


def _believable(exact: tuple[int, int], coarse: tuple[int | None, int | None]) -> tuple[int | None, int | None]:
    """The size in mm, but where it is nothing like the size in cm: some screens write the aspect ratio (16 x 9 mm)
    or another unit there.
    """
    if not all(exact):
        return coarse
    if coarse[0] and coarse[1] and max(abs(exact[0] - coarse[0]), abs(exact[1] - coarse[1])) > 10:
        return coarse
    return exact if min(exact) > 20 else (None, None)


def can_be_size(width_mm: float, height_mm: float, width_px: int, height_px: int) -> bool:
    """Whether what a screen gives as its size is one. Many TVs give their shape instead (16 x 9, in mm, cm or dm), and
    others the size of something else, which shows when pixels are not square.
    """
    longer, shorter = max(width_mm, height_mm), min(width_mm, height_mm)
    if longer < _LONGER_SIDE_MIN_MM or (longer, shorter) in {
        (a * unit, b * unit) for a, b in _SHAPES for unit in (10, 100)
    }:
        return False
    square = max(width_px, height_px) / min(width_px, height_px)
    return abs(longer / shorter / square - 1) <= _OUT_OF_SQUARE_MAX


def diagonal_inch(width_mm: int, height_mm: int) -> float:
    """The diagonal as shops write it, to a tenth."""
    return round(math.hypot(width_mm, height_mm) / _MM_PER_INCH, 1)
