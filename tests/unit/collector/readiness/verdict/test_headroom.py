"""Headroom is what a reader gets who divides the two numbers beside it, whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.readiness.domain.model import Status
from tests.support.properties import examples
from tests.unit.collector.readiness.cases import hourly, judged, memory, on_school, requirement, sitting

RULES = [
    on_school("line.down_headroom", value=1.3, at_risk_value=1.0),
    on_school("line.up_headroom", value=1.3, at_risk_value=1.0),
    on_school("line.start_burst_headroom", value=1.3, at_risk_value=1.0),
    on_school("devices.usable_headroom"),
    requirement(),
]


@settings(max_examples=examples(40))
@given(
    st.floats(0.5, 200), st.floats(0.5, 50), st.integers(0, 40), st.integers(1, 90), st.sampled_from([1024, 4096, 8192])
)
def test_the_two_numbers_give_the_headroom(down: float, up: float, machines: int, pupils: int, mib: int) -> None:
    """Of every finding that has one; and the verdict's is the binding finding's."""
    seen = [*hourly([down] * 22), *hourly([up] * 22, direction="up"), *(memory(one, mib) for one in range(machines))]
    verdict = judged(RULES, seen, about=sitting(pupils=pupils))
    told = [one for one in verdict.findings if one.headroom is not None]
    for one in told:
        assert isinstance(one.measured, int | float)
        assert isinstance(one.required, int | float)
        assert one.headroom == pytest.approx(one.measured / one.required, rel=1e-6), one.requirement
    if verdict.status is not Status.UNKNOWN:
        [binding] = [one for one in verdict.findings if one.requirement == verdict.binding]
        assert verdict.headroom == binding.headroom
