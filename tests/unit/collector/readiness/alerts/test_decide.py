"""What is said when, told as scripts in time, and what must hold whatever happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.alerts.decide import Decision
from collector.readiness.domain.model import Finding, Status, Verdict
from tests.support.alert_scenes import DAYS_BEFORE, START, Scene, days_before, judged, requirement, shown
from tests.support.verdicts import finding

NOT_READY, AT_RISK, UNKNOWN, READY = Status.NOT_READY, Status.AT_RISK, Status.UNKNOWN, Status.READY
Step = tuple[float, Verdict | None, list[str], list[str]]


def line(status: Status) -> Verdict:
    """The sitting with only the line judged."""
    return judged(finding("line", status))


LATER = judged(finding("line", NOT_READY), starts_at=START + timedelta(days=60))

SCRIPTS: dict[str, list[Step]] = {
    "every stage says it again and ends the stage before": [
        (40, line(NOT_READY), [], []),
        (30, line(NOT_READY), ["line not_ready 30"], []),
        (20, line(NOT_READY), ["line not_ready 30"], []),
        (14, line(NOT_READY), ["line not_ready 14"], ["line not_ready 30: replaced"]),
        (7, line(NOT_READY), ["line not_ready 7"], ["line not_ready 14: replaced"]),
        (1, line(NOT_READY), ["line not_ready 1"], ["line not_ready 7: replaced"]),
        (0, line(NOT_READY), ["line not_ready 0"], ["line not_ready 1: replaced"]),
        (-0.5, line(NOT_READY), [], ["line not_ready 0: withdrawn"]),
        (-1, line(NOT_READY), [], []),
    ],
    "mended once": [
        (14, line(NOT_READY), ["line not_ready 14"], []),
        (13, line(READY), [], ["line not_ready 14: mended"]),
        (12, line(READY), [], []),
        (11, line(NOT_READY), ["line not_ready 14"], []),
    ],
    "another status is said anew": [
        (10, line(UNKNOWN), ["line unknown 14"], []),
        (9, line(NOT_READY), ["line not_ready 14"], ["line unknown 14: replaced"]),
        (8, line(AT_RISK), ["line at_risk 14"], ["line not_ready 14: replaced"]),
    ],
    "the cause takes over from what it explains": [
        (10, judged(finding("path", NOT_READY)), ["path not_ready 14"], []),
        (
            9,
            judged(finding("line", NOT_READY), finding("path", NOT_READY, caused_by="line")),
            ["line not_ready 14"],
            ["path not_ready 14: replaced"],
        ),
    ],
    "a school that could not be judged is unknown, not mended": [
        (10, line(NOT_READY), ["line not_ready 14"], []),
        (9, judged(), ["verdict unknown 14"], ["line not_ready 14: replaced"]),
        (8, line(NOT_READY), ["line not_ready 14"], ["verdict unknown 14: replaced"]),
    ],
    "a whole verdict can be mended": [
        (10, judged(), ["verdict unknown 14"], []),
        (9, line(READY), [], ["verdict unknown 14: mended"]),
    ],
    "a requirement that is no longer asked for is withdrawn": [
        (10, judged(finding("line", NOT_READY), finding("path")), ["line not_ready 14"], []),
        (9, judged(finding("path")), [], ["line not_ready 14: withdrawn"]),
    ],
    "a sitting that left the calendar is withdrawn": [
        (10, line(NOT_READY), ["line not_ready 14"], []),
        (9, None, [], ["line not_ready 14: withdrawn"]),
    ],
    "a sitting that is marked as held is withdrawn": [
        (10, line(NOT_READY), ["line not_ready 14"], []),
        (9, judged(finding("line", NOT_READY), held=True), [], ["line not_ready 14: withdrawn"]),
    ],
    "a sitting moved beyond the first stage is withdrawn and comes back": [
        (10, line(NOT_READY), ["line not_ready 14"], []),
        (9, LATER, [], ["line not_ready 14: withdrawn"]),
        (8, line(NOT_READY), ["line not_ready 14"], []),
    ],
    "simulated or not is another alert": [
        (10, judged(finding("line", NOT_READY), simulated=True), ["line not_ready 14"], []),
        (9, line(NOT_READY), ["line not_ready 14"], ["line not_ready 14: replaced"]),
    ],
}  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_scripts_in_time(script: list[Step]) -> None:
    """Each line: days before the sitting, what was judged, what is active, what ended."""
    scene = Scene()
    for days, verdict, active, ended in script:
        assert shown(scene.at(days_before(days), *([verdict] if verdict else []))) == (active, ended), days


def test_two_causes_are_two_alerts_and_end_apart() -> None:
    """One cause mended leaves the other standing."""
    scene = Scene()
    both = judged(finding("line", NOT_READY), finding("devices", UNKNOWN))
    assert shown(scene.at(days_before(10), both))[0] == ["devices unknown 14", "line not_ready 14"]
    after = scene.at(days_before(9), judged(finding("line"), finding("devices", UNKNOWN)))
    assert shown(after) == (["devices unknown 14"], ["line not_ready 14: mended"])


def test_not_yet_judged_changes_nothing() -> None:
    """A collector that has just started has no verdict of the sitting: it is neither said again nor ended."""
    scene = Scene()
    scene.at(days_before(10), line(NOT_READY))
    before = scene.said
    silent = scene.at(days_before(9), calendar=[line(NOT_READY).sitting])
    assert (shown(silent), silent.said, silent.changed) == (([], []), before, [])


def test_it_must_last_before_anyone_is_warned() -> None:
    """With `visible_after_h` 24 a line that is slow for a day less a minute is nobody's business yet."""
    scene = Scene(requirement("line", visible_after_h=24))
    first = days_before(10)
    assert shown(scene.at(first, line(NOT_READY))) == ([], [])
    assert shown(scene.at(first + timedelta(hours=23, minutes=59), line(NOT_READY))) == ([], [])
    told = scene.at(first + timedelta(hours=24), line(NOT_READY))
    assert shown(told)[0] == ["line not_ready 14"]
    assert told.active[0].said.since == first
    assert told.active[0].said.said_at == first + timedelta(hours=24)


