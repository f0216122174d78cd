"""What machines measured: on school days, in the catalogue's facts, the same every time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import collector
from agent.protocol.wire import FactValue, Report
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.simulate.history import LINE_RUNS_PER_DAY, SimulatedReport, history, measure
from collector.simulate.model import SimulatedDevice, SimulatedSchool, Trouble
from tests.unit.collector.simulate.sample import NOW, measuring_machine, municipality, pupils_machine, school_with

DECLARED: dict[str, dict[str, Any]] = json.loads((Path(collector.__file__).parent / "facts/facts.json").read_text())[
    "probes"
]
CATALOGUE: dict[str, dict[str, dict[str, Any]]] = {
    probe: {fact["name"]: fact for fact in declared["facts"]} for probe, declared in DECLARED.items()
}
TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}


def measured(
    school: SimulatedSchool, device: SimulatedDevice, *, now: datetime = NOW, days: int = 30
) -> list[SimulatedReport]:
    return history(school, device, seed=7, now=now, days=days)


def facts_of(measurement: SimulatedReport, probe: str) -> dict[str, FactValue]:
    return next(result.facts for result in measurement.results if result.probe == probe)


def moments(measurements: list[SimulatedReport]) -> list[datetime]:
    return [measurement.results[0].started_at.astimezone(SCHOOL_TIME) for measurement in measurements]


def test_one_report_each_school_day_in_lesson_time() -> None:
    """Four weeks and two days before a Friday evening hold 22 school days; none is a weekend or an evening."""
    school = school_with("none")
    times = moments(measured(school, pupils_machine(school)))
    assert len({moment.date() for moment in times}) == len(times) == 22
    assert all(moment.weekday() < 5 and 8 <= moment.hour < 16 for moment in times)
    assert times == sorted(times)


def test_line_is_measured_in_enough_hours() -> None:
    """Over the last twenty school days each measuring machine alone gives at least 30 distinct hours."""
    school = school_with("none")
    found = measured(school, measuring_machine(school), days=28)
    hours = {moment.replace(minute=0, second=0, microsecond=0) for moment in moments(found)}
    assert len(hours) == len(found) == 20 * LINE_RUNS_PER_DAY
    assert len({moment.hour for moment in hours}) == 8
    assert all(any(result.probe == "throughput" for result in measurement.results) for measurement in found)


def test_only_measuring_machines_use_the_line() -> None:
    """A pupil's machine measures everything else."""
    school = school_with("none")
    last = measured(school, pupils_machine(school))[-1]
    told = sorted(result.probe for result in last.results)
    assert told == [name for name, one in DECLARED.items() if "plan" in one and not one.get("loads_line")]


def test_nothing_after_now_and_nothing_after_falling_silent() -> None:
    """A history ends at `now`, in the middle of a school day too; a silent machine's ends when it fell silent."""
    school = school_with("none")
    noon = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    assert moments(measured(school, measuring_machine(school), now=noon))[-1] <= noon
    silent = school_with("not_measured").devices[0]
    end = NOW - timedelta(days=silent.silent_days)
    found = measured(school_with("not_measured"), silent, days=60)
    assert found
    assert moments(found)[-1] <= end
    assert measured(school_with("not_measured"), silent, days=silent.silent_days) == []


def test_a_later_history_begins_with_the_same_reports() -> None:
    """Made again three days later, what overlaps is the same to the byte, so it is known as duplicate."""
    school = school_with("none")
    device = measuring_machine(school)
    earlier = {found.report_id: found for found in measured(school, device)}
    later = {found.report_id: found for found in measured(school, device, now=NOW + timedelta(days=3))}
    shared = earlier.keys() & later.keys()
    assert len(shared) >= 19 * LINE_RUNS_PER_DAY
    assert len(later.keys() - earlier.keys()) == LINE_RUNS_PER_DAY, "Monday's"
    assert all(earlier[report_id] == later[report_id] for report_id in shared)


def test_report_ids_are_unique_in_the_municipality() -> None:
    """And those of another seed are others."""
    fleet = municipality()
    ids = [
        found.report_id for school in fleet.schools for device in school.devices for found in measured(school, device)
    ]
    assert len(ids) == len(set(ids)) > 10_000
    school = fleet.schools[0]
    other = history(school, school.devices[0], seed=8, now=NOW, days=30)
    assert {found.report_id for found in other}.isdisjoint(ids)


def test_facts_are_the_catalogues() -> None:
    """Every result has exactly the facts of its probe, of the right type, within the bounds; none without a reason."""
    probes: set[str] = set()
    for school in municipality().schools:
        for device in school.devices:
            for result in measure(school, device, seed=7, at=NOW).results:
                probes.add(result.probe)
                if result.status != "ok":
                    continue
                assert result.facts.keys() == CATALOGUE[result.probe].keys()
                assert result.missing.keys() == {name for name, value in result.facts.items() if value is None}
                for name, value in result.facts.items():
                    check_fact(CATALOGUE[result.probe][name], value)
    assert probes == {name for name, one in DECLARED.items() if "plan" in one}, "by default nobody is asked for others"


def check_fact(spec: dict[str, Any], value: FactValue) -> None:
    if value is None:
        return
    assert type(value) is TYPES[spec["type"]], (spec["name"], value)
    if not isinstance(value, str):
        assert spec.get("minimum", value) <= value <= spec.get("maximum", value), (spec["name"], value)


