"""How far something has come: one line on a terminal, a few lines in a file, nothing for what is quick."""

from __future__ import annotations

import io
from itertools import count

import pytest

from collector.commands.progress_line import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def followed(stream: io.StringIO, seconds_each: float) -> str:
    """A thousand steps that take so long."""
    clock = count(step=seconds_each)
    line = ProgressLine("judged_by_now", "en", 1000, stream, lambda: next(clock))
    for done in range(1, 1001):
        line.reach(done)
    line.end()
    return stream.getvalue()


def test_in_a_file_each_quarter_is_a_line() -> None:
    """However long it takes."""
    lines = followed(io.StringIO(), 3600).splitlines()
    assert lines == [f"Judged: {done} of 1,000 sittings" for done in (250, 500, 750)]


def test_a_terminal_has_one_line_that_is_taken_away() -> None:
    """What is printed next stands in its place."""
    shown = followed(Terminal(), 3600)
    assert "\n" not in shown
    assert "Judged: 999 of 1,000 sittings" in shown
    assert shown.endswith("\r\x1b[2K")


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_what_is_quick_says_nothing(stream: io.StringIO) -> None:
    assert followed(stream, 0.001) == ""


def test_a_narrow_terminal_is_never_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that wrapped could not be written over."""
    monkeypatch.setenv("COLUMNS", "12")
    assert "Judged: 999" in followed(Terminal(), 3600)
    assert max(len(part) for part in followed(Terminal(), 3600).split("\r\x1b[2K")) == 11
