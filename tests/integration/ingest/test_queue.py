"""The queue and its writer: bounded, shared commits, an orderly end, and a writer that outlives its troubles."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from agent.protocol.wire import ProbeResult, ReportAnswer
from collector.ingest.queue import IngestBusyError, IngestQueue, IngestStoppedError
from collector.readiness.domain.model import DeviceSeen
from collector.store.reports import ReceiptOutcome, ReceivedReport, RejectedReport
from collector.store.store import Store
from tests.support.stored import NOW, SCHOOL, enrolled, measured, report


class GatedStore:
    """A real store whose writes wait for the test, and are counted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.holds = store.holds
        self.gate = threading.Event()
        self.writing = threading.Event()
        self.groups: list[int] = []

    def write_reports(
        self, received: Sequence[ReceivedReport], refused: Sequence[RejectedReport] = ()
    ) -> list[ReceiptOutcome]:
        """Writes when the gate is open."""
        self.writing.set()
        assert self.gate.wait(timeout=20)
        self.groups.append(len(received))
        return self._store.write_reports(received, refused)


def plausible(_result: ProbeResult) -> None:
    """Every fact is."""


def made(store: GatedStore, queued: int = 100, check: Callable[[ProbeResult], None] = plausible) -> IngestQueue:
    """An ingest over the store."""
    return IngestQueue(
        store,  # type: ignore[arg-type]  # stands in for the part of Store that ingest uses
        lambda: NOW,
        queued,
        lambda _schools: None,
        check_facts=check,
        retention=timedelta(days=400),
    )


def raws(device: DeviceSeen, *ids: str) -> list[bytes]:
    """Raw reports."""
    return [msgspec.json.encode(report(device, report_id=one)) for one in ids]


def outcomes(answers: list[ReportAnswer]) -> list[str]:
    """What became of each."""
    return [answer.outcome for answer in answers]


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """Within a deadline."""

    async def within() -> None:
        async with asyncio.timeout(30):
            await scenario

    asyncio.run(within())


async def until_writing(store: GatedStore) -> None:
    """Waits until the writer has a group in hand."""
    assert await asyncio.to_thread(store.writing.wait, 20)


@pytest.fixture
def gated(store: Store) -> GatedStore:
    """A store with a gate."""
    return GatedStore(store)


@pytest.fixture
def device(store: Store) -> DeviceSeen:
    """An enrolled device."""
    return enrolled(store)[0]


def test_those_who_wait_share_a_commit(gated: GatedStore, device: DeviceSeen) -> None:
    """What arrives while a group is written is the next group."""

    async def scenario() -> None:
        ingest = made(gated)
        ingest.start()
        first = asyncio.create_task(ingest.submit(device, raws(device, "a"), "not_told"))
        await until_writing(gated)
        later = [
            asyncio.create_task(ingest.submit(device, raws(device, f"b{n}", f"c{n}"), "not_told")) for n in range(5)
        ]
        await asyncio.sleep(0)
        assert not first.done()
        gated.gate.set()
        assert outcomes(await first) == ["accepted"]
        assert [outcomes(await one) for one in later] == [["accepted", "accepted"]] * 5
        assert gated.groups == [1, 10]
        await ingest.stop()

    run(scenario())


def test_a_report_sent_twice_at_once(gated: GatedStore, device: DeviceSeen) -> None:
    """By two connections in one group: one is taken, the other told that it was."""

    async def scenario() -> None:
        ingest = made(gated)
        gated.gate.set()
        both = [asyncio.create_task(ingest.submit(device, raws(device, "a"), "not_told")) for _ in range(2)]
        await asyncio.sleep(0)
        ingest.start()
        assert [outcomes(await one) for one in both] == [["accepted"], ["duplicate"]]
        assert gated.groups == [2]
        await ingest.stop()

    run(scenario())


