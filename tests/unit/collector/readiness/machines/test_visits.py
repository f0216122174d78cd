"""Browsers are not machines: how many machines there are at least, and what a sitting comes to by that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.ingest.validate import CLOCK_TOLERANCE_S
from collector.readiness.domain.model import DeviceSeen, Finding, Observation, Requirement, Status, Text
from collector.readiness.evidence.index import index_evidence
from collector.readiness.machines.visits import CLOCK_TOLERANCE, Crowd, largest_crowd
from tests.unit.collector.readiness.cases import (
    FRESH,
    NOW,
    PASS,
    device,
    evidence,
    figure,
    found,
    judged,
    memory,
    observation,
    on_school,
    requirement,
    school,
    sitting,
    step,
    supervised,
)

DAYS = figure(14, "days")
MEMORY = requirement()
USABLE = on_school("devices.usable_headroom")
LESSON = NOW - timedelta(days=1)
NEEDED = 11
"""Ten pupils and the test profile's spare."""


def browser(number: int) -> DeviceSeen:
    """An enrolled browser."""
    return msgspec.structs.replace(device(number), kind="web")


def machine(of: DeviceSeen, mib: int, system: str | None = None) -> Observation:
    """What it tells of itself; browsers run on Chromebooks and agents on Windows, unless told otherwise."""
    told = system or ("chromeos" if of.kind == "web" else "windows")
    session = PASS if of.kind == "web" else None
    return observation(of.device_id, "device", {"memory_total_mib": mib, "os_name": told}, session=session)


def visit(of: int, begins_min: float, lasts_min: float = 15, *, since: datetime = LESSON) -> Observation:
    """The marks of one visit in a supervised session, as the store joins them."""
    begins = since + timedelta(minutes=begins_min)
    page = {"page": f"{of} {begins.isoformat()}"}
    return observation(of, "visit", page, first_at=begins, at=begins + timedelta(minutes=lasts_min), session=PASS)


def crowd(visits: Sequence[Observation], browsers: int) -> Crowd:
    """Of the browsers 0..."""
    listed = [browser(number) for number in range(browsers)]
    return largest_crowd(index_evidence(evidence(visits, listed), NOW), [one.device_id for one in listed], DAYS)


BROWSERS = 6
VISITS = st.lists(
    st.builds(visit, st.integers(0, BROWSERS - 1), st.integers(0, 60), st.integers(0, 15)), max_size=15
)  # fmt: skip


def test_the_tolerance_is_the_collectors() -> None:
    """The clocks that it leaves as they are."""
    assert timedelta(seconds=CLOCK_TOLERANCE_S) == CLOCK_TOLERANCE


@given(VISITS, st.integers(0, BROWSERS))
def test_never_more_machines_than_browsers(visits: list[Observation], browsers: int) -> None:
    """And one where there is any."""
    assert min(1, browsers) <= crowd(visits, browsers).browsers <= browsers


@given(VISITS, VISITS)
def test_one_more_visit_is_never_fewer(before: list[Observation], more: list[Observation]) -> None:
    """What was shown once stays shown."""
    assert crowd([*before, *more], BROWSERS).browsers >= crowd(before, BROWSERS).browsers


@given(VISITS.flatmap(lambda visits: st.tuples(st.just(visits), st.permutations(visits))))
def test_the_order_does_not_matter(both: tuple[list[Observation], list[Observation]]) -> None:
    """Neither to how many nor to when."""
    first, second = both
    assert crowd(first, BROWSERS) == crowd(second, BROWSERS)


@given(st.lists(st.tuples(st.integers(0, BROWSERS - 1), st.floats(0, 15), st.floats(0, 30)), min_size=1, max_size=20))
def test_in_turn_is_one_machine(turns: list[tuple[int, float, float]]) -> None:
    """However often each comes back, and however soon after the one before."""
    visits, begins = [], 0.0
    for number, lasts, pause in turns:
        visits.append(visit(number, begins, lasts))
        begins += lasts + 0.01 + pause
    assert crowd(visits, BROWSERS) == Crowd(1)


