"""What the rest of the school takes, by its counters: never too little, and said where it is not known.

The sitting is on Thursday 19 November 2026 at nine, judged on Monday. At 0.95 and 0.9 it takes 45 samples: the busiest
load of each five minutes, twelve an hour, so four Thursdays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.protocol.quantiles import samples_needed_above
from collector.readiness.domain.model import (
    Finding,
    Observation,
    Profile,
    Requirement,
    Status,
    Text,
    Trust,
    UplinkLoad,
    UplinkPort,
)
from collector.readiness.domain.school_days import SchoolDays
from collector.readiness.domain.verdicts import BADNESS
from collector.readiness.evidence.index import index_evidence
from collector.readiness.line.background import Background, UplinkBackground
from tests.support.judging import judge_alone
from tests.support.properties import examples
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    evidence,
    figure,
    lesson_hours,
    observation,
    on_school,
    profile,
    school,
    sitting,
)

DOWN = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
NINETY = sitting(pupils=90)
BEGINS_AT = datetime.fromisoformat("2026-11-19T08:00:00+00:00")
TIMES = (BEGINS_AT, BEGINS_AT + timedelta(minutes=60))
MINUTE = timedelta(minutes=1)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
PORT = UplinkPort("router", NOW, NOW, None, 1000, is_up=True, packets_count=10**9)
Rate = Callable[[datetime], float]


def rules(*requirements: Requirement, quantile: float = 0.95, days: float = 42) -> Profile:
    """The test profile that counts counters."""
    base = profile(*requirements)
    return msgspec.structs.replace(
        base,
        capacity=msgspec.structs.replace(base.capacity, background_quantile=figure(quantile, "ratio")),
        evidence=msgspec.structs.replace(base.evidence, background_days=figure(days, "days")),
    )


def loads(begins_at: datetime, minutes: int, rate: Rate | float, seconds: float = 60.0) -> list[UplinkLoad]:
    """A load for each minute; as much up as down."""
    ends = (begins_at + timedelta(seconds=seconds) * (number + 1) for number in range(minutes))
    return [UplinkLoad("router", at, seconds, *(2 * [rate(at) if callable(rate) else rate])) for at in ends]


def thursday(week: int, hour: int = 9) -> datetime:
    """That hour by Swedish clocks, so many weeks before 12 November."""
    return datetime(2026, 11, 12, hour, tzinfo=STOCKHOLM) - timedelta(weeks=week)


def thursdays(rate: Rate | float, weeks: int = 6, hour: int = 9) -> list[UplinkLoad]:
    """An hour on so many Thursdays before NOW, oldest first."""
    return [one for week in range(weeks)[::-1] for one in loads(thursday(week, hour).astimezone(UTC), 60, rate)]


def run_at(at: datetime, mbit_s: float, *, of: int = 1, seconds: float = 5.0, status: str = "ok") -> Observation:
    """A full test that got so much both ways."""
    facts = {f"{way}_{name}": value for way in ("down", "up") for name, value in (
        ("mbit_s", mbit_s), ("bytes", mbit_s * seconds * 125_000), ("duration_s", seconds))}  # fmt: skip
    return observation(of, "throughput", facts if status == "ok" else {}, at=at, status=status)


def line_tests(others: float = 10.0, got: float = 100.0, runs: int = 22) -> tuple[list[UplinkLoad], list[Observation]]:
    """Good runs in as many hours of lessons up to NOW, of three machines in turn, and the counters around each, which
    saw them.
    """
    counted: list[UplinkLoad] = []
    observations: list[Observation] = []
    for number, hour in enumerate(reversed(lesson_hours(runs))):
        at = hour + timedelta(seconds=25)
        around = loads(at - timedelta(minutes=3, seconds=25), 7, others)
        own_mbit_s = got * 5.0 * 1.0456 / 60
        around[3] = msgspec.structs.replace(around[3], down_mbit_s=others + own_mbit_s, up_mbit_s=others + own_mbit_s)
        counted += around
        observations.append(run_at(at, got, of=number % 3))
    return counted, observations


def background(
    counted: Sequence[UplinkLoad],
    runs: Sequence[Observation] = (),
    *,
    by: Profile | None = None,
    ports: Sequence[UplinkPort] = (PORT,),
) -> Background:
    """What is made of it, down."""
    seen = evidence(runs)
    seen = msgspec.structs.replace(seen, uplink=sorted(counted, key=lambda one: one.at), uplink_ports=list(ports))
    return UplinkBackground(index_evidence(seen, NOW), by or rules(), "down").background(*TIMES)


def down(counted: Sequence[UplinkLoad], runs: Sequence[Observation], *, by: Profile | None = None) -> Finding:
    """The finding of the line down."""
    seen = evidence(runs)
    seen = msgspec.structs.replace(seen, uplink=sorted(counted, key=lambda one: one.at), uplink_ports=[PORT])
    return judge_alone(NINETY, school(), by or rules(DOWN), seen, RELEASES, NOW).findings[0]


def test_what_is_counted_is_the_bound_of_the_same_weekday_and_hour() -> None:
    """Six Thursdays: 72 samples, of which even the largest only just bounds the 95th percentile."""
    counted, runs = line_tests()
    rising = thursdays(lambda at: 20.0 + at.minute / 60)
    found = background([*rising, *counted], runs)
    assert found.mbit_s == pytest.approx(20 + 59 / 60)
    assert (found.samples, found.needed, found.days) == (72, 45, 6)


def test_other_hours_and_days_say_nothing() -> None:
    """A flood at eight, at ten and on Fridays."""
    counted, runs = line_tests()
    flood = [
        one
        for week in range(6)
        for begins_at in (thursday(week, 8), thursday(week, 10), thursday(week) + timedelta(days=1))
        for one in loads(begins_at.astimezone(UTC), 60, 900.0)
    ]
    assert background([*thursdays(20.0), *flood, *counted], runs).mbit_s == 20.0


def test_a_day_of_a_break_says_nothing_of_a_school_day() -> None:
    """On five of six Thursdays nobody was there: what was counted then makes the others seem few."""
    counted, runs = line_tests()
    calm = [one for week in range(1, 6) for one in loads(thursday(week).astimezone(UTC), 60, 1.0)]
    busy = loads(thursday(0).astimezone(UTC), 60, 80.0)
    off = SchoolDays(frozenset(thursday(week).date() for week in range(1, 6)))
    seen = evidence(runs)
    told = sorted([*calm, *busy, *counted], key=lambda one: one.at)
    seen = msgspec.structs.replace(seen, uplink=told, uplink_ports=[PORT])
    found = [
        UplinkBackground(index_evidence(one, NOW), rules(), "down").background(*TIMES)
        for one in (seen, msgspec.structs.replace(seen, school_days=off))
    ]
    assert [(one.doubt, one.days) for one in found] == [(None, 6), ("too_few", 2)], "two days had tests in that hour"


def test_a_sitting_over_two_hours_takes_the_worse() -> None:
    """09:30 to 10:30: ten o'clock is busier; and if ten was never counted, nothing is known."""
    counted, runs = line_tests()
    ten = thursdays(35.0, hour=10)
    half_past = datetime.fromisoformat("2026-11-19T08:30:00+00:00")
    for more, expected in ((ten, (35.0, None)), ([], (None, "too_few"))):
        seen = msgspec.structs.replace(
            evidence(runs),
            uplink=sorted([*thursdays(20.0), *more, *counted], key=lambda one: one.at),
            uplink_ports=[PORT],
        )
        found = UplinkBackground(index_evidence(seen, NOW), rules(), "down").background(
            half_past, half_past + timedelta(minutes=60)
        )
        assert (found.mbit_s, found.doubt) == expected


