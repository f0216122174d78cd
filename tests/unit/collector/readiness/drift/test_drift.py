"""What differs from when a sitting was ready last: each kind by an example, and nothing where nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import msgspec
import pytest

from agent.protocol.wire import Facts, FactValue
from collector.readiness.domain.model import DriftChange, Observation, Release, Releases, Requirement, Verdict
from collector.readiness.domain.school_days import SchoolDays
from collector.readiness.drift.compared import Compared, ReadyVerdict
from collector.readiness.drift.differ import drift
from collector.readiness.evidence.index import index_evidence
from tests.unit.collector.readiness.cases import NOW, RELEASES, evidence, judged, memory, observation, requirement

UNTIL = NOW - timedelta(days=5)
"""Wednesday a week ago; now it is Monday."""
THEN, SINCE = UNTIL - timedelta(hours=3), UNTIL + timedelta(hours=20)
TODAY = NOW - timedelta(hours=1)
MEMORY = requirement()
NEVER_READY = judged([MEMORY], [])


def changes(
    seen: Sequence[Observation],
    *,
    was: Verdict = NEVER_READY,
    releases: Releases = RELEASES,
    rules: Sequence[Requirement] = (),
) -> list[DriftChange]:
    """What differs; the machines that told have done so today as well."""
    heard = [memory(device, 8192, at=TODAY) for device in sorted({one.device_id for one in seen})]
    ready = msgspec.json.decode(msgspec.json.encode(was), type=ReadyVerdict)
    now = judged(rules, [*seen, *heard]) if rules else NEVER_READY
    index = index_evidence(evidence([*seen, *heard]), NOW)
    found = drift(Compared(ready, UNTIL, now, index, releases, rules))
    assert found.ready_until == UNTIL
    return found.changes


def ladder(kind: str, at: datetime, **row: FactValue) -> Observation:
    rung: Facts = {"rung": kind, "kind": kind, "target": "prov.example", "status": "ok", **row}
    return observation(1, "ladder", rows=[rung], at=at)


def told(found: Sequence[DriftChange]) -> list[tuple[str, datetime, str]]:
    return [(one.kind, one.at, one.what.code) for one in found]


def test_nothing_differs() -> None:
    same = [ladder("tls", at, issuer="A", fingerprint_sha256="f") for at in (THEN, SINCE)]
    assert changes(same) == []


def test_an_issuer_and_a_certificate() -> None:
    """By when the other one was seen first; an issuer that was there before too is none."""
    seen = [ladder("tls", THEN, issuer="A", fingerprint_sha256="f")]
    seen += [ladder("tls", SINCE + timedelta(hours=h), issuer="Box", fingerprint_sha256="g") for h in (0, 9)]
    found = changes(seen)
    assert told(found) == [("certificate", SINCE, "drift_certificate"), ("issuer", SINCE, "drift_issuer")]
    assert found[1].what.values == {"what": "prov.example", "then": "A", "now": "Box"}
    back = [ladder("tls", THEN - timedelta(days=1), issuer="Box"), ladder("tls", THEN, issuer="A")]
    assert changes([*back, ladder("tls", SINCE, issuer="Box")]) == []


def test_resolvers() -> None:
    seen = [ladder("dns", THEN, resolvers_count=2), ladder("dns", SINCE, resolvers_count=2, resolver="10.0.0.53")]
    [change] = changes(seen)
    assert (change.kind, change.what.values) == ("resolvers", {"then": "2", "now": "2 (10.0.0.53)"})


@pytest.mark.parametrize(("now", "differs"), [(40.0, True), (150.0, True), (90.0, False)])
def test_a_step_in_the_line(now: float, *, differs: bool) -> None:
    """In the median of runs, more than a quarter, down or up."""
    rates = [(THEN, 100.0), (SINCE, now)]
    seen = [
        observation(n, "throughput", {"down_mbit_s": rate}, at=at + timedelta(minutes=20 * n))
        for at, rate in rates
        for n in range(1, 6)
    ]
    found = changes(seen)
    assert told(found) == ([("line", SINCE + timedelta(minutes=20), "drift_line_down")] if differs else [])


def test_too_few_runs_are_no_step() -> None:
    rates = [(THEN, 100.0), (SINCE, 10.0)]
    assert changes([observation(1, "throughput", {"down_mbit_s": rate}, at=at) for at, rate in rates]) == []


def test_an_access_point_is_gone() -> None:
    """At the time when it was used last, where others still are; a machine that passed by once is no use of one."""
    used = [observation(1, "wifi", {"bssid": "aa"}, at=THEN - timedelta(hours=h)) for h in (0, 5)]
    once = observation(1, "wifi", {"bssid": "cc"}, at=THEN)
    other = observation(1, "wifi", {"bssid": "bb"}, at=SINCE)
    [change] = changes([*used, once, other])
    assert (change.at, change.what.values) == (THEN, {"access_point": "aa"})
    assert changes([*used, once]) == []


def test_machines_fell_silent() -> None:
    """All of them in one line, the first at its time."""
    silent = [memory(n, 8192, at=THEN - timedelta(hours=n)) for n in range(3)]
    ready = msgspec.json.decode(msgspec.json.encode(NEVER_READY), type=ReadyVerdict)
    index = index_evidence(evidence([*silent, memory(9, 8192, at=TODAY)]), NOW)
    [change] = drift(Compared(ready, UNTIL, NEVER_READY, index, RELEASES, [])).changes
    off = replace(index, school_days=SchoolDays(frozenset(THEN.date() + timedelta(days=day) for day in range(30))))
    assert drift(Compared(ready, UNTIL, NEVER_READY, off, RELEASES, [])).changes == [], "in a break"
    assert (change.kind, change.at) == ("machines", THEN - timedelta(hours=2))
    assert change.what.values == {"devices": 3, "machines": "0, 1, 2"}


def test_a_release_that_puts_machines_behind() -> None:
    """It came out since then, and the requirement that goes by the newest holds no more."""
    rule = requirement("browsers.chrome_version", "latest_minus", 0, named="browser")
    listed = {"chrome": [*RELEASES.products["chrome"], Release("144", date(2026, 11, 13))]}
    newer = msgspec.structs.replace(RELEASES, products=listed)
    seen = [observation(n, "browsers", {"chrome_version": "101"}) for n in range(12)]
    [change] = changes(seen, releases=newer, rules=[rule])
    assert change.what.values == {"product": "chrome", "version": "144"}
    assert changes(seen, releases=RELEASES, rules=[rule]) == []


def test_profile_and_configuration() -> None:
    """What is written about the sitting and its school; nobody knows when, so it is told at the end of being ready."""
    about = msgspec.structs.replace(NEVER_READY.sitting, pupils=4, rooms=["a2"])
    school = msgspec.structs.replace(NEVER_READY.school, devices=9)
    was = msgspec.structs.replace(NEVER_READY, profile="older", sitting=about, school=school)
    found = changes([], was=was)
    assert {one.at for one in found} == {UNTIL}
    assert [one.what.code for one in found] == ["drift_pupils", "drift_rooms", "drift_devices", "drift_profile"]
    assert found[0].what.values == {"then": 4, "now": 10}


def test_changes_come_in_the_order_of_time() -> None:
    used = [observation(1, "wifi", {"bssid": "aa"}, at=THEN - timedelta(hours=h)) for h in (0, 5)]
    seen = [*used, observation(1, "wifi", {"bssid": "bb"}, at=SINCE)]
    seen += [ladder("tls", THEN, issuer="A"), ladder("tls", SINCE, issuer="Box")]
    assert [one.kind for one in changes(seen)] == ["access_points", "issuer"]
