"""The same simulated reports as requests for our collector and for each peer."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from agent.protocol.wire import Enrolled, Report
from collector.simulate.history import SimulatedReport, measure
from collector.simulate.model import Fleet, SimulatedDevice
from tests.bench.facts_as_metrics import lines
from tests.bench.load import post

EVERY = timedelta(minutes=15)
Drawn = list[tuple[SimulatedDevice, list[SimulatedReport]]]


def drawn(fleet: Fleet, now: datetime, reports: int) -> Drawn:
    """What each device measured, a quarter of an hour apart, up to `now`."""
    moments = [now - EVERY * back for back in range(reports, 0, -1)]
    return [
        (device, [measure(school, device, seed=fleet.seed, at=at) for at in moments])
        for school in fleet.schools
        for device in school.devices
    ]


def unchanged(all_drawn: Drawn) -> Drawn:
    """The same machines and moments, with the facts of each machine's first measurement throughout."""
    return [(device, list(_repeated(measurements))) for device, measurements in all_drawn]


def _repeated(measurements: list[SimulatedReport]) -> Iterator[SimulatedReport]:
    first = measurements[0]
    for number, measurement in enumerate(measurements):
        results = [
            msgspec.structs.replace(result, started_at=result.started_at + EVERY * number) for result in first.results
        ]
        yield SimulatedReport(str(uuid.uuid5(uuid.NAMESPACE_OID, measurement.report_id)), results)


def _in_turns(all_drawn: Drawn, size: int) -> Iterator[tuple[SimulatedDevice, list[SimulatedReport]]]:
    """Batches of `size`: the first of every device, then the second of every device, and so on."""
    for start in range(0, len(all_drawn[0][1]), size):
        for device, measurements in all_drawn:
            yield device, measurements[start : start + size]


def report_requests(all_drawn: Drawn, enrolled: dict[str, Enrolled], size: int) -> list[bytes]:
    """Our own requests, stamped as sent now by clocks that are right, in order that no clock needs correcting."""
    sent_at = datetime.now(UTC)
    requests = []
    for device, measurements in _in_turns(all_drawn, size):
        known = enrolled[device.label]
        reports = [measurement.sent(_right(device), known.device_id, sent_at) for measurement in measurements]
        headers = {"Authorization": f"Bearer {known.token}", "Content-Type": "application/json"}
        requests.append(post("/api/v1/reports", msgspec.json.encode({"reports": reports}), headers))
    return requests


def _right(device: SimulatedDevice) -> SimulatedDevice:
    return msgspec.structs.replace(device, clock_offset_s=0.0)


def _as_report(device: SimulatedDevice, measurement: SimulatedReport) -> Report:
    return measurement.sent(device, device.label, measurement.results[0].started_at)


def import_requests(all_drawn: Drawn, size: int) -> tuple[list[bytes], int]:
    """VictoriaMetrics' requests and how many lines they hold."""
    requests, count = [], 0
    for device, measurements in _in_turns(all_drawn, size):
        labels = {"school": device.school, "device": device.label}
        body: list[str] = []
        for measurement in measurements:
            report = _as_report(device, measurement)
            body += lines(report, labels=labels, at_ms=int(report.sent_at.timestamp() * 1000))
        count += len(body)
        requests.append(post("/api/v1/import/prometheus", "\n".join(body).encode()))
    return requests, count


def push_requests(all_drawn: Drawn, devices: int, rounds: int) -> list[bytes]:
    """Pushgateway's requests: `rounds` pushes of each of `devices` groups, drawn devices taken again as needed."""
    requests = []
    for turn in range(rounds):
        for number in range(devices):
            device, measurements = all_drawn[number % len(all_drawn)]
            body = lines(_as_report(device, measurements[turn % len(measurements)]), labels={})
            path = f"/metrics/job/provklar/school/{device.school}/device/{number}"
            requests.append(post(path, ("\n".join(body) + "\n").encode()))
    return requests