def test_summer_and_winter_time_are_the_same_hour() -> None:
    """Nine o'clock was seven UTC until 25 October and is eight since."""
    assert {thursday(week).astimezone(UTC).hour for week in range(6)} == {7, 8}
    counted, runs = line_tests()
    shifted = [
        one for week in range(6)[::-1] for one in loads(thursday(0).astimezone(UTC) - timedelta(weeks=week), 60, 9.0)
    ]
    assert background([*shifted, *counted], runs).samples == 38
    assert background([*thursdays(9.0), *counted], runs).samples == 72


@pytest.mark.parametrize("weeks", range(1, 4))
def test_too_few_are_not_counted(weeks: int) -> None:
    """Three Thursdays make 36 samples of the 45 that it takes; what was counted around the tests at nine is two."""
    counted, runs = line_tests()
    found = background([*thursdays(20.0, weeks), *counted], runs)
    assert (found.mbit_s, found.doubt, found.samples, found.days) == (None, "too_few", 12 * weeks + 2, weeks + 1)


def test_coarse_means_hide_the_busy_minutes() -> None:
    """A quarter of an hour is no sample of a 95th percentile."""
    counted, runs = line_tests()
    coarse = [one for week in range(6)[::-1] for one in loads(thursday(week).astimezone(UTC), 4, 9.0, seconds=900.0)]
    assert background([*coarse, *counted], runs).doubt == "too_few"


