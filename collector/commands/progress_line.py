"""How far something has come, said so that it never fills a screen."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

from collector.commands.printing import say
from collector.i18n.messages import Language

SOON_S = 2.0
"""What is done sooner needs no progress."""

QUARTERS = 4
_OVER_THE_LINE = "\r\x1b[2K"


class ProgressLine:
    """On a terminal one line, written over; elsewhere a line for each quarter of the way."""

    def __init__(
        self,
        code: str,
        language: Language,
        total: int,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`code` is a sentence that takes `done` and `total`, both as numbers, and what else `reach` is given."""
        self._code, self._language = code, language
        self._total = max(1, total)
        self._stream = stream or sys.stderr
        self._clock = clock
        self._began_at = clock()
        self._quarters = 0
        self._open = False

    def reach(self, done: int, **values: int) -> None:
        """So much is done by now. The end itself is for whoever called to tell."""
        if done >= self._total or self._clock() - self._began_at < SOON_S:
            return
        text = say(self._code, self._language, done=done, total=self._total, **values)
        if self._stream.isatty():
            width = shutil.get_terminal_size().columns
            self._stream.write(_OVER_THE_LINE + text[: width - 1])
            self._stream.flush()
            self._open = True
        elif (quarters := QUARTERS * done // self._total) > self._quarters:
            self._quarters = quarters
            print(text, file=self._stream, flush=True)

    def end(self) -> None:
        """Takes the line away, if there is one, so that what is printed next stands in its place."""
        if self._open:
            self._stream.write(_OVER_THE_LINE)
            self._stream.flush()
            self._open = False
