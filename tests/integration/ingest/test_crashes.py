"""kill -9 of a collector in the middle of its work, again and again: every report is stored exactly once."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import msgspec

from agent.protocol.wire import BatchAnswer, Report
from collector.readiness.domain.model import DeviceSeen
from tests.support import forked
from tests.support.ingest_app import present, serve
from tests.support.processes import free_port
from tests.support.stored import enrolled, measured, observations, opened, report

KILLS = 12
DEVICES = 3
BATCHES = 40
BATCH_REPORTS = 25
DEADLINE_S = 90.0


class KilledCollector:
    """A collector process that is killed and started again, on one folder and port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: BaseProcess | None = None
        self.kills = 0

    def start(self) -> None:
        """Starts it; it may take a moment before it answers."""
        self._process = forked.start(serve, self._folder, self._port, log=self._folder / "collector.log")

    def kill(self) -> None:
        """No warning, no last words."""
        assert self._process is not None
        self._process.kill()
        self._process.join(timeout=10)
        self.kills += 1


@contextmanager
def killed_at_random(folder: Path, busy: threading.Event) -> Iterator[KilledCollector]:
    """Kills and restarts it `KILLS` times while reports come in, at moments that no code chooses."""
    collector = KilledCollector(folder)
    collector.start()
    done = threading.Event()
    moments = random.Random(7)

    def run() -> None:
        while collector.kills < KILLS and not done.is_set():
            busy.clear()
            if busy.wait(timeout=10):  # a batch was answered: it is at work
                time.sleep(moments.uniform(0, 0.06))
            collector.kill()
            collector.start()

    killer = threading.Thread(target=run)
    killer.start()
    try:
        yield collector
    finally:
        done.set()
        killer.join(timeout=30)
        collector.kill()


def batch(device: DeviceSeen, number: int) -> list[Report]:
    """Reports of one device: an unchanging result, and one that differs each time."""
    now, made = present(), []
    for n in range(number * BATCH_REPORTS, (number + 1) * BATCH_REPORTS):
        at = now - timedelta(seconds=n % 7)
        results = [measured(at), measured(at, {"down_mbit_s": float(n)}, "throughput")]
        made.append(report(device, results, report_id=f"r{n}", sent_at=now))
    return made


def send_until_acknowledged(http: httpx.Client, sent: list[Report], busy: threading.Event, until_s: float) -> None:
    """As an agent does: again and again, until there is an answer for each report."""
    body = msgspec.json.encode({"reports": sent})
    while time.monotonic() < until_s:
        try:
            answer = http.post("/api/v1/reports", content=body)
        except httpx.TransportError:
            time.sleep(0.02)
            continue
        if answer.status_code == 200:
            busy.set()
            told = msgspec.json.decode(answer.content, type=BatchAnswer).answers
            assert {one.outcome for one in told} <= {"accepted", "duplicate"}
            assert len(told) == len(sent)
            return
    raise AssertionError("never acknowledged")


def test_every_report_exactly_once(tmp_path: Path) -> None:
    """Whenever it dies: what was acknowledged is there, what was sent twice is there once, and the counts are right."""
    store = opened(tmp_path)
    devices = [enrolled(store) for _ in range(DEVICES)]
    store.close()
    busy = threading.Event()
    until_s = time.monotonic() + DEADLINE_S
    failures: list[BaseException] = []
    with killed_at_random(tmp_path, busy) as collector:

        def send(device: DeviceSeen, token: str) -> None:
            headers = {"authorization": f"Bearer {token}"}
            try:
                with httpx.Client(base_url=collector.url, headers=headers, timeout=10, trust_env=False) as http:
                    for number in range(BATCHES):
                        send_until_acknowledged(http, batch(device, number), busy, until_s)
                    number = 0
                    while collector.kills < KILLS:  # keep it at work until it has died often enough
                        send_until_acknowledged(http, batch(device, number % BATCHES), busy, until_s)
                        number += 1
            except BaseException as error:
                failures.append(error)
                raise

        senders = [threading.Thread(target=send, args=pair) for pair in devices]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(timeout=DEADLINE_S + 15)
        assert failures == []
        assert collector.kills >= KILLS
    _holds_each_report_once(tmp_path, [device for device, _ in devices])


def _holds_each_report_once(folder: Path, devices: list[DeviceSeen]) -> None:
    expected = BATCHES * BATCH_REPORTS
    store = opened(folder)
    assert store.counts().reports == DEVICES * expected
    found = observations(store, present() + timedelta(minutes=1))
    for device in devices:
        of_device = [one for one in found if one.device_id == device.device_id]
        unchanging = [one for one in of_device if one.probe == "device"]
        series = [one for one in of_device if one.probe == "throughput"]
        assert sum(one.count for one in unchanging) == expected
        assert {one.facts["down_mbit_s"] for one in series} == {float(n) for n in range(expected)}
        assert sum(one.count for one in series) == expected
    store.close()
    with closing(sqlite3.connect(folder / "provklar.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) FROM reports").fetchone() == (DEVICES * expected,)
