"""A progress bar on standard error: redrawn in place on a terminal, a line now and then in a log."""

from __future__ import annotations

from typing import TextIO

_WIDTH = 30
_LOG_EVERY_PERCENT = 25
_MB = 1_000_000


class ProgressBar:
    """Shows how much of `total_bytes` has been read. An empty file counts as read."""

    def __init__(self, stream: TextIO, total_bytes: int) -> None:
        self._stream = stream
        self._total_bytes = total_bytes
        self._in_place = stream.isatty()
        self._shown_percent = -_LOG_EVERY_PERCENT

    def __call__(self, read_bytes: int) -> None:
        """Draws, if it would look different from before."""
        percent = min(100, 100 * read_bytes // self._total_bytes) if self._total_bytes else 100
        step = 1 if self._in_place else _LOG_EVERY_PERCENT
        if percent < self._shown_percent + step and (percent < 100 or percent == self._shown_percent):
            return
        self._shown_percent = percent
        filled = _WIDTH * percent // 100
        size = f"{read_bytes / _MB:.0f}/{self._total_bytes / _MB:.0f} MB"
        bar = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {percent:3} %  {size}"
        self._stream.write(f"\r{bar}" if self._in_place else f"{bar}\n")
        self._stream.flush()

    def end(self) -> None:
        """Leaves the bar behind, so that what follows has a line of its own."""
        if self._in_place:
            self._stream.write("\n")
            self._stream.flush()
