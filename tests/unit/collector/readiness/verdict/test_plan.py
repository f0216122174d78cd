"""What a sitting would take where nothing was measured."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.model import Agreement, Evidence, Requirement, Status, UplinkLoad, Verdict
from collector.readiness.domain.plan import Plan
from collector.readiness.evidence.index import index_evidence
from collector.readiness.verdict.plan import PUPILS_PER_RADIO, is_unmeasured
from tests.unit.collector.readiness.cases import (
    NOW,
    SCHOOL,
    device,
    evidence,
    judged,
    memory,
    requirement,
    school,
    sitting,
)

NOTHING = evidence([], [])
ENDS = requirement("ends.agreements_on", "lasts_past_sitting", 0, named="agreements", applies_to="school", unit="days")
RADIOS = requirement(PUPILS_PER_RADIO, "at_most", 4, named="crowd", applies_to="room", unit="clients")


def planned(*requirements: Requirement, pupils: int = 10, rooms: tuple[str, ...] = ("a1",)) -> Plan:
    """The plan for a sitting at a school of which nothing is known."""
    made = judged(list(requirements), [], about=sitting(pupils=pupils, rooms=rooms), devices=[]).plan
    assert made is not None
    return made


def test_the_figures_are_the_profiles() -> None:
    """Ten pupils of 0.5 and 0.1 Mbit/s, 2 Mbyte each within a minute, margin 1.3: what anyone gets who multiplies."""
    plan = planned()
    assert (plan.pupils, plan.pupils_on_line, plan.margin) == (10, 10, 1.3)
    assert plan.down_mbit_s == pytest.approx(10 * 0.5 * 1.3)
    least, most = plan.line_down_mbit_s
    assert least == max(plan.down_mbit_s, plan.start_mbit_s)
    assert most == pytest.approx(least + plan.others_down_mbit_s)
    assert plan.line_up_mbit_s[1] == pytest.approx(plan.up_mbit_s + plan.others_up_mbit_s)
    assert plan.machines == 11
    assert (plan.radios, plan.pupils_per_radio) == (None, None)


def test_each_room_has_radios_of_its_own() -> None:
    """Nine pupils in two rooms, four on a radio: 5 and 4, or 5 and 5 by rounding up, take two each at most."""
    assert planned(RADIOS, pupils=4).radios == 1
    assert planned(RADIOS, pupils=5).radios == 2
    assert planned(RADIOS, pupils=9, rooms=()).radios == 3
    assert planned(RADIOS).pupils_per_radio == 4


def with_agreement(ends_on: date, devices: Evidence = NOTHING) -> Verdict:
    """A profile that asks for nothing that takes measuring."""
    at = msgspec.structs.replace(school(), agreements=[Agreement("Internet", ends_on)])
    return judged([ENDS], devices.observations, at=at, devices=devices.devices)


def test_no_plan_is_ready() -> None:
    """Not even by a profile whose every requirement holds; what is known to fail fails all the same."""
    assert with_agreement(date(2030, 1, 1)).status is Status.UNKNOWN
    assert with_agreement(date(2030, 1, 1)).headroom is None
    assert with_agreement(date(2026, 11, 1)).status is Status.NOT_READY
    measured = evidence([memory(1, 8192)])
    assert with_agreement(date(2030, 1, 1), measured).status is Status.READY
    assert with_agreement(date(2030, 1, 1), measured).plan is None


def unmeasured(found: Evidence) -> bool:
    """Whether nothing in it counts as measured."""
    return is_unmeasured(index_evidence(found, NOW))


def test_anything_measured_ends_the_plan() -> None:
    """Machines that are enrolled and have told nothing do not, nor what anybody may have sent; gear does."""
    assert unmeasured(evidence([], [device(1)]))
    stranger = msgspec.structs.replace(device(1), kind="web")
    assert unmeasured(evidence([memory(1, 8192)], [stranger]))
    assert not unmeasured(evidence([memory(1, 8192)]))
    load = UplinkLoad("switch", NOW, 60.0, 1.0, 1.0)
    assert not unmeasured(Evidence(SCHOOL, [], [], uplink=[load]))


@given(st.integers(1, 500))
def test_more_pupils_never_take_less(pupils: int) -> None:
    fewer, more = planned(RADIOS, pupils=pupils), planned(RADIOS, pupils=pupils + 1)
    for name in ("down_mbit_s", "up_mbit_s", "start_mbit_s", "machines", "radios"):
        assert getattr(fewer, name) <= getattr(more, name)
