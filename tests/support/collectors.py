"""A real `provklar serve` for tests: the sample configuration (changed as a test wants) on a free port."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support import quick_agent
from tests.support.processes import BIN, free_port, running, wait_until_answers

SAMPLE = Path(__file__).parents[2] / "config"
AGENT_S = 90.0
SCHOOL, ROOM = "99000001", "A101"
"""The first school of the sample, and its first room."""


@dataclass
class Place:
    """A folder with a configuration and a data folder, the port they belong to, and what runs there."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "collector.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """What makes every command of this place use its port and data."""
        return os.environ | {"PROVKLAR_PORT": str(self.port), "PROVKLAR_DATA": str(self.data)}

    def get(self, path: str) -> Any:
        """The JSON that the collector answers."""
        answer = httpx.get(self.url + path, timeout=10, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def run(
        self, *command: str, environ: Mapping[str, str] | None = None, seconds: float = 90
    ) -> subprocess.CompletedProcess[str]:
        """Runs one of our two commands here: `run("provklar", "verdict")`."""
        return self._run([BIN / command[0], *command[1:]], environ, seconds)

    def _run(
        self, command: Sequence[str | Path], environ: Mapping[str, str] | None, seconds: float
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={**self.environ, **(environ or {})},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def replace(self, file: str, old: str, new: str) -> None:
        """Changes the text of a configuration file, whole or not at all."""
        path = self.config / file
        text = path.read_text()
        assert old in text
        draft = path.with_suffix(".draft")
        draft.write_text(text.replace(old, new, 1))
        draft.replace(path)

    def key(self, school: str = SCHOOL) -> str:
        """A new enrolment key, as an operator makes one."""
        made = self.run("provklar", "enrolment-key", "create", school)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    def agent_options(self, name: str = "agent") -> list[str]:
        """An agent in the sample's first room, its data beside the collector's."""
        data = str(self.folder / name)
        return ["--collector", self.url, "--school", SCHOOL, "--room", ROOM, "--data", data]

    def agent(self, command: str, *, name: str = "agent", key: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs one command of an agent here, which is in a hurry: how long it waits between is not the subject."""
        environ = {"PROVKLAR_ENROLMENT_KEY": key} if key else None
        agent = [sys.executable, quick_agent.__file__, command, *self.agent_options(name)]
        return self._run(agent, environ, AGENT_S)


def place_in(folder: Path) -> Place:
    """A place with a copy of the sample configuration; quick to judge and to reload, so that tests need not wait."""
    place = Place(folder)
    shutil.copytree(SAMPLE, place.config)
    place.data.mkdir()
    place.replace("collector.yaml", "\nlisten:", "\njudge_every_s: 1\nreload_every_s: 1\nlisten:")
    place.replace("collector.yaml", "    max_seconds: 4\n", "    max_seconds: 1\n")
    return place


@contextmanager
def serving(place: Place) -> Iterator[subprocess.Popen[bytes]]:
    """The collector of `place`, answering."""
    command = [str(BIN / "provklar"), "serve", "--config", str(place.config)]
    with running(command, log=place.log, env=place.environ, cwd=place.folder) as process:
        wait_until_answers(f"{place.url}/healthz", log=place.log)
        place.process = process
        yield process


def until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    """Waits for something that a running collector brings about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)