def test_our_own_tests_are_no_background() -> None:
    """A test in each Thursday's hour, one of them failed; its minutes are left out by the time of the run."""
    counted, runs = line_tests()
    marks = [thursday(week).astimezone(UTC) + 20 * MINUTE for week in range(6)]
    filled = thursdays(lambda at: 500.0 if any(timedelta() <= at - mark <= MINUTE for mark in marks) else 20.0)
    tests = [run_at(mark, 400.0, of=2, status="failed" if mark == marks[3] else "ok") for mark in marks]
    assert background([*filled, *counted], [*runs, *tests]).mbit_s == 20.0
    assert background([*filled, *counted], runs).mbit_s == 500.0


def test_without_rule_gear_or_readings_it_says_why() -> None:
    """Each its own doubt."""
    counted, runs = line_tests()
    enough = [*thursdays(20.0), *counted]
    assert background(enough, runs, by=profile()).doubt == "no_rule"
    assert background([], runs, ports=[]).doubt == "no_gear"
    assert background([], runs).doubt == "too_few"
    assert background(thursdays(20.0), []).doubt == "no_test_seen"
    old = [msgspec.structs.replace(one, at=one.at - timedelta(days=15)) for one in enough]
    assert background(old, runs).doubt == "stale"


def test_a_port_that_never_saw_our_tests_is_not_the_line() -> None:
    """An unused port would say that nobody takes anything: the worst of wrong numbers."""
    counted, runs = line_tests()
    idle = [msgspec.structs.replace(one, down_mbit_s=0.0, up_mbit_s=0.0) for one in [*thursdays(0.0), *counted]]
    assert background(idle, runs).doubt == "other_line"


def test_the_line_is_judged_by_what_was_counted() -> None:
    """100 got beside 10 others: at least 105 by the counters, less 20 counted, for 45 needed."""
    counted, runs = line_tests()
    finding = down([*thursdays(20.0), *counted], runs)
    assert finding.status is Status.READY
    steps = {one.name: one for one in finding.steps}
    assert steps["step_background"].value == 20.0
    assert steps["step_background"].trust is None
    assert steps["step_line_available"].trust is None
    assert 80 <= float(str(steps["step_line_available"].value)) <= 90
    assert 0 < float(str(steps["step_line_beside"].value)) <= 10
    assert "step_background_per_user" not in steps


def test_where_it_falls_back_it_is_assumed_and_says_so() -> None:
    """Somebody was to count and has not counted enough: all that 320 people may take may have been given up."""
    counted, runs = line_tests(got=60.0)
    finding = down([*thursdays(20.0, weeks=2), *counted], runs)
    steps = {one.name: one for one in finding.steps}
    assert steps["step_others_may_take"].value == pytest.approx(32.0)
    assert steps["step_others_may_take"].trust is Trust.ASSUMED
    assert steps["step_background_too_few"].value == 26
    assert "step_line_beside" not in steps
    assert steps["step_line_available"].value == pytest.approx(28.0)
    assert finding.advice[-1] == Text("advice_background_too_few", {"samples": 26, "needed": 45})


def test_losing_the_counters_is_never_greener() -> None:
    """Counted: the rest of the school takes 180 of 210. Silent, or taken away: not ready becomes unknown at best."""
    counted, runs = line_tests(others=150.0, got=60.0)
    assert down([*thursdays(180.0), *counted], runs).status is Status.NOT_READY
    for lost in ([], thursdays(180.0), counted):
        assert down(lost, runs).status in {Status.UNKNOWN, Status.NOT_READY}


