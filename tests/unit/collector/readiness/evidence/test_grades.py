"""Law 12: what anybody may have sent is a hint, and no rule ever sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.model import DeviceKind, DeviceSeen, Observation, Text
from collector.readiness.domain.verdicts import hint_text
from collector.readiness.evidence.grades import grade_of
from collector.readiness.evidence.index import index_evidence, index_of_itself
from tests.unit.collector.readiness.cases import (
    FRESH,
    NOW,
    PASS,
    device,
    evidence,
    hourly,
    judged,
    memory,
    observation,
    on_school,
    requirement,
    school,
    supervised,
)

MEMORY = requirement()
RULES = [
    MEMORY,
    on_school("devices.usable_headroom"),
    on_school("line.down_headroom", value=1.3, at_risk_value=1.0),
    on_school("line.up_headroom", value=1.3, at_risk_value=1.0),
    on_school("path.reached_ratio", at_risk_value=0.9),
    on_school("latency.p95_ms", "at_most", 100),
    on_school("rooms.measured_ratio", at_risk_value=0.3),
    requirement("wifi.signal_dbm", "at_least", -67, named="signal", applies_to="room"),
]


def browser(number: int, kind: DeviceKind = "web") -> DeviceSeen:
    """A browser that joined."""
    return msgspec.structs.replace(device(number), kind=kind)


@pytest.mark.parametrize(
    ("kind", "session", "grade"),
    [
        ("agent", None, "attested"),
        ("web", PASS, "supervised"),
        ("web_once", PASS, "supervised"),
        ("web", None, "anonymous"),
        ("web_once", None, "anonymous"),
    ],
)
def test_grades(kind: DeviceKind, session: str | None, grade: str) -> None:
    """By who sent it and under whose eyes."""
    assert grade_of(browser(1, kind), session) == grade


def test_hints_are_put_aside() -> None:
    """With who gave them: they are no devices, have reported nothing and are in no room."""
    seen = index_evidence(evidence([memory(1, 8192), memory(2, 512)], [device(1), browser(2)]), NOW)
    assert set(seen.devices) == set(seen.reporting) == {"1"}
    assert [one.device_id for one in seen.by_probe["device"]] == ["1"]
    assert set(seen.newest["device"]) == set(seen.newest_in_room["device", "a1"]) == {"1"}
    assert (set(seen.hints.devices), set(seen.hints.newest["device"])) == ({"2"}, {"2"})


def test_what_a_supervised_browser_sends_later_by_itself_is_a_hint() -> None:
    """It does not replace what it said in the session."""
    before = FRESH - timedelta(hours=1)
    said = [*supervised(memory(2, 512, at=before)), memory(2, 8192)]
    seen = index_evidence(evidence(said, [browser(2)]), NOW)
    assert seen.newest["device"]["2"].facts == {"memory_total_mib": 512}
    assert seen.hints.newest["device"]["2"].facts == {"memory_total_mib": 8192}


def test_whoever_sits_at_it_is_told_of_it() -> None:
    """There its own word counts."""
    itself = index_of_itself(evidence([memory(2, 512)], [browser(2)]), NOW)
    assert itself.newest["device"]["2"].facts == {"memory_total_mib": 512}
    assert itself.hints.devices == {}


ANYTHING = st.lists(
    st.one_of(
        st.builds(memory, st.integers(50, 60), st.sampled_from([None, 512, 65_536])),
        st.builds(
            lambda of, rate: observation(of, "throughput", {"down_mbit_s": rate, "up_mbit_s": rate}),
            st.integers(50, 60),
            st.sampled_from([0.1, 5.0, 9_000.0]),
        ),
        st.builds(
            lambda of, dbm: observation(of, "wifi", {"signal_dbm": dbm}), st.integers(50, 60), st.integers(-95, -30)
        ),
        st.builds(lambda of: observation(of, "throughput", status="failed"), st.integers(50, 60)),
        st.builds(
            lambda of, reached: observation(of, "path", {"hosts_count": 2, "hosts_reached_count": reached}),
            st.integers(50, 60),
            st.integers(0, 2),
        ),
    ),
    max_size=12,
)


@given(st.integers(0, 12), st.sampled_from([0.0, 20.0, 900.0]), ANYTHING, st.sampled_from(["web", "web_once"]))
def test_the_verdict_is_the_same_with_them_and_without(
    agents: int, rate: float, sent: Sequence[Observation], kind: DeviceKind
) -> None:
    """Whatever anybody sends, and however much of it: no finding moves, neither to green nor to red."""
    known = [memory(number, 8192) for number in range(agents)]
    if rate:
        known += hourly([rate] * 12) + hourly([rate] * 12, direction="up")
    enrolled = [device(number) for number in range(max(agents, 1 if rate else 0))]
    enrolled += [device(1)] * (rate > 0 and agents < 2)
    strangers = [browser(number, kind) for number in sorted({int(one.device_id) for one in sent})]
    without = judged(RULES, known, devices=enrolled, at=school(devices=12))
    beside = judged(RULES, [*known, *sent], devices=[*enrolled, *strangers], at=school(devices=12))
    assert msgspec.structs.replace(beside, hints=None) == without
    assert (beside.hints is None) == (not sent)


def test_what_the_hints_say() -> None:
    """How many, how many of them meet what is required, how many do not; the rest is not known."""
    softer = msgspec.structs.replace(requirement(value=65_536, named="much"), severity="recommended")
    said = [memory(1, 8192), memory(2, 512), memory(3, None), memory(4, 8192, at=NOW - timedelta(days=8))]
    hints = judged([MEMORY, softer], said, devices=[browser(number) for number in range(1, 5)]).hints
    assert hints is not None
    assert (hints.browsers, hints.fine, hints.lacking, hints.newest_at) == (3, 1, 1, FRESH)
    values: dict[str, str | int | float | datetime] = {"count": 3, "fine": 1, "lacking": 1, "unclear": 1, "at": FRESH}
    assert hint_text(hints) == Text("hints_many", values)
    [alone] = [judged([MEMORY], said[1:2], devices=[browser(2)]).hints]
    assert alone is not None
    assert hint_text(alone).code == "hints_one"


def test_many_strangers_do_not_keep_the_judging_busy() -> None:
    """All are counted, and those heard last are looked at."""
    said = [memory(number, 512, at=FRESH - timedelta(seconds=number)) for number in range(250)]
    hints = judged([MEMORY], said, devices=[browser(number) for number in range(250)]).hints
    assert hints is not None
    assert (hints.browsers, hints.lacking) == (250, 200)


@pytest.mark.parametrize("turned", [False, True])
def test_two_at_the_same_time_do_not_depend_on_their_order(turned: bool) -> None:
    """The one that came in later, else by what they say."""
    both = [memory(1, 512), memory(1, 8192)]
    seen = index_evidence(evidence(both[::-1] if turned else both), NOW)
    assert seen.newest["device"]["1"].facts == {"memory_total_mib": 8192}
    late = msgspec.structs.replace(both[0], received_at=NOW)
    both = [late, msgspec.structs.replace(both[1], received_at=FRESH)]
    seen = index_evidence(evidence(both[::-1] if turned else both), NOW)
    assert seen.newest["device"]["1"] is late


def test_what_came_in_later_is_not_there_yet() -> None:
    """However long before it was measured."""
    late = msgspec.structs.replace(memory(1, 8192), received_at=NOW + timedelta(seconds=1))
    assert index_evidence(evidence([late]), NOW).newest == {}
