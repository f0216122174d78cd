"""Judges a school in a process of its own, so that its CPU time and memory can be told."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import msgspec

from collector.configuration.load import load_configuration
from collector.judgement.service import JudgementService, evidence_reader
from collector.store.store import Store
from tests.bench.planned_school import NOW


class JudgedSchool(msgspec.Struct, frozen=True):
    """What it took, in seconds of CPU: reading alone, and all from the store to the verdicts and rooms. Memory of the
    process at its most, and before anything was read.
    """

    observations: int
    sittings: int
    read_cpu_s: float
    judge_cpu_s: float
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
    service = JudgementService(configuration, store, lambda: NOW)
    began_s = time.process_time()
    service.judge_now({school})
    judged_s = time.process_time() - began_s
    store.close()
    sittings = sum(sitting.school == school for sitting in configuration.sittings)
    return JudgedSchool(count, sittings, read_s, judged_s, _peak_mib(), empty_mib)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(msgspec.json.encode(judged(Path(sys.argv[1]), sys.argv[2])).decode())