def test_a_mend_before_it_was_visible_is_silent_and_starts_anew() -> None:
    """What was never said is not said to be mended, and the next time counts from its own beginning."""
    scene = Scene(requirement("line", visible_after_h=24))
    scene.at(days_before(10), line(NOT_READY))
    assert shown(scene.at(days_before(9.5), line(READY))) == ([], [])
    scene.at(days_before(9.4), line(NOT_READY))
    assert shown(scene.at(days_before(8.5), line(NOT_READY))) == ([], [])
    assert shown(scene.at(days_before(8.4), line(NOT_READY)))[0] == ["line not_ready 14"]


def test_what_lasted_before_the_first_stage_is_said_at_once_when_it_comes() -> None:
    """Time before the first stage counts."""
    scene = Scene(requirement("line", visible_after_h=48))
    scene.at(days_before(40), line(NOT_READY))
    assert shown(scene.at(days_before(30), line(NOT_READY)))[0] == ["line not_ready 30"]


def test_the_state_says_since_when_and_what_changed() -> None:
    """`changed` holds what is new, and nothing when nothing is."""
    scene = Scene()
    told = scene.at(days_before(10), line(NOT_READY))
    assert told.changed == told.said
    assert [record.key for record in told.said] == ["10000001/ek-9-ma/line"]
    assert scene.at(days_before(9), line(NOT_READY)).changed == []
    closed = scene.at(days_before(8), line(READY)).changed
    assert [record.ended_at for record in closed] == [days_before(8)]


STATUSES = st.sampled_from(list(Status))
NAMES = ("line", "path", "devices")


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    """Any mixture of findings, explained by each other in any way, also in circles."""
    findings: list[Finding] = []
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=5)):
        caused_by = draw(st.sampled_from([None, *NAMES]))
        findings.append(finding(name, draw(STATUSES), caused_by=caused_by))
    return judged(*findings)


SCENARIOS = st.lists(st.tuples(st.floats(-0.02, 45), verdicts()), min_size=1, max_size=8)


def play(steps: list[tuple[float, Verdict]], scene: Scene) -> list[tuple[Verdict, Decision]]:
    """The steps in the order of time."""
    ordered = sorted(steps, key=lambda step: -step[0])
    return [(verdict, scene.at(days_before(days), verdict)) for days, verdict in ordered]


@given(steps=SCENARIOS)
def test_asked_again_it_says_the_same_and_ends_nothing(steps: list[tuple[float, Verdict]]) -> None:
    """The second decision at the same moment changes nothing."""
    scene = Scene()
    played = play(steps, scene)
    verdict, decision = played[-1]
    again = scene.at(days_before(min(days for days, _ in steps)), verdict)
    assert again.active == decision.active
    assert (again.ended, again.changed) == ([], [])


@given(steps=SCENARIOS)
def test_never_two_alerts_for_one_cause(steps: list[tuple[float, Verdict]]) -> None:
    """What a receiver holds as firing is exactly what is active, one per cause: nothing is left behind."""
    firing: set[tuple[str, Status, int | None]] = set()
    for _, decision in play(steps, Scene()):
        firing -= {(e.said.key, e.said.status, e.said.stage) for e in decision.ended}
        firing |= {(a.said.key, a.said.status, a.said.stage) for a in decision.active}
        assert len({key for key, _, _ in firing}) == len(firing) == len(decision.active)


@given(steps=SCENARIOS)
def test_after_a_mend_nothing_is_left(steps: list[tuple[float, Verdict]]) -> None:
    """When all is ready everything that was active ends, and nothing is open."""
    scene = Scene()
    last = play(steps, scene)[-1][1]
    mended = scene.at(days_before(-0.02), judged(*(finding(name) for name in NAMES)))
    assert mended.active == []
    assert {e.said.key for e in mended.ended} == {a.said.key for a in last.active}
    assert all(record.ended_at is not None for record in mended.said)


@given(verdict=verdicts(), days=st.integers(0, max(DAYS_BEFORE)))
def test_within_the_stages_silence_means_ready(verdict: Verdict, days: int) -> None:
    """A verdict that is not ready is never silent, and a ready one always is."""
    decision = Scene().at(days_before(days), verdict)
    assert bool(decision.active) == (verdict.status is not READY)
