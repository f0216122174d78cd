"""A simulated school whose machines report as the sample plans it: a report a quarter of an hour, on school days."""

from __future__ import annotations

import random
import shutil
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import msgspec

from agent.protocol.facts import Declaration
from agent.protocol.report_ids import CountedId
from agent.protocol.wire import Enrolment, ProbeResult, Report
from collector.configuration.load import load_configuration
from collector.facts.catalogue import DECLARED, check_facts
from collector.ingest import validate
from collector.ingest.validate import Acceptance, validate_report
from collector.readiness.domain.model import DeviceSeen
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.simulate.fleet import build_fleet
from collector.simulate.model import SimulatedDevice, SimulatedSchool
from collector.simulate.prepare import prepare
from collector.simulate.probe import Moment
from collector.simulate.probes import in_turn, latecomers
from collector.simulate.results import LESSON_LOAD, _result
from collector.store.reports import ReceivedReport
from collector.store.store import Store
from collector.store.timestamps import microseconds

SAMPLE = Path(__file__).parents[2] / "config"
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
QUARTERS = 32
"""Of an hour, in a school day."""
QUARTER = timedelta(minutes=15)
EVERY_QUARTER = ("path", "ladder", *(("wifi", "latency") * 3))
TWICE_A_DAY = ("device", "browsers", "lockdown")
LINE = "throughput"
SEED = 2023


class Machine(NamedTuple):
    """A simulated machine as it is enrolled, and the run that its reports are numbered in, a new one each day."""

    drawn: SimulatedDevice
    seen: DeviceSeen


class Fed(NamedTuple):
    """How much a school has told."""

    reports: int
    results: int


def fill(folder: Path, url: str, *, devices: int, days: int, every_reading: bool) -> Fed:
    """Writes the configuration into `folder` and feeds the store at `url`. `every_reading`: as it was done before, each
    reading a content of its own and each report id kept.
    """
    shutil.copytree(SAMPLE, folder / "config")
    releases = load_configuration(SAMPLE, NOW, environ={}).releases
    fleet = build_fleet(SEED, schools=1, devices=devices, releases=releases)
    prepare(folder / "config", fleet)
    store = Store.open(url)
    steady = _nothing_is_steady() if every_reading else DECLARED
    try:
        with patch.object(validate, "DECLARED", steady):
            return _fed(store, fleet.schools[0], days, counting=not every_reading)
    finally:
        store.close()


def _nothing_is_steady() -> dict[str, Declaration]:
    return {name: msgspec.structs.replace(declared, steady=None) for name, declared in DECLARED.items()}


def _fed(store: Store, school: SimulatedSchool, days: int, *, counting: bool) -> Fed:
    machines = list(_enrolled(store, school))
    acceptance = Acceptance(timedelta(days=400), check_facts, store.holds)
    chance, reports, results = random.Random(SEED), 0, 0
    for quarter, at in _quarters(days):
        on_line = chance.randrange(len(machines)) if quarter % 4 == 0 else None
        group: list[ReceivedReport] = []
        for number, machine in enumerate(machines):
            names = [*EVERY_QUARTER, *(TWICE_A_DAY if quarter in {1, 25} else ()), *([LINE] * (number == on_line))]
            told = _results(school, machine.drawn, names, at, chance)
            results += len(told)
            report_id = _counted(number, at, quarter) if counting else _by_chance(chance)
            group.append(_received(machine, told, at, report_id, acceptance))
        store.write_reports(group)
        reports += len(group)
    return Fed(reports, results)


def _enrolled(store: Store, school: SimulatedSchool) -> Iterator[Machine]:
    _, key = store.create_enrolment_key(school.school.code, "bench", NOW - timedelta(days=90))
    for drawn in school.devices:
        enrolment = Enrolment(drawn.school, key, drawn.room, drawn.label, simulated=True)
        seen = store.device_for_token(store.enrol(enrolment, NOW - timedelta(days=90)).token)
        assert seen is not None
        yield Machine(drawn, seen)


def _quarters(days: int) -> Iterator[tuple[int, datetime]]:
    """The quarters of so many school days, oldest first, and when each began."""
    day, found = NOW.date(), list[date]()
    while len(found) < days:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            found.append(day)
    for one in reversed(found):
        begins_at = datetime(one.year, one.month, one.day, 8, tzinfo=SCHOOL_TIME).astimezone(UTC)
        yield from ((quarter, begins_at + quarter * QUARTER) for quarter in range(QUARTERS))


def _results(
    school: SimulatedSchool, machine: SimulatedDevice, names: Sequence[str], at: datetime, chance: random.Random
) -> list[ProbeResult]:
    probes, again = {**in_turn(), **latecomers()}, dict[str, int]()
    busy = school.lesson_load * LESSON_LOAD[at.astimezone(SCHOOL_TIME).hour]
    found = []
    for name in names:
        again[name] = again.get(name, -1) + 1
        started_at = at + timedelta(minutes=5 * again[name], seconds=chance.random() * 200)
        moment = Moment(school, machine, busy, chance)
        found.append(_result(moment, name, probes[name], started_at, probes[name].usual_s))
    return found


def _received(
    machine: Machine, results: list[ProbeResult], at: datetime, report_id: str, acceptance: Acceptance
) -> ReceivedReport:
    sent_at = at + QUARTER - timedelta(seconds=20)
    school, room = machine.drawn.school, machine.drawn.room
    report = Report(1, report_id, machine.seen.device_id, sent_at, "0.1.0", school, room, results)
    found = validate_report(msgspec.json.encode(report), machine.seen, microseconds(sent_at), acceptance)
    assert isinstance(found, ReceivedReport), found
    return found


def _counted(machine: int, at: datetime, quarter: int) -> str:
    """A run a day: the machine is started each morning."""
    return str(CountedId((machine << 32 | at.toordinal()).to_bytes(8, "big"), quarter + 1))


def _by_chance(chance: random.Random) -> str:
    return uuid.UUID(int=chance.getrandbits(128)).hex
