"""Sending over real HTTP: enrolment, batches, duplicates, a busy collector, refusals, and the live mode."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from agent.protocol.wire import Enrolled
from collector.simulate import client
from collector.simulate.client import CollectorRefusedError, CollectorUnreachableError
from collector.simulate.history import history
from collector.simulate.identities import Identities
from collector.simulate.model import Fleet
from collector.simulate.send import Progress, SendTotals, live, send
from tests.support.processes import free_port
from tests.unit.collector.simulate.recording import RecordingCollector, serving
from tests.unit.collector.simulate.sample import NOW, municipality

T = TypeVar("T")

SMALL = municipality(schools=3, devices=20)
DAYS = 10
SENT_AT = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


def in_time(waiting: Coroutine[None, None, T], seconds: float = 60.0) -> T:
    """Runs it to its end, with a deadline."""

    async def bounded() -> T:
        return await asyncio.wait_for(waiting, seconds)

    return asyncio.run(bounded())


def key_for(school: str) -> str:
    return f"key-of-{school}"


def unheard(_done: int, _reports: int) -> None:
    """Nobody follows the progress."""


def send_all(url: str, identities: Identities | None = None, progress: Progress = unheard) -> SendTotals:
    return in_time(
        send(url, SMALL, NOW, key_for, days=DAYS, progress=progress, identities=identities, clock=lambda: SENT_AT)
    )


def expected_ids(fleet: Fleet) -> set[str]:
    return {
        measurement.report_id
        for school in fleet.schools
        for device in school.devices
        for measurement in history(school, device, seed=fleet.seed, now=NOW, days=DAYS)
    }


def test_everything_arrives_once_and_marked_as_simulated() -> None:
    """Each machine enrols under its label and room; each report of the history is there, sent just now."""
    collector = RecordingCollector()
    told: list[tuple[int, int]] = []
    with serving(collector) as url:
        totals = send_all(url, progress=lambda done, reports: told.append((done, reports)))
    assert collector.reports.keys() == expected_ids(SMALL)
    assert totals == SendTotals(20, len(expected_ids(SMALL)), 0, 0, {})
    assert {enrolment.label for enrolment in collector.enrolments} == {
        device.label for school in SMALL.schools for device in school.devices
    }
    assert all(enrolment.simulated and enrolment.room for enrolment in collector.enrolments)
    right = [report for report in collector.reports.values() if report.sent_at == SENT_AT]
    assert len(right) > len(collector.reports) // 2
    assert [done for done, _ in told] == list(range(1, 21)), "each machine that is done is told"
    assert told[-1] == (20, totals.accepted)


def test_sending_again_stores_nothing_twice() -> None:
    """With the identities of the first run no machine enrols again, and every report is a duplicate."""
    collector, identities = RecordingCollector(), Identities()
    with serving(collector) as url:
        first = send_all(url, identities)
        again = send_all(url, identities)
    assert len(collector.enrolments) == 20
    assert (again.accepted, again.duplicate) == (0, first.accepted)


def test_busy_collector_is_asked_again() -> None:
    """Answered 429 a few times, nothing is lost and nothing arrives twice."""
    collector = RecordingCollector(busy_times=5)
    with serving(collector) as url:
        totals = send_all(url)
    assert collector.busy_left == 0
    assert totals.accepted == len(expected_ids(SMALL))
    assert totals.duplicate == 0


def test_rejected_reports_are_counted_by_code() -> None:
    """And do not stop their neighbours."""
    collector = RecordingCollector(rejected_rooms=frozenset({"A101"}))
    with serving(collector) as url:
        totals = send_all(url)
    assert totals.rejected > 0
    assert totals.rejected_by_code == {"implausible_fact": totals.rejected}
    assert totals.accepted == len(collector.reports) == len(expected_ids(SMALL)) - totals.rejected


def test_a_token_that_is_no_longer_known_is_renewed() -> None:
    """After the collector lost its store, the machines enrol anew and send all."""
    collector, identities = RecordingCollector(), Identities()
    with serving(collector) as url:
        send_all(url, identities)
        collector.forget()
        totals = send_all(url, identities)
    assert totals.accepted == len(expected_ids(SMALL))
    assert len(collector.enrolments) > 20


def test_a_refused_key_stops_with_the_collectors_own_words() -> None:
    """No retry helps against a wrong key."""
    with serving(RecordingCollector()) as url, pytest.raises(CollectorRefusedError) as refused:
        in_time(send(url, SMALL, NOW, lambda _school: "wrong", days=DAYS, progress=unheard))
    assert (refused.value.status, refused.value.code) == (403, "unknown_key")
    assert str(refused.value) == "unknown_key: This enrolment key is not known."


def test_no_collector_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """After all attempts, with the address."""
    monkeypatch.setattr(client, "_FIRST_WAIT_S", 0.001)
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CollectorUnreachableError, match=rf"no answer from {url} in 8 attempts .*running\?"):
        in_time(send(url, SMALL, NOW, key_for, days=DAYS, progress=unheard))


def test_live_keeps_reporting_and_silent_machines_stay_silent() -> None:
    """In turns, until cancelled; each round has reports of its own."""
    collector, identities = RecordingCollector(), Identities()
    started = NOW
    ticks = iter(range(10_000))

    def clock() -> datetime:
        return started + timedelta(seconds=next(ticks))

    async def until_three_rounds(url: str, talking: int) -> None:
        running = asyncio.create_task(
            live(url, SMALL, key_for, every_s=0.05, report=lambda _line: None, identities=identities, clock=clock)
        )
        while len(collector.reports) < 3 * talking:
            assert not running.done(), running.exception()
            await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    talking = sum(device.silent_days == 0 for school in SMALL.schools for device in school.devices)
    with serving(collector) as url:
        in_time(until_three_rounds(url, talking))
    by_device = {report.device_id for report in collector.reports.values()}
    assert len(by_device) == talking == len(collector.enrolments)
    assert set(collector.batch_sizes) == {1}


def test_identities_survive_in_a_private_file(tmp_path: Path) -> None:
    """Tokens are readable by their owner only."""
    path = tmp_path / "var" / "simulated.json"
    identities = Identities(path)
    identities.add("98000001-0001", Enrolled("d-1", "secret"))
    identities.add("98000001-0002", Enrolled("d-2", "other"))
    identities.forget("98000001-0002")
    identities.save()
    again = Identities(path)
    assert again.get("98000001-0001") == Enrolled("d-1", "secret")
    assert again.get("98000001-0002") is None
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["simulated.json"]


def test_spoilt_identities_are_an_error(tmp_path: Path) -> None:
    """Rather than enrolling everything again unseen."""
    path = tmp_path / "simulated.json"
    path.write_text('{"98000001-0001": 1}')
    with pytest.raises(msgspec.DecodeError):
        Identities(path)