def test_every_day_of_one_week_will_do_at_first() -> None:
    """That hour was counted on four school days, though the sitting's weekday only once."""
    counted, runs = line_tests()
    days = [thursday(0).astimezone(UTC) - timedelta(days=back) for back in range(4)]
    week = [one for begins_at in reversed(days) for one in loads(begins_at, 60, 20.0)]
    found = background([*week, *counted], runs)
    assert (found.mbit_s, found.samples, found.days) == (20.0, 50, 5)


def test_what_others_moved_meanwhile_is_never_made_up() -> None:
    """Without loads around, with a gap, or with more than others moved before and after: only what is certain."""
    counted, runs = line_tests(others=10.0, runs=1)
    uplink = UplinkBackground(
        index_evidence(msgspec.structs.replace(evidence(runs), uplink=counted), NOW), rules(), "down"
    )
    assert 0 < uplink.beside(runs[0], runs[0].last_at).during <= 10.0
    for broken in ([], counted[3:], counted[:4], [*counted[:3], *counted[4:]]):
        seen = msgspec.structs.replace(evidence(runs), uplink=broken)
        assert (
            UplinkBackground(index_evidence(seen, NOW), rules(), "down").beside(runs[0], runs[0].last_at).during == 0.0
        )


@settings(max_examples=examples(60))
@given(
    capacity=st.floats(20, 1000),
    demand=st.floats(0, 1),
    share=st.floats(0.05, 1.0),
    overhead=st.floats(1.0, 1.1),
)
def test_the_line_is_never_thought_faster_than_it_is(
    capacity: float, demand: float, share: float, overhead: float
) -> None:
    """Others ask for a part of the line all the time and give way to a test, however much: what the test got and what
    is added to it never come to more than the line carries. The counter counts headers too, the test does not.
    """
    others = demand * capacity
    test_raw = max(capacity - others, share * capacity)
    given_way = min(others, capacity - test_raw)
    seconds, at = 5.0, NOW - timedelta(hours=1)
    counted = loads(at - timedelta(minutes=3, seconds=25), 7, others)
    mean = (others * 55 + (given_way + test_raw) * seconds) / 60
    counted[3] = msgspec.structs.replace(counted[3], down_mbit_s=mean, up_mbit_s=mean)
    run = run_at(at, test_raw / overhead, seconds=seconds)
    uplink = UplinkBackground(
        index_evidence(msgspec.structs.replace(evidence([run]), uplink=counted), NOW), rules(), "down"
    )
    assert test_raw / overhead + uplink.beside(run, at).during <= capacity * 1.0001
    assert uplink.beside(run, at).during <= others + 1e-9


@settings(max_examples=examples(40))
@given(st.lists(st.floats(0, 500), min_size=6, max_size=6), st.floats(0, 500), st.integers(0, 5))
def test_more_background_is_never_better(rates: list[float], more: float, busier: int) -> None:
    """One Thursday gets busier: the verdict gets no better."""
    counted, runs = line_tests(got=300.0)

    def judged(by_week: list[float]) -> Finding:
        hours = [one for week, rate in enumerate(by_week) for one in loads(thursday(week), 60, rate)]
        return down([*hours, *counted], runs)

    raised = [rate + more * (week == busier) for week, rate in enumerate(rates)]
    before, after = judged(rates), judged(raised)
    assert BADNESS[after.status] >= BADNESS[before.status]
    assert (after.headroom or 0.0) <= (before.headroom or 0.0)


@settings(max_examples=examples(40))
@given(st.floats(0.5, 0.99), st.lists(st.floats(0, 1000), min_size=72, max_size=72))
def test_the_bound_is_a_sample_and_never_below_the_quantile_seen(quantile: float, rates: list[float]) -> None:
    """Each five minutes one rate; too few samples give no bound at all."""
    counted, runs = line_tests()
    blocks = [(week, block) for week in range(6)[::-1] for block in range(12)]
    hours = [
        one
        for (week, block), rate in zip(blocks, rates, strict=True)
        for one in loads(thursday(week).astimezone(UTC) + 5 * block * MINUTE, 5, rate)
    ]
    found = background([*hours, *counted], runs, by=rules(quantile=quantile))
    if samples_needed_above(quantile, 0.9) > 72:
        assert found.doubt == "too_few"
        return
    assert found.mbit_s in rates
    assert sum(rate <= found.mbit_s for rate in rates) >= quantile * 72
