"""The capacity model, by hand.

90 pupils x 0.5 Mbit/s = 45 needed; with the margin 1.3 the line must leave 58.5. Of what others take they may give up
0.4 for a run: of a line whose best is 100, a run of 70 had (70 - 40) / 0.6 = 50 for certain, and no less than 70 - 32 =
38, as 320 people take 0.1 at most. The tenth percentile at 90 % takes 22 hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.readiness.domain.model import Finding, Observation, Status, Text, Trust
from collector.readiness.domain.verdicts import BADNESS
from tests.support.judging import judge_alone
from tests.support.properties import examples
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    UNCHANGED,
    evidence,
    found,
    hourly,
    judged,
    lesson_hours,
    observation,
    on_school,
    profile,
    school,
    sitting,
    step,
)

DOWN = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
UP = on_school("line.up_headroom", value=1.3, at_risk_value=1.0)
BURST = on_school("line.start_burst_headroom", value=1.0)
NINETY = sitting(pupils=90)


def down(values: list[float], capacity: Mapping[str, float] = UNCHANGED) -> Finding:
    """The finding of the line down for 90 pupils."""
    return found(DOWN, hourly(values), about=NINETY, capacity=capacity)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (100.0, Status.READY),
        (58.5, Status.READY),
        (58.4, Status.AT_RISK),
        (45.0, Status.AT_RISK),
        (44.9, Status.NOT_READY),
        (5.0, Status.NOT_READY),
    ],
)
def test_bands(line: float, status: Status) -> None:
    """Ready from 1.3, at risk from 1.0, where all runs get the same, so that nobody gave way."""
    finding = down([line] * 22)
    assert finding.status is status
    assert (finding.required, finding.unit) == (45.0, "Mbit/s")
    assert finding.measured == pytest.approx(line)
    assert finding.headroom == pytest.approx(line / 45)


def test_what_others_may_have_given_up_is_not_there_for_certain() -> None:
    """An hour in four is quiet and gets 100, the others 70: of these 50 was free for certain."""
    finding = down([100.0, 70.0, 70.0, 70.0] * 10)
    assert finding.status is Status.AT_RISK
    assert finding.measured == pytest.approx(50.0)


def test_every_number_is_a_step() -> None:
    """The arithmetic of the docstring above."""
    finding = down([100.0] * 21 + [90.0])
    expected = {
        "step_pupils": 90,
        "step_rate_per_pupil": 0.5,
        "step_needed": 45.0,
        "step_other_users": 320,
        "step_background_per_user": 0.1,
        "step_gave_way": 0.4,
        "step_others_may_take": 32.0,
        "step_runs_ok": 22,
        "step_runs_held_back": 0,
        "step_runs_failed": 0,
        "step_hours_measured": 22,
        "step_hours_needed": 22,
        "step_line_least": 90.0,
        "step_line_median": 100.0,
        "step_line_contract": 100,
        "step_line_available": 83.333333,
        "step_margin": 1.3,
        "step_headroom": 1.851852,
    }
    assert {name: step(finding, name) for name in expected} == pytest.approx(expected)
    assert next(one for one in finding.steps if one.name == "step_line_available").trust is Trust.ASSUMED


def test_one_hour_too_few_is_unknown_and_says_how_many() -> None:
    """Progress shows, a person sees the lowest run, and nobody sees a headroom."""
    finding = down([500.0] * 20 + [400.0])
    assert (finding.status, finding.headroom, finding.measured) == (Status.UNKNOWN, None, 400.0)
    assert finding.why.code == "why_line_too_few"
    assert (finding.why.values["hours"], finding.why.values["needed"]) == (21, 22)
    assert finding.advice == [Text("advice_line_measure", {"hours": 1, "hour": 9})]


def test_never_measured() -> None:
    """The contract says 100/100, and that counts for nothing."""
    finding = down([])
    assert (finding.status, finding.measured, finding.headroom) == (Status.UNKNOWN, None, None)
    assert finding.why.code == "why_line_never_measured"
    assert finding.evidence.count == 0


def test_bad_hours_decide_not_the_average() -> None:
    """Five hours of 10 among 30, though the median is 500."""
    finding = down([500.0] * 10 + [10.0] * 5 + [500.0] * 15)
    assert finding.status is Status.UNKNOWN
    assert step(finding, "step_line_median") == 500.0
    assert down([500.0, 10.0] * 15).status is Status.NOT_READY


def test_those_who_sit_were_among_the_others() -> None:
    """Runs usually stay 60 below the best, and 90 of 320 sit: what that frees is nothing or 17, so 40 may be enough for
    45. Where it frees 27 at most, 5 are too few; and on a dead line it frees nothing.
    """
    usual, tight, dead = [40.0] * 27 + [100.0] * 3, [5.0] * 27 + [100.0] * 3, [0.0] * 30
    assert down(usual).status is Status.NOT_READY
    statuses = [frees(values).status for values in (usual, tight, dead)]
    assert statuses == [Status.UNKNOWN, Status.NOT_READY, Status.NOT_READY]
    assert frees([57.0] * 27 + [100.0] * 3).status is Status.UNKNOWN, "what may be freed makes nothing ready"


def frees(values: list[float]) -> Finding:
    """The finding of the line down, where those who sit may have taken their share of it."""
    asked = profile(DOWN)
    take = msgspec.structs.replace(asked.capacity.sitters_take, kind=1.0)
    asked = msgspec.structs.replace(asked, capacity=msgspec.structs.replace(asked.capacity, sitters_take=take))
    return judge_alone(NINETY, school(), asked, evidence(hourly(values)), RELEASES, NOW).findings[0]


def test_failed_runs_are_zeros_and_not_gaps() -> None:
    """59 failed runs of the last ten hours after sixty good ones were called ready."""
    good = [
        observation(1 + n % 3, "throughput", {"down_mbit_s": 500.0}, at=at)
        for n, at in enumerate(lesson_hours(70)[10:])
    ]
    failed = [broken(at, by=n % 3) for at in lesson_hours(10) for n in range(6)]
    assert found(DOWN, good, about=NINETY).status is Status.READY
    assert found(DOWN, good + failed[:59], about=NINETY).status is Status.NOT_READY


def broken(at: datetime, by: int = 1) -> Observation:
    """A run that the line did not carry to its end."""
    return observation(by, "throughput", status="failed", error_code="down_stalled", at=at)


def test_a_run_that_breaks_is_no_better_than_a_slow_one() -> None:
    """In the same place of the same week."""
    hours = lesson_hours(30)
    for place in (0, 5, 16):
        values = [500.0] * 30
        values[place] = 1.0
        slow = hourly(values)
        broken = [*slow]
        broken[place] = observation(
            1 + place % 3, "throughput", status="failed", error_code="down_failed", at=hours[place]
        )
        assert BADNESS[found(DOWN, broken, about=NINETY).status] >= BADNESS[found(DOWN, slow, about=NINETY).status]


def test_slow_only_at_the_sittings_hour() -> None:
    """Thursday at nine, twice: every other hour of two weeks is fine."""
    hours = lesson_hours(70)
    at_nine = {n for n, at in enumerate(hours) if at.weekday() == 3 and at.hour == 8}
    assert len(at_nine) == 2
    finding = down([10.0 if n in at_nine else 500.0 for n in range(70)])
    assert finding.status is Status.NOT_READY
    once = down([10.0 if n == min(at_nine) else 500.0 for n in range(40)])
    assert (once.status, once.why.code) == (Status.UNKNOWN, "why_line_own_hour_bad")


def test_never_measured_at_the_sittings_hour_is_unknown() -> None:
    """Thirty good hours, none of them on a Thursday at nine."""
    hours = [at for at in lesson_hours(70) if (at.weekday(), at.hour) != (3, 8)]
    runs = [observation(1 + n % 3, "throughput", {"down_mbit_s": 500.0}, at=at) for n, at in enumerate(hours)]
    finding = found(DOWN, runs, about=NINETY)
    assert (finding.status, finding.why.code) == (Status.UNKNOWN, "why_line_own_hour")
    assert finding.advice[0] == Text("advice_line_own_hour", {"hours": 1, "hour": 9})


def test_slow_since_a_while_ago() -> None:
    """A step: the three newest hours of seventy."""
    assert down([10.0] * 3 + [500.0] * 67).status is Status.NOT_READY
    assert down([10.0] + [500.0] * 69).status is Status.UNKNOWN
    assert down([500.0] * 3 + [10.0] + [500.0] * 66).status is Status.READY


def test_what_was_mended_is_not_held_against_the_line() -> None:
    """Twelve bad hours, and ten good ones since: nobody knows, rather than not ready."""
    assert down([500.0] * 10 + [10.0] * 12 + [500.0] * 8).status is Status.UNKNOWN


def test_one_poor_hour_after_dead_ones_mends_nothing() -> None:
    """21 hours of nothing, and then 1 Mbit/s: whether the line was mended or not, it does not carry ninety pupils."""
    assert down([1.0] + [0.0] * 21).status is Status.NOT_READY


def test_bad_hours_of_another_weekday_do_not_refute_a_line() -> None:
    """Each Wednesday is bad, and the sitting is on a Thursday."""
    values = [10.0 if at.weekday() == 2 else 500.0 for at in lesson_hours(70)]
    assert down(values).status is Status.UNKNOWN


def test_a_line_that_falls_from_day_to_day_is_judged_as_what_it_will_be() -> None:
    """100 Mbit/s and 3 less each day: enough today, and not for certain in three days."""
    hours = lesson_hours(70)
    values = [100.0 - 2.0 * (at - hours[-1]).days for at in hours]
    assert down([100.0] * 70).status is Status.READY
    finding = down(values)
    assert (finding.status, finding.why.code) == (Status.UNKNOWN, "why_line_falling")


def test_a_line_that_swings_may_be_too_little_for_five_minutes() -> None:
    """All hours between 80 and 200: enough by hours, and not for certain at the worst moment."""
    steady, swinging = [140.0] * 70, [140.0 + 60.0 * ((7 * n) % 11 - 5) / 5 for n in range(70)]
    assert down(steady).status is Status.READY
    assert min(swinging) >= 80
    assert down(swinging).status is not Status.READY


def test_night_runs_do_not_count_for_a_morning() -> None:
    """Sixty runs at two in the morning."""
    nights = [
        observation(
            1 + n % 3, "throughput", {"down_mbit_s": 500.0}, at=lesson_hours(1)[0] - timedelta(days=n // 6, hours=7)
        )
        for n in range(60)
    ]
    finding = found(DOWN, nights, about=NINETY)
    assert (finding.status, finding.why.code) == (Status.UNKNOWN, "why_line_never_measured")


def test_waiting_makes_nothing_greener() -> None:
    """A week that ended well: the bad hours before do not fall out of the window by waiting, and silence is unknown."""
    values = [500.0] * 30 + [10.0] * 30
    runs = hourly(values)
    before = found(DOWN, runs, about=NINETY).status
    later = sitting(pupils=90)
    later = msgspec.structs.replace(later, starts_at=NOW + timedelta(days=31))
    for days in range(0, 21, 3):
        after = judged([DOWN], runs, about=later, now=NOW + timedelta(days=days)).findings[0]
        assert BADNESS[after.status] >= min(BADNESS[before], BADNESS[Status.UNKNOWN])


def test_slow_machines_make_no_line_slow() -> None:
    """Twelve that carry 20 each, all alike to look at: the line gives at least that, and perhaps far more."""
    radios = [observation(n, "wifi", {"rx_rate_mbit_s": 40.0}) for n in range(1, 4)]
    finding = found(DOWN, hourly([20.0] * 40) + radios, about=NINETY)
    assert (finding.status, finding.why.code) == (Status.UNKNOWN, "why_line_held_back")
    assert step(finding, "step_runs_held_back") == 40


def test_a_fast_machine_among_slow_ones_speaks_for_the_line() -> None:
    """Two that never get above 20, and one that gets 250."""
    values = [250.0 if n % 3 == 0 else 20.0 for n in range(80)]
    finding = down(values)
    assert finding.status is Status.READY
    assert step(finding, "step_runs_held_back") == 53


def test_what_is_too_small_says_so_in_numbers() -> None:
    """At most 40 left where 45 are needed. What would mend it is found by judging again (`advice`), not here."""
    finding = down([40.0] * 22)
    assert finding.advice == []
    assert finding.why == Text(
        "why_line_too_small", {"left": 40.0, "needed": 45.0, "pupils": 90, "together": 90, "margin": 1.3}
    )


def test_upload_is_judged_apart() -> None:
    """90 x 0.1 = 9 needed, 11.7 with margin."""
    finding = found(UP, hourly([8.0] * 22, direction="up"), about=NINETY)
    assert finding.status is Status.NOT_READY
    assert finding.headroom == pytest.approx(8 / 9)
    assert finding.required == pytest.approx(9)
    assert found(UP, hourly([500.0] * 22), about=NINETY).status is Status.UNKNOWN


def test_start_burst() -> None:
    """2 Mbyte within 60 s is 0.2667 Mbit/s per pupil: 24 for 90."""
    finding = found(BURST, hourly([12.0] * 22), about=NINETY)
    assert finding.status is Status.NOT_READY
    assert finding.headroom == pytest.approx(0.5)
    assert finding.required == pytest.approx(24.0)
    assert found(BURST, hourly([32.0] * 22), about=NINETY).status is Status.READY


def test_the_minute_in_which_a_class_begins_is_assumed() -> None:
    """Within one minute at the unkind end, five at the kind one: 24 Mbit/s at most, 4.8 at least."""
    base = profile(BURST)
    within = msgspec.structs.replace(base.capacity.start_burst_within, kind=300.0)
    kinder = msgspec.structs.replace(base, capacity=msgspec.structs.replace(base.capacity, start_burst_within=within))
    for line, status in ((24.0, Status.READY), (12.0, Status.UNKNOWN), (4.7, Status.NOT_READY)):
        verdict = judge_alone(NINETY, school(), kinder, evidence(hourly([line] * 22)), RELEASES, NOW)
        assert verdict.findings[0].status is status


def test_open_value_means_the_profiles_margin() -> None:
    """`value: null` in the requirement."""
    rule = on_school("line.down_headroom", value=None, at_risk_value=1.0)
    assert found(rule, hourly([58.5] * 22), about=NINETY).status is Status.READY
    assert found(rule, hourly([58.4] * 22), about=NINETY).status is Status.AT_RISK
    assert found(rule, hourly([58.5] * 22), about=NINETY, capacity={"margin": 1.5}).status is Status.AT_RISK


def test_a_rate_of_nothing_is_no_answer() -> None:
    """A profile without a need cannot be ready."""
    finding = down([100.0] * 22, {"down_per_pupil": 0.0})
    assert (finding.status, finding.headroom, finding.why) == (Status.UNKNOWN, None, Text("why_line_no_rate"))


def test_contract_is_left_out_where_it_is_not_known() -> None:
    """Nothing is made up."""
    nameless = msgspec.structs.replace(school(), line=None)
    finding = found(DOWN, hourly([100.0] * 22), about=NINETY, at=nameless)
    assert "step_line_contract" not in {one.name for one in finding.steps}
    assert finding.status is Status.READY


@settings(max_examples=examples(60))
@example([21.0, 46.0, 47.0, *[0.0] * 9, *[1.0] * 6, 2.0, 0.5, 0.75, 0.25], 1.0)
@given(st.lists(st.floats(0, 200), min_size=22, max_size=40), st.floats(0, 200))
def test_more_bandwidth_is_never_worse(values: list[float], more: float) -> None:
    """Every hour faster by the same amount."""
    before, after = down(values), down([value + more for value in values])
    assert BADNESS[after.status] <= BADNESS[before.status]


@settings(max_examples=examples(60))
@given(st.lists(st.floats(1, 1e6), max_size=21))
def test_too_few_hours_are_never_green(values: list[float]) -> None:
    """However fast."""
    assert down(values).status in {Status.UNKNOWN, Status.NOT_READY}


@settings(max_examples=examples(60))
@given(
    st.lists(st.sampled_from([10.0, 60.0, 500.0]), min_size=10, max_size=60), st.integers(1, 200), st.integers(1, 200)
)
def test_fewer_pupils_are_never_worse(values: list[float], some: int, more: int) -> None:
    """On the same line."""
    fewer, all_of_them = (
        found(DOWN, hourly(values), about=sitting(pupils=count)).status for count in (some, some + more)
    )
    assert BADNESS[fewer] <= BADNESS[all_of_them]
