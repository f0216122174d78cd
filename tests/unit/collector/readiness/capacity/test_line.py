"""The capacity model, by hand.

90 pupils x 0.5 Mbit/s = 45 needed. 300 - 90 other pupils + 20 staff = 230 others x 0.1 = 23 background.
With the margin 1.3 the line must give 23 + 45 x 1.3 = 81.5. The tenth percentile at 90 % takes 22 hours.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.readiness.domain.model import Finding, Status, Text, Trust
from collector.readiness.domain.verdicts import BADNESS
from tests.support.properties import examples
from tests.unit.collector.readiness.cases import UNCHANGED, found, hourly, observation, on_school, school, sitting, step

DOWN = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
UP = on_school("line.up_headroom", value=1.3, at_risk_value=1.0)
BURST = on_school("line.start_burst_headroom", value=1.0)
NINETY = sitting(pupils=90)


def down(values: list[float], capacity: Mapping[str, float] = UNCHANGED) -> Finding:
    """The finding of the line down for 90 pupils."""
    return found(DOWN, hourly(values), about=NINETY, capacity=capacity)


@pytest.mark.parametrize(
    ("line", "status", "headroom"),
    [
        (100.0, Status.READY, 77 / 45),
        (81.5, Status.READY, 1.3),
        (81.4, Status.AT_RISK, 58.4 / 45),
        (68.0, Status.AT_RISK, 1.0),
        (67.9, Status.NOT_READY, 44.9 / 45),
        (23.0, Status.NOT_READY, 0.0),
        (5.0, Status.NOT_READY, 0.0),
    ],
)
def test_bands(line: float, status: Status, headroom: float) -> None:
    """Ready from 1.3, at risk from 1.0; never below nothing."""
    finding = down([line] * 22)
    assert finding.status is status
    assert finding.headroom == pytest.approx(headroom)
    assert (finding.measured, finding.unit) == (line, "Mbit/s")
    assert finding.required == pytest.approx(81.5)


def test_every_number_is_a_step() -> None:
    """The arithmetic of the docstring above."""
    finding = down([100.0] * 21 + [90.0])
    expected = {
        "step_pupils": 90,
        "step_rate_per_pupil": 0.5,
        "step_needed": 45.0,
        "step_other_users": 230,
        "step_background_per_user": 0.1,
        "step_background": 23.0,
        "step_runs_ok": 22,
        "step_runs_failed": 0,
        "step_hours_measured": 22,
        "step_hours_needed": 22,
        "step_line_least": 90.0,
        "step_line_median": 100.0,
        "step_line_bound": 90.0,
        "step_line_contract": 100,
        "step_line_available": 67.0,
        "step_margin": 1.3,
        "step_line_required": 81.5,
        "step_headroom": 1.488889,
    }
    assert {name: step(finding, name) for name in expected} == pytest.approx(expected)
    background = next(one for one in finding.steps if one.name == "step_background")
    assert (background.origin, background.trust) == ("computed", Trust.ASSUMED)


def test_one_hour_too_few_is_unknown_and_shows_the_least() -> None:
    """A person sees what was measured; nobody sees a headroom."""
    finding = down([500.0] * 20 + [400.0])
    assert (finding.status, finding.headroom, finding.measured) == (Status.UNKNOWN, None, 400.0)
    assert finding.why == Text("why_line_too_few", {"hours": 21, "needed": 22})
    assert finding.advice == [Text("advice_line_measure", {"hours": 1})]


def test_never_measured() -> None:
    """The contract says 100/100, and that counts for nothing."""
    finding = down([])
    assert (finding.status, finding.measured, finding.headroom) == (Status.UNKNOWN, None, None)
    assert finding.why == Text("why_line_never_measured", {"days": 14})
    assert finding.evidence.count == 0


def test_bad_hours_decide_not_the_average() -> None:
    """Three hours of 30 at the bottom: the bound is among them, though the median is 500."""
    finding = down([500.0] * 27 + [10.0] * 3)
    assert (finding.status, finding.measured) == (Status.NOT_READY, 10.0)
    assert step(finding, "step_line_median") == 500.0


def test_mostly_failed_is_unknown_however_fast_the_rest() -> None:
    """22 good hours, 23 failures."""
    failed = [observation(2, "throughput", {}, status="failed", count=23)]
    finding = found(DOWN, hourly([500.0] * 22) + failed, about=NINETY)
    assert (finding.status, finding.headroom) == (Status.UNKNOWN, None)
    assert finding.why == Text("why_line_mostly_failed", {"failed": 23, "runs": 45})
    assert finding.advice[0].code == "advice_line_mend_runs"
    fewer = [observation(2, "throughput", {}, status="failed", count=22)]
    assert found(DOWN, hourly([500.0] * 22) + fewer, about=NINETY).status is Status.READY


def test_advice_in_numbers() -> None:
    """50 Mbit/s: 27 left, 0.65 per pupil with margin, so 41 pupils at once, three groups, and 32 Mbit/s short."""
    finding = down([50.0] * 22)
    assert finding.advice == [
        Text("advice_line_more_down", {"more": 32}),
        Text("advice_line_groups", {"pupils": 41, "groups": 3}),
    ]
    assert finding.why == Text("why_line_too_small", {"line": 50.0, "required": 81.5, "pupils": 90, "others": 230})


def test_a_line_that_the_others_fill_has_no_groups_to_offer() -> None:
    """Not one pupil fits."""
    assert down([20.0] * 22).advice == [Text("advice_line_more_down", {"more": 62})]


def test_upload_is_judged_apart() -> None:
    """90 x 0.1 = 9 needed, 230 x 0.02 = 4.6 background: 16.3 with margin."""
    finding = found(UP, hourly([10.0] * 22, direction="up"), about=NINETY)
    assert finding.status is Status.NOT_READY
    assert finding.headroom == pytest.approx(5.4 / 9)
    assert finding.required == pytest.approx(16.3)
    assert finding.advice[0] == Text("advice_line_more_up", {"more": 7})
    assert found(UP, hourly([500.0] * 22), about=NINETY).status is Status.UNKNOWN


def test_start_burst() -> None:
    """2 Mbyte within 60 s is 0.2667 Mbit/s per pupil: 24 for 90, and 47 with the background."""
    finding = found(BURST, hourly([35.0] * 22), about=NINETY)
    assert finding.status is Status.NOT_READY
    assert finding.headroom == pytest.approx(0.5)
    assert finding.required == pytest.approx(47.0)
    assert finding.advice == [
        Text("advice_line_more_down", {"more": 12}),
        Text("advice_line_stagger", {"pupils": 45, "groups": 2, "seconds": 60}),
    ]
    assert found(BURST, hourly([47.0] * 22), about=NINETY).status is Status.READY


def test_open_value_means_the_profiles_margin() -> None:
    """`value: null` in the requirement."""
    rule = on_school("line.down_headroom", value=None, at_risk_value=1.0)
    assert found(rule, hourly([81.5] * 22), about=NINETY).status is Status.READY
    assert found(rule, hourly([81.4] * 22), about=NINETY).status is Status.AT_RISK
    assert found(rule, hourly([81.5] * 22), about=NINETY, capacity={"margin": 1.5}).status is Status.AT_RISK


def test_a_rate_of_nothing_is_no_answer() -> None:
    """A profile without a need cannot be ready."""
    finding = down([100.0] * 22, {"down_per_pupil": 0.0})
    assert (finding.status, finding.headroom, finding.why) == (Status.UNKNOWN, None, Text("why_line_no_rate"))


def test_sitting_larger_than_the_known_year_groups() -> None:
    """No fewer than no other pupils: only the staff is left."""
    finding = found(DOWN, hourly([100.0] * 22), about=sitting(pupils=400))
    assert step(finding, "step_other_users") == 20


def test_contract_is_left_out_where_it_is_not_known() -> None:
    """Nothing is made up."""
    nameless = msgspec.structs.replace(school(), line=None)
    finding = found(DOWN, hourly([100.0] * 22), about=NINETY, at=nameless)
    assert "step_line_contract" not in {one.name for one in finding.steps}
    assert finding.status is Status.READY


@settings(max_examples=examples(60))
@given(st.lists(st.floats(0, 200), min_size=22, max_size=40), st.floats(0, 200))
def test_more_bandwidth_is_never_worse(values: list[float], more: float) -> None:
    """Every hour faster by the same amount."""
    before, after = down(values), down([value + more for value in values])
    assert BADNESS[after.status] <= BADNESS[before.status]
    assert after.headroom is not None
    assert before.headroom is not None
    assert after.headroom >= before.headroom


@settings(max_examples=examples(60))
@given(st.lists(st.floats(0, 1e6), max_size=30))
def test_too_few_hours_are_never_green(values: list[float]) -> None:
    """However fast."""
    finding = down(values)
    assert (finding.status is Status.UNKNOWN) == (len(values) < 22)
