"""Asks macOS' Core Graphics how large the screens are; nothing is understood here.

system_profiler does not tell it, and Apple's own panels keep their EDID to themselves.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, NamedTuple

_LIBRARY = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"
_MOST = 16


class DisplaySize(NamedTuple):
    """The visible area of a connected screen in millimetres."""

    is_built_in: bool
    width_mm: float
    height_mm: float


class _Size(ctypes.Structure):
    """CGSize."""

    _fields_ = (("width", ctypes.c_double), ("height", ctypes.c_double))


def display_sizes() -> list[DisplaySize]:
    """Every connected screen; none on other systems, and none where nobody is logged in at the screen."""
    if sys.platform == "darwin":
        try:
            return asked(ctypes.CDLL(_LIBRARY))
        except OSError:
            return []
    return []


def asked(library: Any) -> list[DisplaySize]:  # noqa: ANN401  a library, whose functions ctypes makes up
    """The same, of a loaded library."""
    found, count = (ctypes.c_uint32 * _MOST)(), ctypes.c_uint32()
    if library.CGGetOnlineDisplayList(ctypes.c_uint32(_MOST), found, ctypes.byref(count)):
        return []
    library.CGDisplayScreenSize.restype = _Size
    sizes = []
    for display in found[: count.value]:
        size = library.CGDisplayScreenSize(ctypes.c_uint32(display))
        is_built_in = bool(library.CGDisplayIsBuiltin(ctypes.c_uint32(display)))
        sizes.append(DisplaySize(is_built_in, size.width, size.height))
    return sizes
