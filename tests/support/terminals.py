"""Programs in a terminal of 24 rows of 80 characters, as most people first meet them."""

from __future__ import annotations

import fcntl
import math
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROWS, COLUMNS = 24, 80
OVER_THE_LINE = "\r\x1b[2K"
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal:
    """What a program printed, as it comes."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self._master = master
        self._read = b""

    def type(self, line: str) -> None:
        """Types a line and Enter."""
        os.write(self._master, f"{line}\n".encode())

    @property
    def text(self) -> str:
        """All that was printed, by rows as they stand in the end: what was written over is gone."""
        plain = self._read.decode(errors="replace").replace("\r\n", "\n")
        return "\n".join(_CONTROL.sub("", line.rpartition(OVER_THE_LINE)[2]) for line in plain.split("\n"))

    def wait_for(self, wanted: str, *, seconds: float) -> str:
        """All that was printed until `wanted` was; fails with it if it never is."""
        deadline = time.monotonic() + seconds
        while wanted not in self.text:
            assert time.monotonic() < deadline, f"{wanted!r} never came:\n{self.text}"
            assert self._take() or self.process.poll() is None, f"{wanted!r} never came:\n{self.text}"
        return self.text

    def interrupt(self, *, seconds: float = 60) -> int:
        """Ctrl-C, and the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.end(seconds=seconds)

    def end(self, *, seconds: float) -> int:
        """The exit code, when all that was printed has been read."""
        deadline = time.monotonic() + seconds
        while self._take() or self.process.poll() is None:
            assert time.monotonic() < deadline, f"it never ended:\n{self.text}"
        return self.process.wait(1)

    def _take(self) -> bool:
        """Reads what is there, waiting a moment for it."""
        if not select.select([self._master], [], [], 0.1)[0]:
            return False
        with suppress(OSError):  # the program has closed its end
            more = os.read(self._master, 65_536)
            self._read += more
            return bool(more)
        return False


@contextmanager
def in_terminal(command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> Iterator[Terminal]:
    """Starts `command` in a terminal; killed with its group at the end, if it is still there."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=env, cwd=cwd, start_new_session=True
    )
    os.close(slave)
    terminal = Terminal(process, master)
    try:
        yield terminal
    finally:
        if process.poll() is None:
            with suppress(AssertionError):
                terminal.interrupt()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        os.close(master)


def rows_of(text: str) -> int:
    """How many rows of the terminal a text takes."""
    return sum(max(1, math.ceil(len(line) / COLUMNS)) for line in text.splitlines())
