"""Durable ingest: reports per second over HTTP, beside two peers that take the same facts on the same machine.

Ours has every report on disk before it answers, and judges meanwhile. VictoriaMetrics answers first and writes later;
Pushgateway keeps the newest push of each device in memory.
"""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime

import httpx
import msgspec

from collector.simulate.model import Fleet
from tests.bench.benchmark import Context, Figures, Outcome, cpu_s
from tests.bench.ingest_requests import (
    Drawn,
    drawn,
    import_requests,
    push_requests,
    report_requests,
    unchanged,
)
from tests.bench.load import Load, drive
from tests.bench.measured_collector import MeasuredCollector, bench_fleet, measured_collector
from tests.bench.peers import Peer, pushgateway, victoria_metrics

BATCH_REPORTS = 100
SCHOOLS = 4
LIMIT_S = 60.0
_ALSO = ("reports_per_s", "server_cpu_s", "request_p95_ms")

HOW = (
    "The same reports of simulated devices, one per quarter of an hour, about 1.7 kB each, gzip off, 8 kept "
    "connections from another process on the same two cores. ours: POST /api/v1/reports in batches of 100, answered "
    "when on disk (SQLite WAL, synchronous FULL) while judging runs; the collector is then killed with SIGKILL and the "
    "rows are counted: they equal what it acknowledged. In the headline run link and latency facts change in every "
    "report; unchanged_* repeats the same facts; single_* sends one report per request. victoria_metrics: the same "
    "facts in batches of 100 (single_*: one by one) to /api/v1/import/prometheus, acknowledged from memory; its own "
    "counter equals the lines sent. pushgateway: one push per report and device, in memory, first empty, then "
    "holding 1 000 devices. ratio: ours / theirs in reports_per_s."
)


class Size(msgspec.Struct, frozen=True):
    """How much to send: `reports` per device."""

    devices: int
    reports: int
    singles: int
    held_devices: int
    seconds: float


FULL = Size(devices=200, reports=300, singles=50, held_devices=1_000, seconds=20.0)
QUICK = Size(devices=8, reports=100, singles=5, held_devices=40, seconds=3.0)


def _figures(load: Load, reports: int, server_cpu_s: float) -> Figures:
    return {
        "reports_per_s": round(reports / load.seconds),
        "reports": reports,
        "seconds": round(load.seconds, 2),
        "server_cpu_s": round(server_cpu_s, 2),
        "load_cpu_s": load.cpu_s,
        "request_p50_ms": load.request_p50_ms,
        "request_p95_ms": load.request_p95_ms,
    }


def _ours(context: Context, fleet: Fleet, all_drawn: Drawn, *, name: str, batch: int) -> Figures:
    folder = context.folder / name
    folder.mkdir()
    reports = sum(len(measurements) for _, measurements in all_drawn)
    with measured_collector(folder, fleet) as collector:
        enrolled = {device.label: collector.enrol(device) for device, _ in all_drawn}
        context.say(f"ours, {name}: {reports} reports of {len(all_drawn)} devices")
        requests = report_requests(all_drawn, enrolled, batch)
        before_s = cpu_s(collector.pid)
        load = drive(requests, collector.port, folder=folder, seconds=LIMIT_S)
        figures = _figures(load, load.accepted, cpu_s(collector.pid) - before_s)
        _must_be_kept(collector, load.accepted)
    if load.requests == len(requests) and load.accepted != reports:
        raise RuntimeError(f"only {load.accepted} of {reports} reports were accepted")
    return figures


def _must_be_kept(collector: MeasuredCollector, acknowledged: int) -> None:
    """Kills the collector without warning; what it acknowledged has to be on disk, each report once."""
    os.kill(collector.pid, signal.SIGKILL)
    stored = collector.stored_reports()
    if stored != acknowledged:
        raise RuntimeError(f"{acknowledged} reports were acknowledged and {stored} are stored")


def _victoria(context: Context, all_drawn: Drawn, batch: int) -> Figures:
    folder = context.folder / f"victoria-{batch}"
    folder.mkdir()
    requests, count = import_requests(all_drawn, batch)
    with victoria_metrics(folder) as peer:
        context.say(f"victoria_metrics: {len(requests)} requests of {batch} reports")
        before_s = cpu_s(peer.pid)
        load = drive(requests, peer.port, folder=folder, seconds=LIMIT_S)
        figures = _figures(load, load.requests * batch, cpu_s(peer.pid) - before_s)
        if load.requests == len(requests) and _inserted(peer) != count:
            raise RuntimeError(f"{count} lines were sent and {_inserted(peer)} inserted")
    return figures


def _inserted(peer: Peer) -> int:
    """Rows that VictoriaMetrics says it took by this import."""
    text = httpx.get(f"{peer.url}/metrics", trust_env=False).text
    name = 'vm_rows_inserted_total{type="prometheus"}'
    return next(int(float(line.split()[-1])) for line in text.splitlines() if line.startswith(name))


def _push(context: Context, all_drawn: Drawn, size: Size) -> Figures:
    with pushgateway(context.folder) as peer:
        context.say(f"pushgateway: empty, then holding {size.held_devices} devices")
        few = push_requests(all_drawn, min(20, size.devices), max(1, size.reports // 2))
        first = drive(few, peer.port, folder=context.folder, seconds=size.seconds / 4)
        each = push_requests(all_drawn, size.held_devices, 1)
        held = drive(each, peer.port, folder=context.folder, seconds=4 * LIMIT_S).requests
        before_s = cpu_s(peer.pid)
        many = push_requests(all_drawn, size.held_devices, 2)
        load = drive(many, peer.port, folder=context.folder, seconds=size.seconds)
        figures = _figures(load, load.requests, cpu_s(peer.pid) - before_s)
    return figures | {"held_devices": held, "empty_reports_per_s": round(first.requests / first.seconds)}


def run(context: Context) -> Outcome:
    """Ours in three ways, then the peers, one after another, all with the same reports."""
    size = QUICK if context.quick else FULL
    fleet = bench_fleet(schools=SCHOOLS, devices=size.devices)
    all_drawn = drawn(fleet, datetime.now(UTC), size.reports)
    few = [(device, measurements[-size.singles :]) for device, measurements in all_drawn]
    ours = _with(
        _ours(context, fleet, all_drawn, name="changing", batch=BATCH_REPORTS),
        unchanged=_ours(context, fleet, unchanged(all_drawn), name="unchanged", batch=BATCH_REPORTS),
        single=_ours(context, fleet, few, name="single", batch=1),
    )
    peers = {
        "victoria_metrics": _with(_victoria(context, all_drawn, BATCH_REPORTS), single=_victoria(context, few, 1)),
        "pushgateway": _push(context, all_drawn, size),
    }
    ratio = {name: round(_per_s(ours) / _per_s(figures), 3) for name, figures in peers.items()}
    return Outcome(ours, peers, ratio, HOW)


def _with(headline: Figures, **others: Figures) -> Figures:
    """The headline's figures, and the most telling ones of the other runs under their names."""
    return headline | {f"{name}_{key}": figures[key] for name, figures in others.items() for key in _ALSO}


def _per_s(figures: Figures) -> float:
    return float(figures["reports_per_s"] or 0)
