"""Either kind of measurement point keeps its own count of a run, and tells the collector alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from collector.configuration.model import Measurement
from collector.measurement.tickets import Ticket, issue
from collector.store.store import Store
from tests.support.ingest_app import SECRET, IngestApp
from tests.support.measurement_points import Point, in_a_collector, of_its_own, ticket
from tests.support.serving import served
from tests.support.stored import SCHOOL, enrolled, opened

MEGABYTE = 1_000_000


def counted(point: Point, device: str, runs: int = 1) -> list[dict[str, Any]]:
    """What the point tells the collector of a device, once it has so many runs."""
    until_s = time.monotonic() + 20
    with point.client(ticket(purpose="counts")) as collector:
        while True:
            answer = collector.get("counts")
            answer.raise_for_status()
            found = [dict(one) for one in answer.json() if one["device_id"] == device]
            if len(found) >= runs:
                return found
            assert time.monotonic() < until_s, answer.text
            time.sleep(0.1)


def test_a_run_is_counted_in_both_directions(point: Point) -> None:
    """To the byte, whoever asked how; a moment is no rate of gigabits."""
    with point.client(ticket("counts-1")) as device:
        assert len(device.get("down", params={"bytes": 3 * MEGABYTE}).content) == 3 * MEGABYTE
        assert device.post("up", content=b"x" * 2 * MEGABYTE).json()["bytes"] == 2 * MEGABYTE
        device.get("ping")
    [run] = counted(point, "counts-1")
    assert (run["down_bytes"], run["up_bytes"], run["lease_id"]) == (3 * MEGABYTE, 2 * MEGABYTE, "l-1")
    assert abs(datetime.fromisoformat(run["at"]) - datetime.now(UTC)) < timedelta(seconds=30)
    assert 0 < run["down_mbit_s"] <= 3 * 8 / 0.2 + 1
    assert 0 < run["up_mbit_s"] <= 2 * 8 / 0.2 + 1


def test_connections_side_by_side_are_one_run(point: Point) -> None:
    """All that shows the same ticket."""

    def download() -> None:
        with point.client(shown) as device:
            device.get("down", params={"bytes": MEGABYTE})

    shown = ticket("counts-2")
    threads = [Thread(target=download) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [run] = counted(point, "counts-2")
    assert (run["down_bytes"], run["up_bytes"], run["up_mbit_s"]) == (4 * MEGABYTE, 0, None)


def test_what_is_broken_off_is_counted_as_far_as_it_came(point: Point) -> None:
    """A page ends its downloads so."""
    with point.client(ticket("counts-3")) as device, device.stream("GET", "down", params={"bytes": 10**9}) as answer:
        came = 0
        for piece in answer.iter_bytes():
            came += len(piece)
            if came > 20 * MEGABYTE:
                break
    [run] = counted(point, "counts-3")
    assert 10 * MEGABYTE < run["down_bytes"] < 200 * MEGABYTE


def test_a_session_is_told_with_the_run(point: Point) -> None:
    """As the ticket says."""
    until = datetime.now(UTC) + timedelta(minutes=1)
    shown = issue(SECRET, Ticket("counts-4", "99000001", "throughput", until, "l-9", session="s-7"))
    with point.client(shown) as device:
        device.get("down", params={"bytes": 5})
    [run] = counted(point, "counts-4")
    assert (run["session"], run["lease_id"], run["down_bytes"]) == ("s-7", "l-9", 5)


def test_only_what_moves_is_a_run(point: Point) -> None:
    """Round trips are none."""
    with point.client(ticket("counts-5")) as device:
        device.get("ping")
        device.get("down", params={"bytes": 7})
    assert [run["down_bytes"] for run in counted(point, "counts-5")] == [7]


def test_a_slow_reader_is_not_counted_faster_than_it_reads(tmp_path: Path) -> None:
    """By a process of its own, which asks the system what has arrived: not what lies in buffers on the way."""
    with of_its_own(tmp_path, Measurement()) as point, point.connect() as device:
        device.setsockopt(6, 10, 8_192)  # TCP_WINDOW_CLAMP: the system takes no more than the reader
        request = (
            f"GET /measure/v1/down?bytes={10**8} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ticket('slow')}\r\n\r\n"
        )
        device.sendall(request.encode())
        came, until_s = 0, time.monotonic() + 2.0
        while time.monotonic() < until_s:
            came += len(device.recv(16_384))
            time.sleep(0.05)
        device.close()
        [run] = counted(point, "slow")
    read_mbit_s = came * 8 / 1e6 / 2.0
    assert run["down_bytes"] < came + 4 * MEGABYTE
    assert run["down_mbit_s"] < 3 * read_mbit_s + 20


# --- the way into the store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = opened(tmp_path)
    yield made
    made.close()


def runs_of(store: Store, runs: int) -> list[int]:
    """Bytes down of the school's runs, once there are so many."""
    until_s = time.monotonic() + 20
    while True:
        now = datetime.now(UTC)
        found = store.evidence(SCHOOL, now, now - timedelta(hours=1)).counted
        if len(found) >= runs:
            return [run.down_bytes for run in found]
        assert time.monotonic() < until_s, found
        time.sleep(0.1)


def test_a_collector_writes_down_what_its_own_point_counts(store: Store) -> None:
    """And is told that the school has something new."""
    device, _ = enrolled(store)
    app = IngestApp(store)
    with served(app.asgi) as address, Point(address).client(ticket(device.device_id)) as client:
        client.get("down", params={"bytes": 12_345})
        assert runs_of(store, 1) == [12_345]
        assert {SCHOOL} in app.stored


def test_a_collector_asks_a_point_of_its_own(store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each run is written down once, however often it is told; one that does not answer is told once, and again when it
    does.
    """
    device, _ = enrolled(store)
    app = IngestApp(store)
    with of_its_own(tmp_path, Measurement()) as point:
        app.point_url = f"{point.url}/measure/v1"
        with point.client(ticket(device.device_id)) as client:
            client.get("down", params={"bytes": 54_321})
        counted(point, device.device_id)
        for _ in range(2):
            app.run_counts.ask()
        assert runs_of(store, 1) == [54_321]
        assert caplog.records == []
    for _ in range(2):
        app.run_counts.ask()
    [warning] = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert point.url in warning
    with in_a_collector(tmp_path / "other", Measurement()) as other:
        app.point_url = f"{other.url}/measure/v1"
        caplog.set_level("INFO")
        app.run_counts.ask()
    assert any("tells again" in record.message for record in caplog.records)


@pytest.mark.parametrize("path", ["/nothing", "/healthz"])
def test_what_is_no_measurement_point_breaks_nothing(store: Store, path: str) -> None:
    """A wrong address, an older version, a login page of the network."""
    app = IngestApp(store)
    with served(app.asgi) as address:
        app.point_url = address + path
        app.run_counts.ask()
        assert httpx.get(f"{address}/measure/v1/ping", trust_env=False).status_code == 401
