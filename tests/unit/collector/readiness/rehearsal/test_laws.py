"""The laws of rehearsals, over the whole verdict: less, older or failed evidence never makes anything greener."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.readiness.domain.model import DeviceSeen, Participant, Rehearsal, Status, Verdict
from collector.readiness.domain.verdicts import BADNESS, badness_of_rooms
from tests.support.judging import judge_alone
from tests.support.properties import examples
from tests.support.rehearsals import HARMED, rehearsal, taking_part
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    device,
    evidence,
    hourly,
    on_school,
    profile,
    requirement,
    school,
    sitting,
)

NAMES = [str(number) for number in range(40)]
BROWSERS = NAMES[20:]
"""All of them in a supervised session, the first twenty are agents."""
ROOMS = ("a1", "a2")
ABOUT = replace(sitting(pupils=40, rooms=ROOMS), starts_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
BEGIN = datetime(2026, 11, 13, 9, 5, tzinfo=UTC)
CARRIED = replace(on_school("rehearsal.carried_ratio", at_risk_value=0.95), severity="required_if_known")
SIGNAL = requirement("room.signal_p10_dbm", value=-67, applies_to="room", unit="dBm", named="signal")
RULES = profile(
    on_school("line.down_headroom", value=1.3, at_risk_value=1.0),
    on_school("line.up_headroom", value=1.3, at_risk_value=1.0),
    on_school("rooms.measured_ratio"),
    on_school("rungs.login_ratio", value=0.9, at_risk_value=0.5),
    CARRIED,
    SIGNAL,
)
RUNS = [*hourly([34.0 + number % 3 / 4 for number in range(39)]), *hourly([300.0, 34.0])[:1]]
UP = hourly([9.0 + number % 3 / 10 for number in range(40)], direction="up", of=4)


def known(name: str) -> DeviceSeen:
    return replace(device(name), kind="web" if name in BROWSERS else "agent")


def part(name: str, index: int) -> Participant:
    [one] = taking_part([name], [ROOMS[index % 2]], down_mbit_s=0.9, up_mbit_s=0.2, reached=["tls", "login"])
    return replace(one, session="s1" if name in BROWSERS else None)


def whole(shift: timedelta = timedelta(0), named: str = "g1") -> Rehearsal:
    parts = [part(name, index) for index, name in enumerate(NAMES)]
    return rehearsal(BEGIN + shift, parts, down_mbit_s=0.9, up_mbit_s=0.2, rehearsal_id=named)


def judged(*held: Rehearsal, now: datetime = NOW) -> Verdict:
    made = evidence([*RUNS, *UP], [known(name) for name in NAMES])
    return judge_alone(ABOUT, school(), RULES, replace(made, rehearsals=list(held)), RELEASES, now)


def statuses(verdict: Verdict) -> dict[str, Status]:
    return {one.requirement: one.status for one in verdict.findings}


def is_no_greener(after: Verdict, before: Verdict) -> bool:
    """No finding is, of those that there were; nor the verdict. Evidence that is taken away may leave open what was
    known to be bad; green it never is.
    """
    then, now = statuses(before), statuses(after)
    pairs = [(_badness(name, now.get(name, Status.UNKNOWN)), _badness(name, status)) for name, status in then.items()]
    bad, good = BADNESS[Status.NOT_READY], BADNESS[Status.AT_RISK]
    worse = all(one >= other or (other == bad and one > good) for one, other in pairs)
    return worse and not (after.status is Status.READY and before.status is not Status.READY)


def _badness(name: str, status: Status) -> float:
    """What counts only if it is known holds nothing back while it is not."""
    return badness_of_rooms("required_if_known" if name == CARRIED.id else "required")[status]


def test_one_rehearsal_settles_all_of_it() -> None:
    """Unknown before it, ready after it."""
    assert judged().status is Status.UNKNOWN
    assert set(statuses(judged()).values()) == {Status.UNKNOWN}
    assert statuses(judged(whole())) == dict.fromkeys([*statuses(judged()), CARRIED.id], Status.READY)


DAYS = on_school("line.measured_days", value=5, at_risk_value=1)


def of_its_day(*held: Rehearsal) -> dict[str, Status]:
    """With what was measured on the day of the rehearsal and never else, twice in each hour."""
    that_day = [one for one in (*RUNS, *UP) if one.last_at.date() == BEGIN.date()]
    half_an_hour = timedelta(minutes=30)
    later = [
        replace(one, **{at: getattr(one, at) + half_an_hour for at in ("first_at", "last_at")}) for one in that_day
    ]
    rules = replace(RULES, requirements=[*RULES.requirements, DAYS])
    made = evidence([*that_day, *later], [known(name) for name in NAMES])
    return statuses(judge_alone(ABOUT, school(), rules, replace(made, rehearsals=list(held)), RELEASES, NOW))


def test_it_settles_the_line_at_once() -> None:
    """Nobody has to wait for five days or 22 hours: until something newer speaks against it."""
    line = ("line.down_headroom", "line.up_headroom", "line.measured_days")
    before, after = of_its_day(), of_its_day(whole())
    assert [before[name] for name in line] == [Status.UNKNOWN, Status.UNKNOWN, Status.AT_RISK]
    assert [after[name] for name in line] == [Status.READY] * 3
    half = of_its_day(changed(CHANGES["was away"], *range(30)))
    assert half["line.measured_days"] is Status.AT_RISK


def changed(change: Callable[[Participant], Participant | None], *which: int) -> Rehearsal:
    made = whole()
    parts = [change(one) if index in which else one for index, one in enumerate(made.participants)]
    return replace(made, participants=[one for one in parts if one is not None])


CHANGES: dict[str, Callable[[Participant], Participant | None]] = {
    "was away": lambda _: None,
    "broke off": lambda one: replace(one, code="stalled", down_mbit_s=0.0, up_mbit_s=0.0),
    "was not counted": lambda one: replace(one, down_mbit_s=None, up_mbit_s=None),
    "got less": lambda one: replace(one, down_mbit_s=0.2),
    "sent less": lambda one: replace(one, up_mbit_s=0.01),
    "came late": lambda one: replace(one, code="late", down_mbit_s=0.1),
    "could not log in": lambda one: replace(one, reached=["tls"], broken="login", code="login_error"),
    "was in no session": lambda one: replace(one, session=None),
    "is not enrolled": lambda one: replace(one, device_id=f"x{one.device_id}"),
    "was elsewhere": lambda one: replace(one, room="a3"),
}


@pytest.mark.parametrize("change", CHANGES)
@given(which=st.sets(st.integers(0, 39), min_size=1, max_size=40))
@settings(max_examples=examples(12))
def test_less_or_failed_is_never_greener(change: str, which: set[int]) -> None:
    """For one participant, some, or all."""
    before = judged(whole())
    assert is_no_greener(judged(changed(CHANGES[change], *which)), before)


@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=40), st.integers(0, 39))
@settings(max_examples=examples(40))
def test_one_failure_more(changes: list[str], more: int) -> None:
    """Whatever else was wrong with it."""
    made = whole()
    parts = [
        CHANGES[changes[index]](one) if index < len(changes) else one for index, one in enumerate(made.participants)
    ]
    before = replace(made, participants=[one for one in parts if one is not None])
    parts[more] = None if parts[more] is None else CHANGES["broke off"](made.participants[more])
    after = replace(made, participants=[one for one in parts if one is not None])
    assert is_no_greener(judged(after), judged(before))


@given(st.integers(1, 400), st.booleans())
@settings(max_examples=examples(25))
def test_older_is_never_greener(days: int, good: bool) -> None:
    shift = timedelta(days=-days)
    made = whole() if good else changed(CHANGES["got less"], *range(30))
    old = replace(made, **{name: getattr(made, name) + shift for name in ("begins_at", "ends_at", "received_at")})
    assert is_no_greener(judged(old), judged(made))


def test_a_bad_one_is_never_overruled_by_older_good_ones() -> None:
    """However many."""
    bad = replace(changed(CHANGES["got less"], *range(40)), rehearsal_id="bad", others=HARMED)
    good = [whole(timedelta(days=-7 * weeks), f"g{weeks}") for weeks in (1, 2)]
    without, beside = statuses(judged(bad)), statuses(judged(*good, bad))
    failing = {name for name, status in without.items() if status is Status.NOT_READY}
    assert failing >= {"line.down_headroom", CARRIED.id}
    assert {beside[name] for name in failing} == {Status.NOT_READY}


def test_nobody_who_is_not_known_makes_anything_of_it() -> None:
    """Forty anonymous browsers: neither ready nor not."""
    for change in ("got less", "was in no session"):
        anonymous = [
            replace(CHANGES[change](one) or one, device_id=f"x{one.device_id}", session=None)
            for one in whole().participants
        ]
        assert statuses(judged(replace(whole(), participants=anonymous))) == statuses(judged())


def test_the_others_were_worse_off() -> None:
    """Or nobody looked whether they were."""
    for others in (HARMED, type(HARMED)()):
        assert is_no_greener(judged(replace(whole(), others=others)), judged(whole()))
        assert statuses(judged(replace(whole(), others=others)))["line.down_headroom"] is Status.UNKNOWN
