"""One side of the comparison: a checkout, whose programs run in a world where clock and chance are always the same.

Both sides run one after the other in the same folder and on the same ports, so that neither shows in what they say.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.support.same_bytes.clock import STILL, StillClock
from tests.support.same_bytes.http_talk import Answer, Question, put
from tests.support.same_bytes.recording import Kind, Recording
from tests.support.same_bytes.set_aside import Name, SettingAside

STARTS_AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
"""A Wednesday in term, after lunch: lines may be filled."""
COMMAND_S = 300.0
LEAVE_S = 30.0
AT_ONCE = 3


class Ports(NamedTuple):
    """Where what listens."""

    collector: int
    point: int
    recorder: int
    alerts: int
    snmp: int


class Checkout(NamedTuple):
    """A tree and the Python that has it installed."""

    root: Path
    python: Path

    def program(self, name: str) -> str:
        """The path of an installed program."""
        return str(self.python.parent / name)


class Side:
    """Runs, asks and records."""

    def __init__(self, checkout: Checkout, world: Path, ports: Ports, clock: StillClock, code_cache: Path) -> None:
        """Makes the world anew; `code_cache` keeps compiled Python out of the checkout."""
        self.checkout, self.world, self.ports = checkout, world, ports
        self.recording, self.aside = Recording(), SettingAside(str(checkout.root))
        self.asked: list[tuple[Question, int]] = []
        self.now = STARTS_AT
        self._steps: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._clock, self._code_cache = clock, code_cache
        shutil.rmtree(world, ignore_errors=True)
        world.mkdir()
        self.pass_time(timedelta())

    def pass_time(self, passed: timedelta) -> None:
        """Moves the hands of the clock that all programs of the world look at."""
        self.now += passed
        self._clock.set(self.now)

    def environment(self, step: str) -> dict[str, str]:
        """What a program of the world may know; a step that comes again has another number, and other chances."""
        with self._lock:
            self._steps[step] += 1
            number = self._steps[step]
        return {
            "PATH": f"{self.checkout.python.parent}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.world),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "COLUMNS": "100",
            "PYTHONPATH": str(STILL),
            "PYTHONHASHSEED": "0",
            "PYTHONPYCACHEPREFIX": str(self._code_cache),
            "SAME_BYTES_STEP": f"{step} {number}",
            **self._clock.environment,
            "PROVKLAR_PORT": str(self.ports.collector),
            "PROVKLAR_DATA": str(self.world / "data"),
        }

    def run(self, command: Sequence[str], **more: str) -> subprocess.CompletedProcess[str]:
        """Runs an installed program to its end; `more` goes into its environment."""
        name, *arguments = command
        return subprocess.run(
            [self.checkout.program(name), *arguments],
            cwd=self.world,
            env=self.environment(" ".join(command)) | more,
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )

    def command(self, *command: str, name: str = "", kind: Kind = "command", rules: Sequence[Name] = ()) -> str:
        """Runs a program, records what it prints and how it ends; gives its standard output."""
        done = self.run(command)
        self._printed(done, command, name, kind, rules)
        return done.stdout

    def _printed(
        self,
        done: subprocess.CompletedProcess[str],
        command: Sequence[str],
        name: str,
        kind: Kind,
        rules: Sequence[Name] = (),
    ) -> None:
        told = f"exit {done.returncode}\n--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}"
        self.note(kind, " ".join([*command, *filter(None, [name])]), told, *rules)

    def commands(self, commands: Iterable[Sequence[str]], name: str = "", kind: Kind = "command") -> None:
        """Runs programs that do not disturb each other, some at a time."""
        asked = list(commands)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for command, done in zip(asked, pool.map(self.run, asked), strict=True):
                self._printed(done, command, name, kind)

    def note(self, kind: Kind, name: str, text: str, *rules: Name) -> None:
        """Records a text without what the rules name."""
        self.recording.note(kind, name, self.aside.apply(text, *rules))

    def put(self, question: Question, port: int | None = None) -> Answer:
        """Asks the collector, or what listens on `port`, and records nothing."""
        return put(port or self.ports.collector, question)

    def ask(
        self,
        question: Question,
        name: str = "",
        *,
        kind: Kind = "answer",
        rules: Sequence[Name] = (),
        point: bool = False,
    ) -> Answer:
        """Asks the collector (`point`: the measurement point beside it) and records what it answers."""
        answer = self.put(question, self.ports.point if point else None)
        if not point:
            self.asked.append((question, answer.status))
        where = "point: " if point else ""
        label = f"{where}{question.method} {question.target}" + (f" ({name})" if name else "")
        limited: list[Name] = ["rate limit"] if answer.status == 429 else []
        self.note(kind, label, answer.text(), "date", *limited, *rules)
        return answer

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        """Runs a program beside the rest, with its output in a file, and ends it."""
        name, *arguments = command
        log = self.world / f"{name}-{arguments[0]}.log"
        with log.open("w") as stream:
            process = subprocess.Popen(
                [self.checkout.program(name), *arguments],
                cwd=self.world,
                env=self.environment(" ".join(command)),
                stdout=stream,
                stderr=subprocess.STDOUT,
                text=True,
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(LEAVE_S)


def until(done: Callable[[], bool], what: str, seconds: float = 180.0) -> None:
    """Waits, by a clock that does go, until it is so."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s in vain for: {what}")
        time.sleep(0.1)


def until_quiet(look: Callable[[], object], seconds: float) -> None:
    """Waits until `look` has given the same for so long."""
    seen, since = look(), time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.1)
        if (now := look()) != seen:
            seen, since = now, time.monotonic()