def test_a_full_queue(gated: GatedStore, device: DeviceSeen) -> None:
    """Nothing more is taken, in number or in bytes; what was taken is still answered."""

    async def scenario() -> None:
        ingest = made(gated, queued=3)
        ingest.start()
        first = asyncio.create_task(ingest.submit(device, raws(device, "a"), "not_told"))
        await until_writing(gated)
        waiting = asyncio.create_task(ingest.submit(device, raws(device, "b", "c"), "not_told"))
        await asyncio.sleep(0)
        with pytest.raises(IngestBusyError):
            await ingest.submit(device, raws(device, "d", "e"), "not_told")
        gated.gate.set()
        assert (outcomes(await first), outcomes(await waiting)) == (["accepted"], ["accepted", "accepted"])
        assert outcomes(await ingest.submit(device, raws(device, "d", "e", "f", "g"), "not_told")) == ["accepted"] * 4
        await ingest.stop()

    run(scenario())


def test_stopping_writes_what_was_taken(gated: GatedStore, device: DeviceSeen, store: Store) -> None:
    """And takes no more."""

    async def scenario() -> None:
        ingest = made(gated)
        ingest.start()
        first = asyncio.create_task(ingest.submit(device, raws(device, "a"), "not_told"))
        await until_writing(gated)
        second = asyncio.create_task(ingest.submit(device, raws(device, "b"), "not_told"))
        await asyncio.sleep(0)
        stopping = asyncio.create_task(ingest.stop())
        await asyncio.sleep(0)
        with pytest.raises(IngestStoppedError):
            await ingest.submit(device, raws(device, "c"), "not_told")
        gated.gate.set()
        await stopping
        assert (outcomes(await first), outcomes(await second)) == (["accepted"], ["accepted"])

    run(scenario())
    assert store.counts().reports == 2
    assert store.devices(SCHOOL)[0].last_seen_at == NOW


def test_an_idle_ingest_stops(gated: GatedStore) -> None:
    """Also when nothing was ever submitted."""

    async def scenario() -> None:
        ingest = made(gated)
        ingest.start()
        await asyncio.sleep(0)
        await ingest.stop()
        await made(gated).stop()

    run(scenario())


def test_a_defect_ends_no_more_than_its_group(
    gated: GatedStore, device: DeviceSeen, caplog: pytest.LogCaptureFixture
) -> None:
    """The senders get the error (and send again), the log its trace, and the writer goes on."""
    gated.gate.set()
    faults = [ZeroDivisionError("a defect")]

    def defective(_result: ProbeResult) -> None:
        if faults:
            raise faults.pop()

    async def scenario() -> None:
        ingest = made(gated, check=defective)
        ingest.start()
        with pytest.raises(ZeroDivisionError):
            await ingest.submit(device, raws(device, "a"), "not_told")
        assert outcomes(await ingest.submit(device, raws(device, "a"), "not_told")) == ["accepted"]
        await ingest.stop()

    run(scenario())
    assert "1 reports were not stored because of a fault in the collector" in caplog.text
    assert "ZeroDivisionError: a defect" in caplog.text


def test_what_says_nothing_new_is_told_apart(store: Store, device: DeviceSeen) -> None:
    """The same again, and what wavers, is heard; another fact is something new, and so is all after a start."""
    told: list[tuple[str, set[str]]] = []

    def sent(number: int, *results: ProbeResult) -> list[bytes]:
        return [msgspec.json.encode(report(device, results, report_id=f"n{number}"))]

    async def scenario() -> None:
        ingest = IngestQueue(
            store,
            lambda: NOW,
            100,
            lambda schools: told.append(("stored", schools)),
            check_facts=plausible,
            retention=timedelta(days=400),
            on_heard=lambda schools: told.append(("heard", schools)),
        )
        ingest.start()
        link = measured(facts={"bssid": "02:00:00:00:00:01", "signal_dbm": -60.0}, probe="wifi")
        other = measured(facts={"bssid": "02:00:00:00:00:01", "signal_dbm": -61.0}, probe="wifi")
        for raw in (
            sent(1, measured(), link),
            sent(2, measured()),
            sent(3, other),
            sent(4, measured(facts={"memory_total_mib": 2048})),
            sent(4, measured(facts={"memory_total_mib": 2048})),
        ):
            await ingest.submit(device, raw, "not_told")
            await asyncio.sleep(0)
        await ingest.stop()

    run(scenario())
    own = {device.school}
    assert told == [("stored", own), ("heard", own), ("heard", own), ("stored", own)]
