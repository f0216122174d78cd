"""The child processes of a local run: started in a session of their own, and always stopped."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

STOP_S = 20.0


class LocalRunError(Exception):
    """The run cannot go on; `code` is the sentence that says why and what to do, `values` go into it."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@contextmanager
def child(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own session, so that Ctrl-C in the terminal reaches only us and we stop it in order."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks a child to end, and ends it if it does not within its time."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=STOP_S)


def program(name: str) -> list[str]:
    """One of our two commands, as installed beside the Python that runs this one."""
    beside = Path(sys.executable).with_name(name)
    return [str(beside) if beside.exists() else name]


def finish(command: Sequence[str], failure: str, within_s: float | None = None) -> None:
    """Runs a command to its end, its progress straight to the terminal; `failure` is the sentence if it fails."""
    try:
        done = subprocess.run(command, timeout=within_s, check=False)
    except subprocess.TimeoutExpired:
        raise LocalRunError(failure) from None
    if done.returncode != 0:
        raise LocalRunError(failure)


def last_lines(log: Path, count: int = 8) -> str:
    """The end of a log, to show what a child said."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
