"""Real programs on free ports, started for a test and always stopped after it."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

BIN = Path(sys.executable).parent
"""Where `provklar` and `provklar-agent` of the running environment are."""


PORTS = range(20_000, 32_000)
"""Below those that the kernel gives to whoever asks for any: no outgoing connection takes one of these in between."""
_turns = count(os.getpid() * 97)
_taken = (Path(tempfile.gettempdir()) / f"provklar-test-ports-{os.getuid()}").open("wb")


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port on loopback that nothing listens on, and that no other test on this machine gets while this process runs.

    One byte of a shared file is locked for each port given, since between the giving and a server's start lies a
    moment in which tests that run beside this one ask as well.
    """
    for turn in _turns:
        port = PORTS[turn % len(PORTS)]
        try:
            fcntl.lockf(_taken, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            with socket.socket(type=kind) as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port
    raise AssertionError("unreachable")


@contextmanager
def running(
    command: Sequence[str | Path], *, log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Starts `command` with its output in `log`; terminates it at the end, and kills it if it will not go."""
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=stream, stderr=subprocess.STDOUT, env=env, cwd=cwd
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(timeout=15)


def wait_until_answers(url: str, *, log: Path | None = None, seconds: float = 90.0) -> None:
    """Waits until `url` answers with any status below 500; fails with the program's log if it never does."""
    deadline = time.monotonic() + seconds
    last = "no answer"
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                answer.read()
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            last = str(error)
        except OSError as error:
            last = str(error)
        time.sleep(0.05)
    written = log.read_text(errors="replace")[-4000:] if log and log.exists() else ""
    raise AssertionError(f"{url} did not answer within {seconds} s ({last})\n{written}")
