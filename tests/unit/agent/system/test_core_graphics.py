"""The real module with a made-up Core Graphics, which is called as ctypes calls libraries."""

from __future__ import annotations

import ctypes
from typing import Any

from agent.system.core_graphics import DisplaySize, asked, display_sizes


class Function:
    """One function of the library: ctypes' users set `restype` before they call it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.restype: Any = ctypes.c_int

    def __call__(self, *arguments: Any) -> Any:
        return self.answer(self, *arguments)


class Library:
    """Two screens, or an error."""

    def __init__(self, error: int = 0) -> None:
        self.error = error
        self.CGGetOnlineDisplayList = Function(self._listed)
        self.CGDisplayScreenSize = Function(self._size)
        self.CGDisplayIsBuiltin = Function(lambda _function, display: int(display.value == 7))

    def _listed(self, _: Function, most: Any, displays: Any, count: Any) -> int:
        assert most.value == len(displays)
        displays[0], displays[1] = 7, 9
        count._obj.value = 2
        return self.error

    def _size(self, function: Function, display: Any) -> Any:
        assert issubclass(function.restype, ctypes.Structure), "else macOS' two numbers are read as one"
        return function.restype(*((290.0, 188.5) if display.value == 7 else (527.0, 296.0)))


def test_every_screen_with_its_size() -> None:
    """In the library's order."""
    assert asked(Library()) == [DisplaySize(True, 290.0, 188.5), DisplaySize(False, 527.0, 296.0)]


def test_an_error_is_no_screen() -> None:
    """As where nobody is logged in."""
    assert asked(Library(error=1000)) == []


def test_on_other_systems_there_is_none() -> None:
    """No library is looked for."""
    assert display_sizes() == []