@given(st.lists(st.lists(st.floats(0, 15), min_size=1, max_size=4), min_size=1, max_size=6), st.data())
def test_never_more_than_there_are(machines: list[list[float]], data: st.DataObject) -> None:
    """Some machines, each with pupils who share it in turn; one clock may be corrected between two of its visits."""
    visits, number = [], 0
    for turns in machines:
        begins = data.draw(st.floats(0, 30))
        for lasts in turns:
            ahead_min = data.draw(st.sampled_from([0.0, CLOCK_TOLERANCE.total_seconds() / 60]))
            visits.append(visit(number, begins + ahead_min, lasts))
            number, begins = number + 1, begins + lasts + 0.01
    assert crowd(visits, number).browsers <= len(machines)


def test_a_lesson_together() -> None:
    """Who comes last within the time that the page marks is still together with who came first."""
    assert crowd([visit(number, number / 2) for number in range(26)], 26) == Crowd(26, LESSON + timedelta(minutes=12.5))


def test_a_visit_that_is_too_short_shows_one_machine() -> None:
    """Only a first mark, or none but within the tolerance of clocks."""
    assert crowd([visit(number, 0, 0.9) for number in range(5)], 5) == Crowd(1)


def test_two_pages_of_one_browser_are_one() -> None:
    """It is not with itself."""
    assert crowd([visit(0, 0), visit(0, 5), visit(1, 17)], 2) == Crowd(2, LESSON + timedelta(minutes=17))
    assert crowd([visit(0, 0), visit(0, 5)], 2) == Crowd(1)


def test_what_is_too_old_shows_nothing() -> None:
    """The machines may be gone since."""
    old = [visit(number, 0, since=NOW - timedelta(days=15)) for number in range(5)]
    assert crowd(old, 5) == Crowd(1)


# --- what a sitting comes to


def school_finding(
    rule: Requirement,
    agents: int,
    visits: Sequence[Observation],
    browsers: int,
    *,
    bad: int = 0,
    owned: int | None = None,
) -> Finding:
    """By agents in order, browsers in order and `bad` ones, which are numbered last. The school owns no more."""
    web = [browser(number) for number in range(browsers + bad)]
    ones = [*web, *(device(100 + number) for number in range(agents))]
    said = [machine(one, 512 if one in web[browsers:] else 8192) for one in ones]
    rules, owned = [MEMORY, USABLE], len(ones) if owned is None else owned
    verdict = judged(rules, [*said, *visits], devices=ones, about=sitting(pupils=10), at=school(devices=owned))
    return verdict.findings[rules.index(rule)]


def together(browsers: int) -> list[Observation]:
    """One lesson."""
    return [visit(number, 0) for number in range(browsers)]


@pytest.mark.parametrize("rule", [MEMORY, USABLE], ids=["single", "usable"])
def test_shared_in_turn_is_unknown(rule: Requirement) -> None:
    """One machine and thirty pupils: thirty browsers in order, and nobody knows."""
    in_turn = [visit(number, 20 * number) for number in range(30)]
    finding = school_finding(rule, 0, in_turn, 30)
    assert (finding.status, finding.measured, finding.headroom) == (Status.UNKNOWN, 1, None)
    assert finding.why.code == "why_devices_maybe_shared"
    values = finding.why.values
    assert (values["ok"], values["need"], values["browsers"], values["at_once"]) == (1, NEEDED, 30, 1)
    assert finding.advice == [Text("advice_devices_together")]
    assert (step(finding, "step_browsers_usable"), step(finding, "step_browsers_at_once")) == (30, 1)


@pytest.mark.parametrize("rule", [MEMORY, USABLE], ids=["single", "usable"])
def test_together_is_ready(rule: Requirement) -> None:
    """As many as needed at once, of browsers alone or with agents; and it says when."""
    finding = school_finding(rule, 0, together(NEEDED), NEEDED)
    assert (finding.status, finding.measured) == (Status.READY, NEEDED)
    [at_once] = [one for one in finding.steps if one.name == "step_browsers_at_once"]
    assert (at_once.value, at_once.at) == (NEEDED, LESSON)
    assert school_finding(rule, 6, together(5), 5).status is Status.READY
    assert school_finding(rule, 6, together(4), 5).status is Status.UNKNOWN


