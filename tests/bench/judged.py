"""Judges a school in a process of its own, so that its CPU time and memory can be told."""

from __future__ import annotations

import resource
import sys
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

import msgspec

from collector.configuration.load import load_configuration
from collector.judgement.service import JudgementService, evidence_reader
from collector.store.store import Store
from tests.bench.planned_school import NOW
from tests.support.stored import measured, report, write

REPORTS = 9


class JudgedSchool(msgspec.Struct, frozen=True):
    """What it took, in seconds of CPU: reading alone, and all from the store to the verdicts and rooms; then again when
    a report of one machine had come in (the median of a few). Memory of the process at its most, and before anything
    was read.
    """

    observations: int
    sittings: int
    read_cpu_s: float
    judge_cpu_s: float
    report_cpu_s: float
    peak_mib: float
    empty_mib: float


def judged(folder: Path, url: str) -> JudgedSchool:
    """Reads the school once, then judges it as a running collector does."""
    configuration = load_configuration(folder / "config", NOW, environ={})
    store = Store.open(url)
    school = next(code for code, school in configuration.schools.items() if school.simulated)
    empty_mib = _peak_mib()
    began_s = time.process_time()
    evidence = evidence_reader(configuration, store, NOW)(school)
    read_s = time.process_time() - began_s
    count, evidence = len(evidence.observations), None  # type: ignore[assignment]  # gives back its memory
    store.close()
    store = Store.open(url)
    times = iter(NOW + timedelta(seconds=second) for second in range(REPORTS + 1))
    now = [next(times)]
    service = JudgementService(configuration, store, lambda: now[0])
    judged_s = _judging(service, school)
    reports_s = list[float]()
    for device, at in zip(store.devices(school), times, strict=False):
        now[0] = at
        told = [measured(at, {"rtt_p95_ms": 20.0}, "latency"), measured(at, {"signal_dbm": -60.0}, "wifi")]
        write(store, device, report(device, told, report_id="one-more", sent_at=at, room=device.room), received_at=at)
        reports_s.append(_judging(service, school))
    store.close()
    sittings = sum(sitting.school == school for sitting in configuration.sittings)
    return JudgedSchool(count, sittings, read_s, judged_s, median(reports_s), _peak_mib(), empty_mib)


def _judging(service: JudgementService, school: str) -> float:
    began_s = time.process_time()
    service.judge_now({school})
    return time.process_time() - began_s


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(msgspec.json.encode(judged(Path(sys.argv[1]), sys.argv[2])).decode())
