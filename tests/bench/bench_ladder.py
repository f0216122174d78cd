"""What the climbs of a school authority take in the store: times told in steps, beside exact times as they differ from
climb to climb. The real probe's rows, the real store; only the times themselves are drawn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import create_engine, text

from agent.ladder.climb import RungRow
from agent.probes.ladder import PROBE, summary
from agent.protocol.wire import Facts, ProbeResult, Report, Rung, RungKind
from collector.configuration.load import load_configuration
from collector.ingest.validate import Acceptance, validate_report
from collector.readiness.domain.model import DeviceSeen
from collector.store.reports import ReceivedReport
from collector.store.store import Store
from collector.store.timestamps import microseconds
from tests.bench.benchmark import Context, Outcome
from tests.support.stored import RETENTION, enrolled

CONFIG = Path(__file__).parents[2] / "config"
NIGHT = datetime(2027, 3, 8, tzinfo=UTC)
CLIMBS_PER_DAY = 96
"""One a quarter of an hour, by the sample's plan."""
AUTHORITY_DEVICES = 10_000

USUAL_MS: dict[RungKind, float] = {
    "link": 0.5,
    "gateway": 3.0,
    "dns": 14.0,
    "internet": 18.0,
    "tls": 55.0,
    "proxy": 40.0,
    "login": 150.0,
    "service": 160.0,
    "websocket": 70.0,
}
SPREAD, SLOW_SHARE, SLOW_TIMES = 0.35, 0.02, 6.0
"""Drawn: log-normal around what is usual, and one rung in fifty several times as slow."""


def run(context: Context) -> Outcome:
    """Both ways, each in a store of its own."""
    devices, days = (4, 1) if context.quick else (100, 2)
    rungs = load_configuration(CONFIG, datetime.now(UTC), environ={}).ladder
    figures: dict[str, float | int | str | None] = {"devices": devices, "days": days, "rungs": len(rungs)}
    for name, exact in (("steps", False), ("exact", True)):
        context.say(f"storing {devices * days * CLIMBS_PER_DAY} climbs, times: {name}")
        taken_bytes, rows = _stored(context.folder / name, rungs, devices, days, exact=exact)
        per_device_day = taken_bytes / devices / days
        figures[f"{name}_bytes_per_device_day"] = round(per_device_day)
        figures[f"{name}_rows_per_device_day"] = round(rows / devices / days, 2)
        figures[f"{name}_mb_per_day_at_10000_devices"] = round(per_device_day * AUTHORITY_DEVICES / 1e6, 1)
    return Outcome(
        figures,
        None,
        None,
        "SQLite's pages after the climbs less those before; report ids included. No peer keeps ladders.",
    )


def _stored(folder: Path, rungs: list[Rung], devices: int, days: int, *, exact: bool) -> tuple[int, int]:
    """How many bytes and rows of history the climbs took."""
    folder.mkdir()
    address = f"sqlite:///{folder / 'provklar.db'}"
    store = Store.open(address)
    try:
        known = [enrolled(store)[0] for _ in range(devices)]
        before = _bytes_of(address)
        acceptance = Acceptance(RETENTION, lambda _: None, store.holds)
        for climb in range(days * CLIMBS_PER_DAY):
            at = NIGHT + timedelta(minutes=15 * climb)
            store.write_reports([_received(one, rungs, at, acceptance, exact=exact) for one in known])
        return _bytes_of(address) - before, _count(address, "SELECT count(*) FROM results")
    finally:
        store.close()


def _received(
    device: DeviceSeen, rungs: list[Rung], at: datetime, acceptance: Acceptance, *, exact: bool
) -> ReceivedReport:
    chance = random.Random(f"{device.device_id} {at}")
    rows = [RungRow(rung, "ok", time_ms) for rung, time_ms in zip(rungs, _times(rungs, chance), strict=True)]
    rows = [msgspec.structs.replace(row, status="slow", code="slow") if _is_slow(row) else row for row in rows]
    reading = summary(rows)
    told: list[Facts] = reading.rows
    if exact:
        told = [{**one, "up_to_ms": row.time_ms} for one, row in zip(reading.rows, rows, strict=True)]
    result = ProbeResult(PROBE.name, PROBE.version, "ok", at, 1.5, reading.facts, reading.missing, told)
    report = Report(1, f"{at:%d%H%M}", device.device_id, at, "0.1.0", device.school, "A1", [result])
    received = validate_report(msgspec.json.encode(report), device, microseconds(at), acceptance)
    assert isinstance(received, ReceivedReport), received
    return received


def _times(rungs: list[Rung], chance: random.Random) -> Iterator[float]:
    for rung in rungs:
        slow = SLOW_TIMES if chance.random() < SLOW_SHARE else 1.0
        yield round(USUAL_MS[rung.kind] * chance.lognormvariate(0.0, SPREAD) * slow, 1)


def _is_slow(row: RungRow) -> bool:
    return row.time_ms is not None and row.time_ms > row.rung.slow_ms


def _bytes_of(address: str) -> int:
    return _count(address, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")


def _count(address: str, question: str) -> int:
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(question)).scalar_one())
    finally:
        engine.dispose()
