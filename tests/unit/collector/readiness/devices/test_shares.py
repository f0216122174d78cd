"""Law 13: a share is judged as a share. A machine that does not get through is one machine; so many that it can not be
chance are the year group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from agent.protocol.wire import Facts
from collector.readiness.domain.model import Finding, Observation, Requirement, Status, Text, Verdict
from collector.readiness.occasions.occasion import alone
from collector.readiness.verdict.judge import judge
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    device,
    evidence,
    found,
    judged,
    memory,
    observation,
    on_school,
    profile,
    requirement,
    school,
    sitting,
    step,
    supervised,
)

LOGIN = on_school("rungs.login_ratio", value=0.9, at_risk_value=0.5)
PATH = on_school("path.reached_ratio", value=0.9, at_risk_value=0.5)
USABLE = on_school("devices.usable_headroom")
TEN = sitting(pupils=10)
"""Needs 11 devices."""


def login(of: int, status: str = "ok", *, code: str | None = None, at_h: float = 1) -> Observation:
    """A machine that climbed as far as the login."""
    row: Facts = {"rung": "login", "kind": "login", "target": "idp.example", "status": status, "error_code": code}
    return observation(of, "ladder", rows=[row], at=NOW - timedelta(hours=at_h))


def logins(holding: int, failing: int) -> list[Observation]:
    """So many that get through, and so many that do not."""
    well = [login(n) for n in range(holding)]
    return [*well, *(login(holding + n, "failed", code="login_error") for n in range(failing))]


@pytest.mark.parametrize(
    ("holding", "failing", "status"),
    [
        (0, 1, Status.UNKNOWN),
        (1, 1, Status.UNKNOWN),
        (3, 0, Status.UNKNOWN),
        (4, 0, Status.READY),
        (0, 3, Status.UNKNOWN),
        (0, 4, Status.NOT_READY),
        (8, 4, Status.UNKNOWN),
        (30, 3, Status.READY),
        (30, 4, Status.AT_RISK),
        (82, 1, Status.READY),
        (12, 71, Status.NOT_READY),
    ],
)
def test_how_many_make_it_the_year_groups(holding: int, failing: int, status: Status) -> None:
    """Four all alike settle it; one of 83 is one machine."""
    assert found(LOGIN, logins(holding, failing)).status is status


@pytest.mark.parametrize(
    ("holding", "failing", "owned", "status"),
    [
        (2, 0, 2, Status.READY),
        (0, 2, 2, Status.NOT_READY),
        (1, 1, 2, Status.AT_RISK),
        (3, 0, 5, Status.READY),
        (3, 0, 60, Status.UNKNOWN),
        (9, 0, 3, Status.READY),
    ],
)
def test_of_a_school_that_says_how_many_it_has(holding: int, failing: int, owned: int, status: Status) -> None:
    """What is left to chance is only the machines that did not try; a number too small is taken for what was seen."""
    assert found(LOGIN, logins(holding, failing), at=school(devices=owned)).status is status


def test_how_many_more_would_settle_it() -> None:
    """Three have got through; one more that does is enough."""
    finding = found(LOGIN, logins(3, 0))
    assert finding.why.code == "why_share_too_few"
    assert Text("advice_share_more", {"devices": 1}) in finding.advice
    assert found(LOGIN, logins(4, 0)).status is Status.READY


def test_what_is_slow_is_at_the_limit() -> None:
    """It holds for all, and for few as it should."""
    slow = [login(n, "slow", code="slow") for n in range(9)]
    assert found(LOGIN, slow).status is Status.AT_RISK
    strict = msgspec.structs.replace(LOGIN, at_risk_value=None, value=0.5)
    assert found(strict, slow).status is Status.AT_RISK


def test_the_numbers_add_up() -> None:
    """A reader who divides gets the share, and sees the bounds and whose machine it is."""
    finding = found(LOGIN, logins(30, 4))
    assert finding.measured == 30 / 34
    assert (finding.required, finding.headroom) == (0.9, None)
    assert [step(finding, f"step_share_{part}") for part in ("good", "slow", "failing", "silent")] == [30, 0, 4, 0]
    assert step(finding, "step_share_least") < 30 / 34 < step(finding, "step_share_most")  # type: ignore[operator]  # both are numbers
    machines = [one for one in finding.steps if one.name == "step_device_failed"]
    assert [one.source for one in machines] == [f"ladder.login of {n} (login_error)" for n in range(30, 34)]
    assert finding.evidence.count == 34


def test_the_remedy_follows_from_the_cause() -> None:
    """Most need a name looked up; one has a clock that is off."""
    some = [login(n, "failed", code="name_not_found") for n in range(5)]
    finding = found(LOGIN, [*some, login(5, "failed", code="certificate_not_yet_valid")])
    assert finding.advice[:2] == [
        Text("advice_cause_dns", {"devices": 5, "what": "idp.example"}),
        Text("advice_cause_clock", {"devices": 1, "what": "idp.example"}),
    ]
    other = found(LOGIN, [login(n, "failed", code="brand_new") for n in range(5)])
    assert other.advice == [Text("advice_cause_other", {"devices": 5, "what": "idp.example"})]


def test_what_nobody_set_up_is_unknown_with_how_to() -> None:
    """Law 1. And where nobody has climbed at all, that is said instead."""
    elsewhere: Facts = {"rung": "link", "kind": "link", "status": "ok"}
    finding = found(LOGIN, [observation(1, "ladder", rows=[elsewhere])])
    assert (finding.status, finding.why) == (Status.UNKNOWN, Text("why_rung_not_set_up"))
    assert finding.advice == [Text("advice_rung_login_set_up")]
    assert found(LOGIN, [memory(1, 8192)]).why == Text("why_rung_never_climbed")


def test_what_nobody_got_to_is_unknown() -> None:
    """The rung is there, and all stopped below it."""
    finding = found(LOGIN, [login(n, "not_reached") for n in range(9)])
    assert (finding.status, finding.why) == (Status.UNKNOWN, Text("why_rung_never_tried", {"days": 14.0}))
    assert finding.advice == [Text("advice_missing_rung_not_reached", {"devices": 9})]


# --- what it means for the count of machines


def counted(observations: Sequence[Observation], *rules: Requirement, owned: int | None = None) -> Verdict:
    """Every machine has memory enough."""
    fit = [memory(n, 8192) for n in {one.device_id for one in observations}]
    return judged([requirement(), *rules, USABLE], [*fit, *observations], about=TEN, at=school(devices=owned))


def usable(verdict: Verdict) -> Finding:
    """How many of the machines can be used."""
    return verdict.findings[-1]


def test_one_of_83_is_one_machine_that_is_not_usable() -> None:
    """The year group is ready, and the machine is listed with what stops it."""
    verdict = counted(logins(82, 1), LOGIN)
    assert [one.status for one in verdict.findings] == [Status.READY] * 3
    assert usable(verdict).measured == 82
    listed = [one.source for one in usable(verdict).steps if one.name == "step_device_failed"]
    assert listed == ["ladder.login of 82 (login_error)"]


def test_too_many_that_do_not_get_through_are_too_few_machines() -> None:
    """11 are needed, and 10 of 12 that the school owns can be used."""
    verdict = counted(logins(10, 2), LOGIN, owned=12)
    assert usable(verdict).status is Status.AT_RISK
    assert counted(logins(9, 3), LOGIN, owned=12).status is Status.NOT_READY


def test_a_shortage_by_what_stops_machines_is_blamed_on_that() -> None:
    """The first rung that breaks explains what follows; a shortage of its own stays one of its own."""
    causes = {one.requirement: one.caused_by for one in counted(logins(2, 10), LOGIN, owned=12).findings}
    assert causes == {"memory": None, LOGIN.id: None, USABLE.id: LOGIN.id}
    few = {one.requirement: one.caused_by for one in counted(logins(3, 0), LOGIN, owned=3).findings}
    assert few == {"memory": None, LOGIN.id: None, USABLE.id: None}


def test_an_agent_that_never_climbed_is_open_and_a_browser_is_not_asked() -> None:
    """Law 1: what could have been measured and was not is unknown."""
    climbed, silent = logins(10, 0), memory(10, 8192)
    fit = [memory(n, 8192) for n in range(11)]
    rules = [requirement(), LOGIN, USABLE]
    assert judged(rules, [*fit, *climbed, silent], about=TEN).findings[-1].status is Status.UNKNOWN
    browser = msgspec.structs.replace(device(10), kind="web")
    ones = [device(n) for n in range(10)]
    fit = [*fit[:10], *supervised(fit[10])]
    assert judged(rules, [*fit, *climbed], about=TEN, devices=[*ones, browser]).findings[-1].measured == 10


def test_only_what_is_required_takes_a_machine_away() -> None:
    """A rung that is asked for only if it is known puts nobody aside."""
    mild = msgspec.structs.replace(LOGIN, severity="if_known")
    assert usable(counted(logins(10, 2), mild, owned=12)).measured == 12


def test_a_rung_that_nobody_has_leaves_the_count_alone() -> None:
    """It is the login that is unknown, and not each machine besides."""
    link: Facts = {"rung": "link", "kind": "link", "status": "ok"}
    verdict = counted([observation(n, "ladder", rows=[link]) for n in range(12)], LOGIN)
    assert [one.status for one in verdict.findings] == [Status.READY, Status.UNKNOWN, Status.READY]


def test_a_single_school_cannot_tell_whose_it_is() -> None:
    """What fails beyond it may fail for all; its own gateway is its own."""
    one_school = replace(alone(TEN, school(), NOW), is_only_school=True)
    for kind, whose in (("login", True), ("gateway", False)):
        row: Facts = {"rung": kind, "kind": kind, "target": "x.example", "status": "failed", "error_code": "no_answer"}
        seen = evidence([observation(n, "ladder", rows=[row]) for n in range(4)])
        rule = on_school(f"rungs.{kind}_ratio", value=0.9, at_risk_value=0.5)
        for occasion, told in ((one_school, whose), (replace(one_school, is_only_school=False), False)):
            [finding] = judge(occasion, profile(rule), {school().code: seen}, RELEASES, NOW).findings
            assert (Text("advice_only_school") in finding.advice) is told


# --- path.reached_ratio


def path(of: int, reached: int, *, tried: int = 3, failing: Sequence[str] = (), at_h: float = 1) -> Observation:
    """A device that reached so many of the hosts it tried."""
    rows: list[Facts] = [{"host": "fine.example", "port": 443}]
    rows += [{"host": host, "port": 443, "error_code": "no_answer"} for host in failing]
    facts: Facts = {"hosts_count": tried, "hosts_reached_count": reached}
    return observation(of, "path", facts, rows=rows, at=NOW - timedelta(hours=at_h))


def test_the_host_that_fails_most_is_named() -> None:
    """Four devices miss one host, one of them misses another too."""
    blocked = [path(n, 2, failing=["login.example"]) for n in range(3)]
    finding = found(PATH, [*blocked, path(3, 1, failing=["film.example", "login.example"])])
    assert (finding.status, finding.measured) == (Status.NOT_READY, 0.0)
    assert finding.advice[0] == Text("advice_cause_blocked", {"devices": 3, "what": "login.example"})
    hosts = [(one.value, one.source) for one in finding.steps if one.name == "step_path_host_failed"]
    assert hosts == [(4, "path rows: login.example"), (1, "path rows: film.example")]


def test_one_blocked_of_two_is_not_mended_by_waiting() -> None:
    """The old behaviour: 13 days later only the other one counted, and all was well."""
    for days in (0, 13, 15, 40):
        blocked = path(1, 2, failing=["login.example"], at_h=24 * days + 1)
        assert found(PATH, [blocked, path(2, 3)]).status is Status.UNKNOWN
        assert found(PATH, [blocked, path(2, 3)], at=school(devices=2)).status is Status.AT_RISK


def test_a_path_that_gives_no_result_mends_nothing() -> None:
    """A timeout; a new try that reaches all does."""
    blocked = [path(n, 2, failing=["login.example"], at_h=30) for n in range(4)]
    timed_out = [observation(n, "path", status="timeout") for n in range(4)]
    assert found(PATH, [*blocked, *timed_out]).status is Status.NOT_READY
    assert found(PATH, [*blocked, *(path(n, 3) for n in range(4))]).status is Status.READY


def test_a_path_that_was_whole_is_not_known_after_a_timeout() -> None:
    """Old good news."""
    whole = [path(n, 3, at_h=30) for n in range(6)]
    finding = found(PATH, [*whole, *(observation(n, "path", status="timeout") for n in range(6))])
    assert (finding.status, finding.why.code) == (Status.UNKNOWN, "why_path_never_measured")
    assert finding.advice == [Text("advice_missing_probe_failed", {"devices": 6})]


def test_browsers_that_go_another_way_are_not_known() -> None:
    """Where a script (PAC) leads them: what is closed to the probe may be open to them. An older fault stays one."""
    facts: Facts = {"hosts_count": 3, "hosts_reached_count": None}
    reason = {"hosts_reached_count": "pac_not_evaluated"}
    scripted = [observation(n, "path", facts, missing=reason) for n in range(6)]
    finding = found(PATH, scripted)
    assert (finding.status, finding.advice) == (Status.UNKNOWN, [Text("advice_missing_pac", {"devices": 6})])
    blocked = [path(n, 2, failing=["login.example"], at_h=30) for n in range(6)]
    assert found(PATH, [*blocked, *scripted]).status is Status.NOT_READY


def test_no_hosts_to_try_is_unknown() -> None:
    """Nothing was asked, so nothing is known."""
    assert found(PATH, [path(1, 0, tried=0)]).why == Text("why_path_no_hosts")
    assert found(PATH, []).why == Text("why_path_never_measured", {"days": 14})