@pytest.mark.parametrize("rule", [MEMORY, USABLE], ids=["single", "usable"])
def test_too_few_however_they_are_counted(rule: Requirement) -> None:
    """Nothing that is not known could change it."""
    finding = school_finding(rule, 3, [], 6)
    assert (finding.status, finding.measured) == (Status.NOT_READY, 4)
    assert Text("advice_devices_together") not in finding.advice
    at_the_limit = school_finding(rule, 0, together(10), 10)
    assert at_the_limit.status is Status.AT_RISK


def test_a_machine_that_many_failed_at_is_one() -> None:
    """Thirty pupils in turn at one that is too small say nothing of the other nineteen that the school owns."""
    in_turn = [visit(number, 20 * number) for number in range(30)]
    finding = school_finding(MEMORY, 0, in_turn, 0, bad=30, owned=20)
    assert (finding.status, finding.measured) == (Status.UNKNOWN, 0)
    assert school_finding(MEMORY, 0, in_turn, 0, bad=30, owned=1).status is Status.NOT_READY


def test_whether_it_is_enough_without_spares_may_hang_on_it_too() -> None:
    """Ten browsers for ten pupils, one of them alone: at risk if they are ten machines, else not ready."""
    finding = school_finding(MEMORY, 0, together(9), 10)
    assert (finding.status, finding.why.code) == (Status.UNKNOWN, "why_devices_maybe_shared")


def test_only_browsers_in_order_make_the_crowd() -> None:
    """Twenty at once, of which ten are in order."""
    finding = school_finding(MEMORY, 0, [visit(number, 0) for number in range(20)], 10, bad=10)
    assert (finding.status, finding.measured) == (Status.AT_RISK, 10)


def test_browsers_at_the_limit_are_counted_at_once_too() -> None:
    """A softer value satisfied in turn is no more known than the full one."""
    softer = requirement(at_risk_value=2048)
    ones = [browser(number) for number in range(NEEDED)]
    said = [machine(one, 3000) for one in ones]
    in_turn = found(softer, said, devices=ones, at=school(devices=NEEDED))
    at_once = found(softer, [*said, *together(NEEDED)], devices=ones, at=school(devices=NEEDED))
    assert (in_turn.status, at_once.status) == (Status.UNKNOWN, Status.AT_RISK)
    assert in_turn.why == Text("why_devices_maybe_shared", {"browsers": NEEDED, "at_once": 1, "ok": 0, "need": NEEDED})


@given(st.integers(0, 14), st.integers(0, 14), VISITS)
def test_ready_only_by_what_is_known(agents: int, browsers: int, visits: list[Observation]) -> None:
    """Agents, and browsers at once, reach what is needed; all browsers together never do by themselves."""
    finding = school_finding(MEMORY, agents, visits, browsers)
    certain = agents + crowd(visits, browsers).browsers
    assert (finding.status is Status.READY) == (certain >= NEEDED)
    assert (finding.status is Status.NOT_READY) == (agents + browsers < 10)


@given(st.integers(0, 14))
def test_a_school_with_agents_alone_is_as_ever(agents: int) -> None:
    """Each is a machine, and nothing is said of browsers."""
    finding = school_finding(MEMORY, agents, [], 0)
    wanted = Status.READY if agents >= NEEDED else Status.AT_RISK if agents == 10 else Status.NOT_READY
    assert (finding.status, finding.measured) == (wanted, agents)
    assert not [one for one in finding.steps if one.name.startswith("step_browsers")]


def test_a_browser_that_keeps_nothing_is_never_in_the_crowd() -> None:
    """It may be here twice, at once too."""
    ones = [msgspec.structs.replace(device(number), kind="web_once") for number in range(NEEDED)]
    said = supervised(*(memory(number, 8192, at=FRESH) for number in range(NEEDED)))
    finding = found(MEMORY, [*said, *together(NEEDED)], devices=ones, at=school(devices=0))
    assert (finding.status, finding.measured) == (Status.NOT_READY, 0)
