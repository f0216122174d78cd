"""kill -9 at many moments between measuring and sending: every report that was measured arrives, once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from statistics import median

import msgspec
import pytest

from agent.app import App
from agent.cli import main
from agent.protocol.wire import ReportBatch
from agent.runtime.data_folder import DataFolder
from agent.runtime.outbox import Outbox
from agent.runtime.settings import Settings
from agent.system.machine import System
from tests.support import forked
from tests.support.stub_collector import KEY, SCHOOL, Handler, StubCollector, policy, stub_collector

KILLS = 20


class Scene:
    """An enrolled agent whose cycles run as real processes."""

    def __init__(self, stub: StubCollector, folder: Path) -> None:
        self.stub = stub
        self.data = DataFolder(folder)
        settings = Settings(stub.url, SCHOOL, data_dir=str(folder))
        app = App(settings, System(), lambda _code, /, **_: None)
        app.enrol({"PROVKLAR_ENROLMENT_KEY": KEY})
        app.cycle([])

    def start_cycle(self) -> subprocess.Popen[bytes]:
        """What the resident process starts."""
        return subprocess.Popen([sys.executable, "-m", "agent.cli", *self._cycle()], stderr=subprocess.DEVNULL)

    def fork_cycle(self) -> BaseProcess:
        """The same without the time that imports take."""
        return forked.start(main, self._cycle())

    def _cycle(self) -> list[str]:
        options = ["--collector", self.stub.url, "--school", SCHOOL, "--data", str(self.data.path)]
        return ["cycle", "--probes", "device", *options]

    def stored(self) -> set[str]:
        """Ids of the reports that are on the disk."""
        return {stored.report.report_id for stored in Outbox(self.data, 10_000).oldest(10_000)}

    def arrived(self) -> list[str]:
        """Ids of the reports that the collector has, in the order in which it stored them."""
        return [report.report_id for report in self.stub.reports]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A collector that asks for one quick probe."""
    with stub_collector() as stub:
        stub.policy = policy(stub.measurement_url, "device")
        yield Scene(stub, tmp_path / "data")


def test_killed_while_the_collector_does_not_answer(scene: Scene) -> None:
    """Measured and stored, and the request has left: the worst moment that can be chosen."""
    seen = [0]

    def silent(_handler: Handler) -> None:
        seen[0] += 1
        time.sleep(60)

    scene.stub.misbehave["/api/v1/reports"] = silent
    killed = scene.start_cycle()
    deadline = time.monotonic() + 60
    while not seen[0] and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(10)
    (waiting,) = scene.stored()
    assert scene.arrived() == []
    scene.stub.misbehave.clear()
    assert scene.start_cycle().wait(60) == 0
    assert scene.arrived()[0] == waiting
    assert len(scene.arrived()) == 2


def test_killed_after_the_collector_stored_and_before_it_answered(scene: Scene) -> None:
    """The report is sent again, and is there once."""
    stored = [0]

    def store_and_hang(handler: Handler) -> None:
        scene.stub.judged(msgspec.json.decode(handler.body(), type=ReportBatch))
        stored[0] += 1
        time.sleep(60)

    scene.stub.misbehave["/api/v1/reports"] = store_and_hang
    killed = scene.start_cycle()
    deadline = time.monotonic() + 60
    while not stored[0] and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(10)
    (first,) = scene.arrived()
    assert scene.stored() == {first}
    scene.stub.misbehave.clear()
    assert scene.start_cycle().wait(60) == 0
    assert scene.arrived()[0] == first
    assert len(scene.arrived()) == len(set(scene.arrived())) == 2
    assert scene.stored() == set()


def lasted_s(cycle: BaseProcess) -> float:
    """How long it takes to its end."""
    began_s = time.monotonic()
    cycle.join(60)
    assert cycle.exitcode == 0
    return time.monotonic() - began_s


def test_killed_at_many_moments(scene: Scene) -> None:
    """Whatever was once on the disk is at the collector in the end, once; and no file is left over."""
    moments = random.Random(2_026)
    assert scene.start_cycle().wait(60) == 0
    whole_s = median(lasted_s(scene.fork_cycle()) for _ in range(3))
    measured = set(scene.arrived())
    for _ in range(KILLS):
        cycle = scene.fork_cycle()
        time.sleep(moments.uniform(0.0, 1.1) * whole_s)
        cycle.kill()
        cycle.join(10)
        measured |= scene.stored() | set(scene.arrived())
        scene.data.wait_no_more()
    assert scene.start_cycle().wait(60) == 0
    arrived = scene.arrived()
    assert measured <= set(arrived)
    assert len(arrived) == len(set(arrived))
    assert len(measured) > 1
    assert scene.stored() == set()
    assert Outbox(scene.data, 10).corrupt_count() == 0