def test_device_and_browsers_seldom_change() -> None:
    """A machine on mains reports the same facts day after day, so that a store need not grow."""
    school = school_with("none")
    device = measuring_machine(school)
    for probe in ("device", "browsers"):
        seen = {msgspec.json.encode(facts_of(found, probe)) for found in measured(school, device)}
        assert len(seen) == 1


def test_lessons_take_their_share_of_the_line() -> None:
    """At ten o'clock less is left of the line than after three, and never more than was bought."""
    school = school_with("none")
    device = measuring_machine(school)
    assert school.school.line is not None
    by_hour: dict[int, list[float]] = {}
    for found in measured(school, device, days=200):
        facts = {result.probe: result for result in found.results}["throughput"].facts
        if facts:
            by_hour.setdefault(moments([found])[0].hour, []).append(float(facts["down_mbit_s"] or 0))
    means = {hour: sum(values) / len(values) for hour, values in by_hour.items()}
    assert means[10] < means[15] < school.school.line.down_mbit_s
    assert all(0 < value < 1.05 * school.down_mbit_s for values in by_hour.values() for value in values)


def test_thin_line_measures_thin() -> None:
    """Nobody measures more than was sold."""
    school = school_with("thin_line")
    found = [measure(school, measuring_machine(school), seed=7, at=NOW + timedelta(hours=hour)) for hour in range(9)]
    speeds = [facts_of(one, "throughput").get("down_mbit_s") for one in found]
    assert all(isinstance(speed, float) and speed < 52 for speed in speeds if speed is not None)
    assert any(speeds)


@pytest.mark.parametrize(("trouble", "reached"), [("blocked_host", 3), ("none", 4)])
def test_blocked_host(trouble: Any, reached: int) -> None:
    """A filter that stops one of four hosts stops it on every machine."""
    school = school_with(trouble)
    facts = facts_of(measured(school, pupils_machine(school))[0], "path")
    assert facts == {"hosts_count": 4, "hosts_reached_count": reached, "hosts_reached_ratio": reached / 4}


def test_blocked_host_is_named() -> None:
    """By a row that says on which rung it stopped."""
    school = school_with("blocked_host")
    path = next(found for found in measured(school, pupils_machine(school))[0].results if found.probe == "path")
    assert [(row["host"], row["error_code"]) for row in path.rows] == [("film.provplattform.example", "no_answer")]


def test_on_cable_there_is_no_wifi() -> None:
    """The probe says so, instead of facts that could pass for a good or a bad signal."""
    school = school_with("none")
    wifi = next(found for found in measured(school, measuring_machine(school))[0].results if found.probe == "wifi")
    assert (wifi.status, wifi.facts) == ("unsupported", {})
    assert wifi.error is not None
    assert wifi.error.code == "no_wifi_interface"


def test_weak_signal_repeats_and_loses() -> None:
    """The tail of the round trips is longer in a bad room."""
    school = school_with("bad_rooms")
    weak = next(d for d in school.devices if d.wireless and d.wireless.signal_dbm < -76 and d.failing_probe is None)
    strong = next(d for d in school.devices if d.wireless is None)

    def tail_ms(device: SimulatedDevice) -> float:
        results = [measure(school, device, seed=7, at=NOW + timedelta(minutes=n)).results for n in range(30)]
        tails = [result.facts.get("rtt_p95_ms") for found in results for result in found if result.probe == "latency"]
        known = [float(tail) for tail in tails if tail is not None]
        return sum(known) / len(known)

    assert tail_ms(weak) > tail_ms(strong) + 20


def test_failing_probe_fails_every_time_and_alone() -> None:
    """It says why with a code, and the neighbours give their facts."""
    school, device = next(
        (school, device)
        for school in municipality().schools
        for device in school.devices
        if device.failing_probe == "latency"
    )
    found = measured(school, device, days=60)
    for measurement in found:
        failed = next(result for result in measurement.results if result.probe == "latency")
        assert (failed.status, failed.facts) == ("failed", {})
        assert failed.error is not None
        assert failed.error.code == "measurement_point_unreachable"
        assert facts_of(measurement, "device")


def test_report_is_stamped_by_the_machines_own_clock() -> None:
    """A machine an hour ahead says so both in what it measured and when it sends; the wire format reads it back."""
    school, device = next(
        (school, device)
        for school in municipality().schools
        for device in school.devices
        if device.clock_offset_s == 3_600
    )
    measurement = measure(school, device, seed=7, at=NOW)
    report = measurement.sent(device, "d-1", NOW + timedelta(minutes=1))
    assert report.sent_at == NOW + timedelta(hours=1, minutes=1)
    assert report.results[0].started_at == NOW + timedelta(hours=1)
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report
    assert (report.schema, report.device_id, report.school, report.room) == (1, "d-1", device.school, device.room)


def test_the_ladder_breaks_where_a_host_is_blocked() -> None:
    """At that host's rung and nowhere else; facts and rows say the same."""
    expected: dict[Trouble, list[str]] = {"blocked_host": ["tls-film"], "none": []}
    for trouble, failing in expected.items():
        school = school_with(trouble)
        first = measured(school, pupils_machine(school))[0]
        ladder = next(found for found in first.results if found.probe == "ladder")
        assert [row["rung"] for row in ladder.rows if row["status"] == "failed"] == failing
        assert ladder.facts["first_failed_rung"] == (failing[0] if failing else None)
        assert ladder.facts["ladder_ok"] is not bool(failing)
        assert ladder.facts["rungs_count"] == len(ladder.rows)
        assert all(float(row["up_to_ms"] or 0) > 0 for row in ladder.rows)
