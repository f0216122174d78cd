"""P6: switches of 57 ports that are polled per CPU-second: ours by gufo-snmp and by pysnmp, beside snmp_exporter."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import msgspec
import uvloop

from collector.snmp.gufo_sessions import GufoSessions
from collector.snmp.interfaces import IF_NAME
from collector.snmp.ports import PORT_COLUMNS, read_ports
from collector.snmp.pysnmp_sessions import PysnmpSessions
from collector.snmp.session import Community, Sessions, Target, WalkLimits, dotted
from tests.bench.benchmark import Context, Figures, Outcome, cpu_s
from tests.bench.peers import Peer, snmp_exporter
from tests.support.snmp_recordings import written
from tests.support.snmp_simulator import simulator

SWITCH = "cisco-c3560"
"""48 gigabit ports, four faster ones, and the switch's own."""
BULK_ROWS = 60
"""Rows per request for all: a column of this switch in one reply."""
DEFAULT_ROWS = 25
"""What the exporter asks for if nothing else is configured."""
CPU_TICK_S = 0.01
"""What another process's CPU time is counted in."""
HOW = (
    f"The recording of a Cisco 3560 ({SWITCH}) behind snmpsim on loopback, by v2c. Each poll walks nine columns of all "
    "57 ports: name, state, speed, 64-bit bytes in and out, errors and discards in and out. Ours makes typed ports of "
    "them (collector/snmp/ports.py), the exporter Prometheus' text over HTTP, with the name as a label. Only the CPU "
    "time of our process and of the exporter's process counts, after a first poll; the agent's does not, and the time "
    "that passes is mostly the agent's. ours is by gufo-snmp; peers has ours by pysnmp too. bulk_rows: rows per "
    f"request, the same for all, and again the exporter with its default of {DEFAULT_ROWS}. ratio: ours by gufo-snmp / "
    "theirs in devices_per_cpu_s; pysnmp_to_exporter: ours by pysnmp / the exporter with the same bulk_rows."
)


class Cost(msgspec.Struct, frozen=True):
    """What so many polls took of a process, and of time."""

    polls: int
    cpu_s: float
    seconds: float

    def figures(self, bulk_rows: int, ports: int) -> Figures:
        """As they are printed."""
        return {
            "devices_per_cpu_s": round(self.polls / max(self.cpu_s, CPU_TICK_S), 1),
            "cpu_ms_per_device": round(1_000 * self.cpu_s / self.polls, 2),
            "polls": self.polls,
            "ports": ports,
            "bulk_rows": bulk_rows,
            "seconds_per_poll": round(self.seconds / self.polls, 3),
        }


def _exporter_modules() -> str:
    """The exporter's configuration: one module for each size of requests, with the community inside."""
    walked = "".join(f"    - {dotted(column)}\n" for column in PORT_COLUMNS)
    metrics = "".join(_metric(column) for column in PORT_COLUMNS if column != IF_NAME)
    return "".join(
        f"rows_{rows}:\n  version: 2\n  auth:\n    community: {SWITCH}\n  max_repetitions: {rows}\n  retries: 1\n"
        f"  timeout: 10s\n  walk:\n{walked}  metrics:\n{metrics}"
        for rows in (BULK_ROWS, DEFAULT_ROWS)
    )


def _metric(column: tuple[int, ...]) -> str:
    return (
        f"    - name: column_{column[-1]}\n      oid: {dotted(column)}\n      type: gauge\n      help: x\n"
        f"      indexes: [{{labelname: ifIndex, type: gauge}}]\n"
        f"      lookups: [{{labels: [ifIndex], labelname: ifName, oid: {dotted(IF_NAME)}, type: DisplayString}}]\n"
    )


def _ours(opener: Callable[[], Sessions], port: int, polls: int) -> tuple[Cost, int]:
    """Polls in this process, on the event loop that the collector runs on, and how many ports came back."""

    async def polled() -> tuple[Cost, int]:
        sessions = opener()
        try:
            session = sessions.open(Target("127.0.0.1", Community(SWITCH), port, timeout_s=10.0))
            ports = await read_ports(session, _now, WalkLimits(bulk_rows=BULK_ROWS))
            cpu, started = time.process_time(), time.monotonic()
            for _ in range(polls):
                ports = await read_ports(session, _now, WalkLimits(bulk_rows=BULK_ROWS))
            return Cost(polls, time.process_time() - cpu, time.monotonic() - started), len(ports)
        finally:
            sessions.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(polled())


def _now() -> datetime:
    return datetime.now(UTC)


def _exporters(peer: Peer, port: int, rows: int, polls: int) -> tuple[Cost, int]:
    """Polls of the exporter, and how many ports came back."""
    url = f"{peer.url}/snmp?target=127.0.0.1:{port}&module=rows_{rows}"
    with httpx.Client(trust_env=False, timeout=60) as client:
        told = client.get(url).raise_for_status().text
        before, started = cpu_s(peer.pid), time.monotonic()
        for _ in range(polls):
            told = client.get(url).raise_for_status().text
        cost = Cost(polls, cpu_s(peer.pid) - before, time.monotonic() - started)
    return cost, told.count(f"\ncolumn_{PORT_COLUMNS[1][-1]}{{")


def run(context: Context) -> Outcome:
    """All in one run, with the same agent."""
    polls = 5 if context.quick else 60
    expected = len(written(SWITCH, dotted(IF_NAME)))
    figures: dict[str, Figures] = {}
    with simulator(context.folder, [SWITCH]) as port, snmp_exporter(context.folder, _exporter_modules()) as peer:
        measured: dict[str, Callable[[], tuple[Cost, int]]] = {
            "gufo-snmp": lambda: _ours(GufoSessions, port, polls),
            "snmp_exporter": lambda: _exporters(peer, port, BULK_ROWS, polls),
            "pysnmp": lambda: _ours(PysnmpSessions, port, polls),
            "snmp_exporter_default": lambda: _exporters(peer, port, DEFAULT_ROWS, polls),
        }
        for name, measure in measured.items():
            cost, ports = measure()
            if ports != expected:
                raise RuntimeError(f"{name} found {ports} ports of {expected}")
            rows = DEFAULT_ROWS if name == "snmp_exporter_default" else BULK_ROWS
            figures[name] = cost.figures(rows, ports)
            context.say(f"{name}: {figures[name]['devices_per_cpu_s']} devices per CPU-second")
    ours = figures.pop("gufo-snmp")
    ratio = {name: _ratio(ours, peer) for name, peer in figures.items()}
    ratio["pysnmp_to_exporter"] = _ratio(figures["pysnmp"], figures["snmp_exporter"])
    load: Figures = {"load_average": round(os.getloadavg()[0], 1), "python": sys.version.split()[0]}
    return Outcome(ours | load, figures, ratio, HOW)


def _ratio(ours: Figures, theirs: Figures) -> float:
    return round(float(ours["devices_per_cpu_s"] or 0) / float(theirs["devices_per_cpu_s"] or 1), 3)
