"""What settles by itself, and when: a promise that is kept when the days come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.readiness.advice.promised import promised
from collector.readiness.domain.model import Finding, Observation, Sitting, Status, Text
from collector.readiness.domain.school_days import SchoolDays, is_school_day
from collector.readiness.evidence.index import index_evidence
from collector.readiness.occasions.occasion import alone
from collector.readiness.verdict.judge import judge
from tests.support.judging import advise_alone
from tests.support.properties import examples
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    evidence,
    hourly,
    memory,
    observation,
    on_school,
    profile,
    requirement,
    school,
    sitting,
)

DOWN = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
BURST = on_school("line.start_burst_headroom", value=1.0)
DAYS = on_school("line.measured_days", value=5, at_risk_value=1)
LATE = msgspec.structs.replace(sitting(pupils=90), starts_at=datetime(2026, 12, 3, 8, 0, tzinfo=UTC))
"""A Thursday two weeks and a half after now."""


def advised(observations: Sequence[Observation], about: Sitting = LATE) -> list[Finding]:
    verdict = advise_alone(about, school(), profile(DOWN, DAYS), evidence(observations), RELEASES, NOW)
    return verdict.findings


def as_it_comes(observations: Sequence[Observation], at: datetime, about: Sitting = LATE) -> list[Finding]:
    """Judged at that time, when what was promised has been sent."""
    more = promised(index_evidence(evidence(observations), NOW), at)
    sent = evidence([*observations, *(one for found in more.values() for one in found)])
    return judge(alone(about, school(), NOW), profile(DOWN, DAYS), {school().code: sent}, RELEASES, at).findings


def test_a_line_is_known_when_enough_hours_are_measured() -> None:
    """20 of 22, the sitting's own hour of the week among them: two more on Monday make it enough."""
    line, days = advised(hourly([100.0] * 20))
    assert line.settling is not None
    assert (line.settling.done, line.settling.needed, line.settling.unit) == (20, 22, "hours")
    assert line.settling.by_itself_at == datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
    assert Text("settles_hours", {"done": 20, "needed": 22}) in line.advice
    assert line.advice[-1].code == "settles_by_itself"
    assert days.settling is not None
    assert (days.settling.done, days.settling.needed, days.settling.unit) == (4, 5, "days")


def test_a_break_settles_nothing() -> None:
    """The hours that lack are measured on the day after it."""
    off = SchoolDays(frozenset([NOW.date(), NOW.date() + timedelta(days=1)]))
    known = msgspec.structs.replace(evidence(hourly([100.0] * 20)), school_days=off)
    line, days = advise_alone(LATE, school(), profile(DOWN, DAYS), known, RELEASES, NOW).findings
    for finding in (line, days):
        assert finding.settling is not None
        assert finding.settling.by_itself_at == datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


def test_the_sittings_own_hour_is_waited_for() -> None:
    """Half an hour of it was never seen alive: of 14 hours on a Friday and a part of a Thursday nothing follows."""
    line, _ = advised(hourly([100.0] * 14))
    assert line.settling is not None
    assert line.settling.by_itself_at is None


def test_what_is_known_settles_no_more() -> None:
    line, _ = advised(hourly([100.0] * 40))
    assert (line.status, line.settling) == (Status.READY, None)


def test_nothing_is_promised_of_machines_that_never_measured() -> None:
    """No day; with one that is on in all lessons 22 hours are three days."""
    line, _ = advised([memory(1, 8192)])
    assert line.settling is not None
    assert (line.settling.by_itself_at, line.settling.machines) == (None, 0)
    assert line.advice[-1] == Text("settles_nobody_measures", {"days": 3})


def test_machines_that_are_off_at_the_sittings_hour_do_not_settle_it() -> None:
    """They measure from noon on; the sitting is at nine."""
    runs = [one for one in hourly([100.0] * 80) if one.last_at.hour >= 11]
    line, _ = advised(runs)
    assert (line.status, line.why.code) == (Status.UNKNOWN, "why_line_own_hour")
    assert line.settling is not None
    assert line.settling.by_itself_at is None
    assert "advice_line_own_hour" in [one.code for one in line.advice]


