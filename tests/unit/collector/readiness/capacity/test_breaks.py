"""A school's breaks: no silence of its line, and no health either."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from collector.readiness.domain.model import Finding, Observation, Status
from collector.readiness.domain.school_days import SchoolDays
from collector.readiness.domain.verdicts import BADNESS
from tests.support.judging import judge_alone
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    evidence,
    found,
    hourly,
    on_school,
    profile,
    school,
    sitting,
)

DOWN = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
NINETY = sitting(pupils=90)
WEEK = timedelta(days=7)
MONDAY_AFTER = NOW + WEEK


def after_break(weeks: int, runs: list[Observation], now: datetime) -> Finding:
    """Of the line, when the school had so many weeks off from NOW on."""
    off = SchoolDays(frozenset(NOW.date() + timedelta(days=day) for day in range(7 * weeks)))
    known = msgspec.structs.replace(evidence(runs), school_days=off)
    about = msgspec.structs.replace(NINETY, starts_at=now + timedelta(days=3))
    return judge_alone(about, school(), profile(DOWN), known, RELEASES, now).findings[0]


@pytest.mark.parametrize(("weeks", "status"), [(0, Status.UNKNOWN), (1, Status.READY), (2, Status.UNKNOWN)])
def test_a_break_is_no_silence_and_a_long_one_is_no_health(weeks: int, status: Status) -> None:
    """Nobody measured in it. Two weeks and the days before are more than evidence of a line may be old."""
    finding = after_break(weeks, hourly([500.0] * 70), NOW + timedelta(days=7 * max(1, weeks)))
    assert finding.status is status
    assert (finding.why.code == "why_line_old") is (status is Status.UNKNOWN)


def test_runs_in_a_break_do_not_count_for_lessons() -> None:
    """Nobody is there beside them: as at night."""
    runs = [
        msgspec.structs.replace(one, first_at=one.first_at + WEEK, last_at=one.last_at + WEEK)
        for one in hourly([500.0] * 40)
    ]
    in_break = [one for one in runs if NOW <= one.last_at < NOW + timedelta(days=5)]
    assert after_break(0, in_break, MONDAY_AFTER).why.code != "why_line_never_measured"
    assert after_break(1, in_break, MONDAY_AFTER).why.code == "why_line_never_measured"


@pytest.mark.parametrize("weeks", [1, 3])
def test_waiting_through_a_break_makes_nothing_greener(weeks: int) -> None:
    """Than it was when the newest run came in; and behind two weeks and more nobody knows."""
    values = [500.0] * 30 + [10.0] * 30
    for runs in (hourly(values), hourly(values[::-1]), hourly([500.0] * 60)):
        before = found(DOWN, runs, about=NINETY).status
        for days in range(0, 24, 4):
            after = after_break(weeks, runs, NOW + timedelta(days=days)).status
            assert BADNESS[after] >= min(BADNESS[before], BADNESS[Status.UNKNOWN])
            assert after is not Status.READY or days <= 14
