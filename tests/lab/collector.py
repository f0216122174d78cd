"""A real collector in the lab's internet, and real agents on the school's clients that know nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collector.readiness.domain.model import Observation
from collector.store.store import Store
from tests.lab.namespaces import Namespace
from tests.support.collectors import ROOM, SCHOOL, Place, place_in
from tests.support.processes import BIN

if TYPE_CHECKING:
    from tests.lab.box import SchoolBox

Device = dict[str, Any]
PORT = 8080
HURRIED = {
    "{probe: latency, every_s: 300, jitter_s: 120, deadline_s: 60}": "{probe: latency, every_s: 10, deadline_s: 20}",
    "{probe: ladder, every_s: 900, jitter_s: 300, deadline_s: 60}": "{probe: ladder, every_s: 10, deadline_s: 20}",
    "{probe: throughput, every_s: 3600, jitter_s: 1800, deadline_s: 60}": (
        "{probe: throughput, every_s: 10, deadline_s: 60}\n  latency_samples: 5\n  upload_every_s: 5"
    ),
}
"""The sample's plans as they stand, and what takes their place, so that nobody has to wait."""
ENROLMENT_KEY = "PROVKLAR_ENROLMENT_KEY"


class LabCollector:
    """The sample configuration, served at the internet's address. Change `place`'s files before it starts, or after."""

    def __init__(self, box: SchoolBox, folder: Path) -> None:
        """Writes the configuration; nothing runs yet."""
        self._box = box
        self.place: Place = place_in(folder)
        self.place.port = PORT
        self.place.replace("collector.yaml", "host: 127.0.0.1", f"host: {box.internet.address}")
        self.url = f"http://{box.internet.address}:{PORT}"

    def hurry(self) -> None:
        """Lets agents measure and report as often as a policy may ask for."""
        for old, new in HURRIED.items():
            self.place.replace("collector.yaml", old, new)

    def start(self) -> subprocess.Popen[bytes]:
        """Serves until the box goes, or it is told to end."""
        command = [str(BIN / "provklar"), "serve", "--config", str(self.place.config)]
        with self.place.log.open("ab") as log:
            process = self._box.popen(
                self._box.internet, command, stdout=log, env=self.place.environ, cwd=self.place.folder
            )
        try:
            self._box.wait_for_listener(self._box.internet, PORT, seconds=30)
        except TimeoutError as error:
            raise TimeoutError(f"the collector did not start: {self.place.log.read_text()[-4_000:]}") from error
        return process

    @contextmanager
    def store(self) -> Iterator[Store]:
        """What the collector remembers, read beside it."""
        store = Store.open(f"sqlite:///{self.place.data / 'provklar.db'}")
        try:
            yield store
        finally:
            store.close()

    def said(self, probe: str) -> list[Observation]:
        """What that probe said at the school in the last hour."""
        now = datetime.now(UTC)
        with self.store() as store:
            return store.probe_history(probe, now, now - timedelta(hours=1)).get(SCHOOL, [])

    def get(self, path: str) -> Any:
        """The JSON that the collector answers, asked beside it."""
        return json.loads(self._box.run(self._box.internet, ["curl", "-sS", "--fail", self.url + path]).stdout)

    def reconfigure(self, file: str, old: str, new: str, seconds: float = 30) -> None:
        """Changes a file of the configuration and waits until the collector has taken it into use."""
        before = self.get("/healthz")["configuration_loaded_at"]
        self.place.replace(file, old, new)
        deadline = time.monotonic() + seconds
        while self.get("/healthz")["configuration_loaded_at"] == before:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not taken into use: {self.place.log.read_text()[-4_000:]}")
            time.sleep(0.2)

    def until_devices(self, condition: Callable[[list[Device]], bool], seconds: float = 30) -> list[Device]:
        """The devices that the collector knows, once they are as `condition` wants them."""
        deadline = time.monotonic() + seconds
        devices: list[Device] = self.get("/api/v1/devices")
        while not condition(devices):
            if time.monotonic() > deadline:
                raise TimeoutError(f"it never came true of {devices}")
            time.sleep(0.2)
            devices = self.get("/api/v1/devices")
        return devices

    def enroll(self, client: Namespace) -> None:
        """Makes the agent of that client known, by a new key of the school."""
        done = self.agent(client, "enroll", key=self.place.key())
        assert done.returncode == 0, done.stderr or done.stdout

    def agent(
        self, client: Namespace, *command: str, key: str | None = None, timeout_s: float = 90
    ) -> subprocess.CompletedProcess[str]:
        """Runs one command of that client's agent to its end."""
        env = self._environment() | ({ENROLMENT_KEY: key} if key else {})
        return client.run(self._agent_command(client, *command), check=False, env=env, timeout_s=timeout_s)

    def start_agent(self, client: Namespace) -> subprocess.Popen[bytes]:
        """Lets that client's agent run by the policy until the box goes."""
        return self.start_command(client, "run")

    def start_command(self, client: Namespace, command: str) -> subprocess.Popen[bytes]:
        """Starts a command of that client's agent; what it writes is in `log_of`."""
        with self.log_of(client).open("ab") as log:
            return self._box.popen(
                client, self._agent_command(client, command), stdout=log, env=self._environment(), cwd=self.place.folder
            )

    def log_of(self, client: Namespace) -> Path:
        """What the agent of that client wrote."""
        return self.place.folder / f"agent-{client.role}.log"

    def _agent_command(self, client: Namespace, *command: str) -> list[str | Path]:
        data = self.place.folder / f"agent-{client.role}"
        where = ["--collector", self.url, "--school", SCHOOL, "--room", ROOM, "--data", str(data)]
        return [BIN / "provklar-agent", *command, *where]

    def _environment(self) -> dict[str, str]:
        """This machine's, without the proxy that it may be told to use."""
        return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