@pytest.mark.parametrize("hour", [17, 8])
def test_a_sitting_at_an_hour_that_nobody_measured_says_what_does_settle_it(hour: int) -> None:
    """In lessons or after them: a machine that is on then."""
    about = msgspec.structs.replace(LATE, starts_at=datetime(2026, 12, 3, hour, 0, tzinfo=UTC))
    runs = [one for one in hourly([100.0] * 80) if one.last_at.hour >= 11]
    line, _ = advised(runs, about)
    assert line.status is Status.UNKNOWN
    assert "advice_line_own_hour" in [one.code for one in line.advice]


def test_an_evening_that_is_measured_settles_an_evening_sitting() -> None:
    """At six on a Thursday: once as many hours as it takes are measured, lessons and evenings."""
    about = msgspec.structs.replace(LATE, starts_at=datetime(2026, 12, 3, 17, 0, tzinfo=UTC))
    lessons = hourly([100.0] * 14)
    evenings = [
        msgspec.structs.replace(one, first_at=at, last_at=at) for one in lessons for at in _evening(one.last_at)
    ]
    line, _ = advised([*lessons, *evenings], about)
    assert line.settling is not None
    assert line.settling.by_itself_at is not None
    assert _of(as_it_comes([*lessons, *evenings], line.settling.by_itself_at, about)) is Status.READY


def _evening(at: datetime) -> list[datetime]:
    """That day at a quarter past six, and at a quarter to seven."""
    return [at.replace(hour=17, minute=minute) for minute in (15, 45)]


def _of(findings: list[Finding]) -> Status:
    return findings[0].status


def test_machines_and_shares_tell_how_far_they_are() -> None:
    """Five of eleven machines told; of three that tried the login one more must."""
    link = [observation(n, "ladder", rows=[{"rung": "login", "kind": "login", "status": "ok"}]) for n in range(3)]
    several = requirement(["browsers.chrome_version", "browsers.edge_version"], "latest_minus", 1, named="browser")
    rules = [requirement(), several, on_school("rungs.login_ratio", value=0.9, at_risk_value=0.5)]
    seen = [*(memory(n, 8192) for n in range(5)), *link]
    found = advise_alone(sitting(), school(), profile(*rules), evidence(seen), RELEASES, NOW).findings
    told = [one.settling for one in found]
    assert [(one.done, one.unit) for one in told if one is not None] == [
        (5, "devices"),
        (0, "devices"),
        (3, "devices"),
    ]
    assert told[2] is not None
    assert told[2].needed == 4


@given(
    st.lists(st.floats(60.0, 120.0), min_size=1, max_size=30),
    st.integers(0, 3),
    st.sampled_from([8, 9, 11]),
    st.integers(2, 14),
)
@settings(max_examples=examples(20))
def test_a_promise_comes_true_and_not_a_day_before(rates: list[float], gap: int, hour: int, ahead: int) -> None:
    """Feed what was promised to the collector, and on that day it is known; on the school day before it is not."""
    day = NOW + timedelta(days=ahead)
    about = msgspec.structs.replace(LATE, starts_at=day.replace(hour=hour))
    runs = hourly(rates)[gap:]
    for finding, place in zip(advised(runs, about), range(2), strict=True):
        if finding.settling is None or finding.settling.by_itself_at is None:
            continue
        at = finding.settling.by_itself_at
        assert at < about.starts_at  # type: ignore[operator]
        known = as_it_comes(runs, at, about)[place]
        assert known.status is not Status.UNKNOWN
        before = at - timedelta(days=1)
        while not is_school_day(before.date()):
            before -= timedelta(days=1)
        if before > NOW:
            earlier = as_it_comes(runs, before, about)[place]
            assert earlier.status is not Status.READY or place == 0
            assert place == 1 or earlier.status is Status.UNKNOWN
