"""From a report to the changed verdict: how long until `GET /api/v1/sittings` says something else."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from agent.protocol.wire import Enrolled, Facts
from collector.simulate.history import SimulatedReport, measure
from collector.simulate.model import SimulatedDevice
from tests.bench.benchmark import Context, Figures, Outcome, quantile, wait_for
from tests.bench.ingest_requests import drawn, report_requests, unchanged
from tests.bench.load import drive
from tests.bench.measured_collector import MeasuredCollector, bench_fleet, measured_collector

SCHOOLS = 12
DEVICES = 60
PATIENCE_S = 30.0
COUNTRY_PER_S = 1_700
"""1.5 million machines, each a report a quarter of an hour."""
OTHERS_TOGETHER = 20
"""Reports in a request."""
SCREENS_PX = ((800, 600), (1920, 1080))
"""Too small and large enough, in turns: each report changes what is found on that machine."""

HOW = (
    "A collector with twelve simulated schools. One machine reports a screen that is too small and one that is large "
    "enough, in turns; the time runs from before POST /api/v1/reports until GET /api/v1/sittings, asked every 5 ms "
    "over one kept connection, shows other findings for that school. loaded_*: the same while machines of the other "
    "schools send what a country does, reports that say again what was said before; how many were accepted a second is "
    "told. peers is null: pushgateway, VictoriaMetrics and node exporter keep numbers and judge nothing."
)


def _findings(client: httpx.Client, school: str) -> list[tuple[Any, ...]]:
    """What is said about the sittings of a school, apart from times."""
    answer = client.get("/api/v1/sittings", params={"school": school})
    answer.raise_for_status()
    return [
        (sitting["id"], sitting["status"], finding["requirement"], finding["status"], finding["measured"])
        for sitting in answer.json()
        for finding in sitting["findings"]
    ]


def _with_screen(measurement: SimulatedReport, screen_px: tuple[int, int]) -> SimulatedReport:
    """A new report with the same findings apart from the screen."""
    screen: Facts = {"screen_width_px": screen_px[0], "screen_height_px": screen_px[1]}
    results = [
        msgspec.structs.replace(result, facts=result.facts | screen) if result.probe == "device" else result
        for result in measurement.results
    ]
    return SimulatedReport(str(uuid.uuid4()), results)


class _Machine(msgspec.Struct, frozen=True):
    """One enrolled machine that reports now."""

    collector: MeasuredCollector
    device: SimulatedDevice
    enrolled: Enrolled
    client: httpx.Client

    def report(self, screen_px: tuple[int, int]) -> None:
        """Measures and uploads."""
        now = datetime.now(UTC)
        drawn = measure(self.collector.fleet.schools[0], self.device, seed=1, at=now)
        report = _with_screen(drawn, screen_px).sent(self.device, self.enrolled.device_id, now)
        headers = {"Authorization": f"Bearer {self.enrolled.token}", "Content-Type": "application/json"}
        body = msgspec.json.encode({"reports": [report]})
        self.client.post("/api/v1/reports", content=body, headers=headers).raise_for_status()


def _change_s(machine: _Machine, screen_px: tuple[int, int]) -> float:
    """Reports, and waits until what is said about the school is no longer what it was."""
    school = machine.device.school
    before = _findings(machine.client, school)
    started = time.monotonic()
    machine.report(screen_px)
    wait_for(lambda: _findings(machine.client, school) != before, "a changed verdict", PATIENCE_S)
    return time.monotonic() - started


def run(context: Context) -> Outcome:
    """Turns after turns on one collector; the first report only sets the stage. Then again beside others' reports."""
    turns = 4 if context.quick else 40
    fleet = bench_fleet(schools=SCHOOLS, devices=DEVICES)
    device = msgspec.structs.replace(fleet.schools[0].devices[0], clock_offset_s=0.0)
    with (
        measured_collector(context.folder, fleet) as collector,
        httpx.Client(base_url=collector.url, trust_env=False, timeout=PATIENCE_S) as client,
    ):
        machine = _Machine(collector, device, collector.enrol(device), client)
        wait_for(lambda: bool(_findings(client, device.school)), "the first judgement", PATIENCE_S)
        _change_s(machine, SCREENS_PX[1])
        context.say(f"{turns} reports that change a verdict")
        quiet_s = [_change_s(machine, SCREENS_PX[turn % 2]) for turn in range(turns)]
        loaded = _beside_others(context, machine, turns)
    return Outcome({"changes": turns, **_figures("", quiet_s), **loaded}, None, None, HOW)


def _beside_others(context: Context, machine: _Machine, turns: int) -> Figures:
    """The same while others report."""
    seconds = 4.0 if context.quick else 30.0
    requests = _others(machine.collector, round(seconds * COUNTRY_PER_S / OTHERS_TOGETHER))
    context.say(f"the same beside {COUNTRY_PER_S} reports a second")
    with ThreadPoolExecutor(1) as sender:
        sent = sender.submit(
            drive,
            requests,
            machine.collector.port,
            folder=context.folder,
            seconds=seconds,
            per_s=COUNTRY_PER_S / OTHERS_TOGETHER,
        )
        loaded_s = list[float]()
        while not sent.done() and len(loaded_s) < turns:
            loaded_s.append(_change_s(machine, SCREENS_PX[len(loaded_s) % 2]))
        load = sent.result()
    return {
        "loaded_changes": len(loaded_s),
        "loaded_reports_per_s": round(load.accepted / load.seconds),
        **_figures("loaded_", loaded_s),
    }


def _others(collector: MeasuredCollector, count: int) -> list[bytes]:
    """Requests of machines at other schools."""
    others = [device for school in collector.fleet.schools[1:] for device in school.devices]
    enrolled = {device.label: collector.enrol(device) for device in others}
    each = 1 + count * OTHERS_TOGETHER // len(others)
    one_school = msgspec.structs.replace(collector.fleet, schools=collector.fleet.schools[1:])
    return report_requests(unchanged(drawn(one_school, datetime.now(UTC), each)), enrolled, OTHERS_TOGETHER)[:count]


def _figures(name: str, times_s: list[float]) -> Figures:
    return {
        f"{name}p50_ms": round(1000 * quantile(times_s, 0.5)),
        f"{name}p95_ms": round(1000 * quantile(times_s, 0.95)),
        f"{name}max_ms": round(1000 * max(times_s)),
    }
