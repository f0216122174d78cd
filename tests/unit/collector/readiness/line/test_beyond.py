"""What lies beyond the measurement point is part of the claim: where it is narrow it binds, be it seen at night."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from collector.readiness.domain.model import Finding, Observation, Status
from collector.readiness.occasions.occasion import alone
from collector.readiness.verdict.judge import judge
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    SCHOOL,
    evidence,
    hourly,
    lesson_hours,
    observation,
    on_school,
    profile,
    school,
    sitting,
)

DOWN = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
UP = on_school("line.up_headroom", value=1.3, at_risk_value=1.0)
NINETY = sitting(pupils=90)
HOURS = lesson_hours(40)
RUNS = hourly([200.0] * 40)


def internet(mbit_s: float, *, after_lessons: bool = False, days_ago: int = 0) -> list[Observation]:
    """A test towards the internet beside each of eight runs, or beside the last run of a day, when lessons are over."""
    times = [at.replace(hour=15, minute=40) for at in HOURS if at.hour == 14] if after_lessons else HOURS[:8]
    moved = [at + timedelta(minutes=3) - timedelta(days=days_ago) for at in times]
    return [observation(1, "internet", {"down_mbit_s": mbit_s}, at=at) for at in moved]


def found(observations: list[Observation], *, inside: bool = False, rule: str = "down") -> Finding:
    """Of ninety pupils, 45 Mbit/s needed, on a line that gives 200 towards the point."""
    occasion = replace(alone(NINETY, school(), NOW), point_is_inside=inside)
    asked = profile(DOWN if rule == "down" else UP)
    return judge(occasion, asked, {SCHOOL: evidence(observations)}, RELEASES, NOW).findings[0]


def test_outside_the_line_speaks_for_itself() -> None:
    """Nobody tests any further, and the point stands where the test service may."""
    assert found(RUNS).status is Status.READY


def test_inside_it_proves_the_line_to_there() -> None:
    """What lies beyond takes tests of its own, and upwards there are none that count."""
    finding = found(RUNS, inside=True)
    assert (finding.status, finding.why.code) == (Status.UNKNOWN, "why_line_beyond_unknown")
    assert found(RUNS + internet(190.0), inside=True).status is Status.READY


@pytest.mark.parametrize("inside", [False, True])
def test_much_narrower_beyond_is_never_ready(inside: bool) -> None:
    """The product said "the limit lies beyond, ratio 0.014", and was ready."""
    assert found(RUNS + internet(3.0), inside=inside).status is Status.NOT_READY


def test_narrower_beyond_binds_at_whatever_hour_it_was_seen() -> None:
    """Tested in the evening only: nobody knows how it is in lessons, and that is not ready."""
    finding = found(RUNS + internet(3.0, after_lessons=True))
    assert (finding.status, finding.why.code) == (Status.UNKNOWN, "why_line_beyond_unknown")


def test_waiting_makes_nothing_beyond_wider() -> None:
    """Seen a fortnight ago, and nobody has tested since: the line was measured all the time."""
    older = hourly([200.0] * 100)
    assert found(older + internet(3.0, days_ago=14)).status is Status.NOT_READY
    assert found(older + internet(3.0, days_ago=14) + internet(190.0)).status is Status.READY


def test_two_runs_alike_but_for_what_was_counted_beside_them_have_an_order() -> None:
    """One does not tell its bytes, so nothing can be told of others."""
    twin = msgspec.structs.replace(RUNS[0], facts={"down_mbit_s": 200.0, "down_bytes": 10**6, "down_duration_s": 1.0})
    assert found([*RUNS, twin]).status is found([twin, *RUNS]).status is Status.READY
