"""A store with an enrolled device, and reports for it, as many tests need them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import create_engine, text

from agent.protocol.wire import Enrolment, Facts, ProbeResult, Report
from collector.facts.catalogue import check_facts
from collector.ingest.validate import Acceptance, validate_report
from collector.readiness.domain.model import DeviceSeen, Observation
from collector.store.report_numbers import ranges_of
from collector.store.reports import ReceiptOutcome, ReceivedReport, RejectedReport
from collector.store.store import Store
from collector.store.timestamps import microseconds

SCHOOL = "12345678"
OTHER_SCHOOL = "87654321"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RETENTION = timedelta(days=400)


@dataclass(frozen=True)
class Place:
    """Where a store is, whatever the database: it can be opened again, and looked into past the store's own code."""

    url: str

    def opened(self, busy_timeout_s: float = 5.0) -> Store:
        """The store, its tables up to date."""
        return Store.open(self.url, busy_timeout_s)

    def run(self, statement: str) -> list[tuple[object, ...]]:
        """Runs one SQL statement as another program would, and gives the rows if there are any."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            answer = connection.execute(text(statement))
            rows = [tuple(row) for row in answer] if answer.returns_rows else []
        engine.dispose()
        return rows


def place_in(folder: Path) -> Place:
    """The place of an SQLite file in `folder`."""
    return Place(f"sqlite:///{folder / 'provklar.db'}")


def opened(folder: Path, busy_timeout_s: float = 5.0) -> Store:
    """The store in `folder`."""
    return place_in(folder).opened(busy_timeout_s)


def enrolled(store: Store, school: str = SCHOOL, room: str | None = "A1") -> tuple[DeviceSeen, str]:
    """A new device and its token."""
    _, key = store.create_enrolment_key(school, "test", NOW - timedelta(days=300))
    answer = store.enrol(Enrolment(school, key, room, "trolley 3 no 7"), NOW - timedelta(days=300))
    device = store.device_for_token(answer.token)
    assert device is not None
    return device, answer.token


def measured(at: datetime = NOW, facts: Facts | None = None, probe: str = "device") -> ProbeResult:
    """A good result of a probe."""
    return ProbeResult(probe, 1, "ok", at, 0.5, {"memory_total_mib": 4096} if facts is None else facts)


def report(
    device: DeviceSeen,
    results: Sequence[ProbeResult] | None = None,
    *,
    report_id: str = "r1",
    sent_at: datetime = NOW,
    room: str | None = None,
    dropped: int = 0,
) -> Report:
    """A report of `device`."""
    found = [measured(sent_at)] if results is None else list(results)
    return Report(1, report_id, device.device_id, sent_at, "0.1.0", device.school, room, found, dropped)


def acceptance(store: Store) -> Acceptance:
    """What a collector with default settings accepts."""
    return Acceptance(RETENTION, check_facts, store.holds)


def checked(
    store: Store, device: DeviceSeen, sent: Report, received_at: datetime = NOW
) -> ReceivedReport | RejectedReport:
    """The report as ingest would see it."""
    seats = store.seats([device.device_id]).get(device.device_id, ())
    return validate_report(msgspec.json.encode(sent), device, microseconds(received_at), acceptance(store), seats)


def write(store: Store, device: DeviceSeen, *sent: Report, received_at: datetime = NOW) -> list[ReceiptOutcome]:
    """Stores reports in one transaction; all of them must be good."""
    received = [checked(store, device, one, received_at) for one in sent]
    good = [one for one in received if isinstance(one, ReceivedReport)]
    assert len(good) == len(received), received
    return store.write_reports(good)


def observations(store: Store, as_of: datetime = NOW, days: float = 30) -> list[Observation]:
    """What the store says about the school."""
    return store.evidence(SCHOOL, as_of, as_of - timedelta(days=days)).observations


def reports_on_disk(file: Path) -> int:
    """How many reports an SQLite file holds, those whose ids count up too; true even after a process was killed."""
    with closing(sqlite3.connect(file)) as connection:
        [(by_id,)] = connection.execute("SELECT count(*) FROM reports").fetchall()
        runs = [ranges_of(stored) for (stored,) in connection.execute("SELECT stored FROM report_runs")]
    return int(by_id) + sum(last - first + 1 for ranges in runs for first, last in ranges)
