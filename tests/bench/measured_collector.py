"""A real collector process for a benchmark: the sample configuration and a simulated municipality, on a free port."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec

from agent.protocol.wire import Enrolled, Enrolment
from collector.configuration.load import load_configuration
from collector.simulate.fleet import build_fleet
from collector.simulate.model import Fleet, SimulatedDevice
from collector.simulate.prepare import prepare
from collector.store.store import Store
from tests.support.processes import BIN, free_port, running, wait_until_answers
from tests.support.stored import reports_on_disk

SAMPLE = Path(__file__).parents[2] / "config"
SEED = 2023


class MeasuredCollector(msgspec.Struct, frozen=True):
    """A running collector and the fleet that it expects; `database` is its SQLite file."""

    pid: int
    port: int
    fleet: Fleet
    database: Path
    keys: dict[str, str]

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def enrol(self, device: SimulatedDevice) -> Enrolled:
        """Enrols one simulated machine."""
        enrolment = Enrolment(device.school, self.keys[device.school], device.room, device.label, simulated=True)
        answer = httpx.post(f"{self.url}/api/v1/enrolments", content=msgspec.json.encode(enrolment), trust_env=False)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=Enrolled)

    def stored_reports(self) -> int:
        """How many reports are on disk; true even after the process was killed."""
        return reports_on_disk(self.database)


def bench_fleet(*, schools: int, devices: int) -> Fleet:
    """The simulated municipality of the benchmarks, with browsers as the sample configuration knows them."""
    releases = load_configuration(SAMPLE, datetime.now(UTC), environ={}).releases
    return build_fleet(SEED, schools=schools, devices=devices, releases=releases)


@contextmanager
def measured_collector(
    folder: Path, fleet: Fleet, configure: Callable[[Path, str], None] = lambda _config, _url: None
) -> Iterator[MeasuredCollector]:
    """`provklar serve` with its files below `folder`; enrolment keys are made before it starts. `configure` may change
    the configuration, by its folder and the address that the collector will answer at.
    """
    config, data, port = folder / "config", folder / "data", free_port()
    shutil.copytree(SAMPLE, config)
    data.mkdir()
    now = datetime.now(UTC)
    prepare(config, fleet)
    configure(config, f"http://127.0.0.1:{port}")
    database = data / "provklar.db"
    store = Store.open(f"sqlite:///{database}")
    keys = {s.school.code: store.create_enrolment_key(s.school.code, "bench", now)[1] for s in fleet.schools}
    store.close()
    log = folder / "collector.log"
    environ = os.environ | {"PROVKLAR_PORT": str(port), "PROVKLAR_DATA": str(data)}
    with running([BIN / "provklar", "serve", "--config", config], log=log, env=environ) as process:
        wait_until_answers(f"http://127.0.0.1:{port}/healthz", log=log)
        yield MeasuredCollector(process.pid, port, fleet, database, keys)
