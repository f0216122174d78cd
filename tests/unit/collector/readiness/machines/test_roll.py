"""Each machine once, for whom it is, where it is, while it lives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.breaks import Break
from collector.readiness.domain.figures import HEARD_DAYS
from collector.readiness.domain.model import DeviceSeen, MachineEnrolment, Observation, Status, Verdict
from collector.readiness.domain.school_days import school_days_of
from collector.readiness.domain.verdicts import BADNESS
from collector.readiness.evidence.index import index_evidence
from collector.readiness.machines.roll import Roll, roll_of
from tests.support.judging import judge_alone
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    SCHOOL,
    device,
    evidence,
    memory,
    observation,
    on_school,
    profile,
    requirement,
    school,
    sitting,
)

MONDAY = NOW
LAST_MONDAY = MONDAY - timedelta(days=7)
OTHER = "20000002"
RULES = [requirement(at_risk_value=2048), on_school("devices.usable_headroom")]


def agent(name: str | int, machine: str | None = None, *, came_at: datetime = LAST_MONDAY, **told: Any) -> DeviceSeen:
    """Enrolled a week ago."""
    return msgspec.structs.replace(device(name), machine=machine, enrolled_at=came_at, **told)


def enrolment(
    name: str, machine: str, at: datetime, *, where: str = SCHOOL, revoked_at: datetime | None = None
) -> MachineEnrolment:
    """Of a machine under that id."""
    return MachineEnrolment(machine, name, where, at, revoked_at)


def roll(  # noqa: PLR0917 - all that a roll depends on, each of another type
    devices: Sequence[DeviceSeen],
    observations: Sequence[Observation],
    enrolled: Sequence[MachineEnrolment] = (),
    networks: Sequence[str] = (),
    now: datetime = NOW,
    breaks: Sequence[Break] = (),
) -> Roll:
    """Of these at the school; their own enrolments are known."""
    own = [enrolment(one.device_id, one.machine, one.enrolled_at) for one in devices if one.machine is not None]
    found = msgspec.structs.replace(
        evidence(observations, devices), enrolled=[*own, *enrolled], school_days=school_days_of(SCHOOL, breaks)
    )
    at = msgspec.structs.replace(school(), networks=list(networks))
    return roll_of(index_evidence(found, now), at, HEARD_DAYS)


def test_the_staff_has_its_own() -> None:
    """A spare machine is for pupils, and so is one of which nobody has said whose it is."""
    ones = [agent("a", role="staff"), agent("b", role="spare"), agent("c", role="pupil"), agent("d")]
    assert roll(ones, []) == Roll({"a": "staff"}, {})


DEC_18, JAN_11, JAN_14 = (datetime(*day, 12, tzinfo=UTC) for day in ((2026, 12, 18), (2027, 1, 11), (2027, 1, 14)))


@pytest.mark.parametrize(
    ("heard_at", "now", "is_silent"),
    [
        pytest.param(NOW - timedelta(days=3), NOW, False, id="weekend"),
        pytest.param(NOW, NOW + timedelta(days=3), False, id="three school days"),
        pytest.param(NOW, NOW + timedelta(days=3, hours=1), True, id="more than three"),
        pytest.param(DEC_18, JAN_11, False, id="between terms"),
        pytest.param(DEC_18, JAN_14, True, id="after it"),
    ],
)
def test_silence_is_counted_in_school_days(heard_at: datetime, now: datetime, *, is_silent: bool) -> None:
    """A weekend and the days between terms are none."""
    found = roll([agent("a"), agent("b")], [memory("a", 8192, at=heard_at)], now=now)
    assert found.doubt == ({"a": "silent"} if is_silent else {}), "one that was never heard is not silent"


def test_a_break_is_no_silence() -> None:
    """The school's own, in February or in the autumn; another's is none."""
    week = (NOW.date(), (NOW + timedelta(days=4)).date())
    for code, is_silent in (([], False), ([SCHOOL], False), ([OTHER], True)):
        off = Break("Höstlov", *week, code)
        found = roll([agent("a")], [memory("a", 8192, at=NOW)], now=NOW + timedelta(days=7), breaks=[off])
        assert found.doubt == ({"a": "silent"} if is_silent else {})


def test_a_browser_is_not_silent() -> None:
    """It is heard when somebody opens the page, and its observations age by themselves."""
    one = msgspec.structs.replace(agent("a"), kind="web")
    assert roll([one], [observation("a", at=LAST_MONDAY, session="s")]) == Roll()


def test_enrolled_anew() -> None:
    """The older id is the machine's no longer, whether the new one has told anything or not."""
    ones = [agent("old", "m"), agent("new", "m", came_at=NOW - timedelta(hours=3)), agent("other", "n")]
    assert roll(ones, [memory("old", 8192, at=NOW - timedelta(hours=4))]).left_out == {"old": "replaced"}


def test_enrolled_at_another_school() -> None:
    """It has moved, even if it has been taken off the list there since."""
    came_at = NOW - timedelta(days=3)
    for revoked_at in (None, NOW):
        there = enrolment("there", "m", came_at, where=OTHER, revoked_at=revoked_at)
        assert roll([agent("a", "m")], [memory("a", 8192, at=came_at)], [there]) == Roll({"a": "moved"}, {})


def test_it_came_back() -> None:
    """Taken off the list there, then heard here."""
    there = enrolment("there", "m", NOW - timedelta(days=3), where=OTHER, revoked_at=NOW - timedelta(hours=5))
    assert roll([agent("a", "m")], [memory("a", 8192)], [there]) == Roll()


def test_one_machine_that_is_heard_twice_is_one() -> None:
    """Both ids are alive: the newer is the machine, and the older may be another or not."""
    ones = [agent("old", "m"), agent("new", "m", came_at=NOW - timedelta(days=1))]
    assert roll(ones, [memory("old", 8192), memory("new", 8192)]) == Roll({}, {"old": "twice"})


def told(machine: str, begins_h: float, ends_h: float) -> Observation:
    """What the machine under that id is, in hours before now."""
    begins_at, ends_at = (NOW - timedelta(hours=hours) for hours in (begins_h, ends_h))
    return observation("a", "device", {"machine_id": machine}, first_at=begins_at, at=ends_at)


def test_several_machines_under_one_id() -> None:
    """They are heard in turn; a machine that got a new board is not."""
    assert roll([agent("a")], [told("m", 9, 7), told("n", 6, 5), told("m", 4, 2)]) == Roll({}, {"a": "several"})
    assert roll([agent("a")], [told("m", 9, 7), told("n", 6, 5)]) == Roll()


def test_machines_are_known_by_what_their_agents_tell() -> None:
    """Two ids of one machine that told its hash: the older is its predecessor. Whoever tells none is by itself."""
    ones = [agent("a"), agent("b", came_at=NOW - timedelta(hours=8)), agent("c", came_at=NOW - timedelta(hours=7))]
    said = [told("m", 12, 9), msgspec.structs.replace(told("m", 7, 2), device_id="b"), memory("c", 8192)]
    assert roll(ones, said) == Roll({"a": "replaced"}, {})


def test_lent_to_another_place() -> None:
    """It is heard, and not from the school's networks: what tells of the network counts from there alone."""
    wifi = observation("b", "wifi", {"rssi_dbm": -50})
    ones, said = [agent("a"), agent("b"), agent("c")], [memory("a", 8192), memory("b", 8192), wifi]
    assert roll(ones, said, networks=["10.0.0.0/8"]) == Roll({}, {"a": "away"})
    assert roll(ones, said) == Roll()


# --- what a sitting comes to


def verdict(
    devices: Sequence[DeviceSeen],
    observations: Sequence[Observation],
    enrolled: Sequence[MachineEnrolment] = (),
    owned: int | None = None,
) -> Verdict:
    """Of ten pupils, who need eleven machines."""
    own = [enrolment(one.device_id, one.machine, one.enrolled_at) for one in devices if one.machine is not None]
    found = msgspec.structs.replace(evidence(observations, devices), enrolled=[*own, *enrolled])
    return judge_alone(sitting(pupils=10), school(devices=owned), profile(*RULES), found, RELEASES, NOW)


def fleet(count: int, **told: Any) -> list[DeviceSeen]:
    """So many machines of their own."""
    return [agent(f"d{number}", f"m{number}", **told) for number in range(count)]


def all_fine(devices: Sequence[DeviceSeen], at: datetime = NOW - timedelta(hours=1)) -> list[Observation]:
    """Each has memory enough."""
    return [memory(one.device_id, 8192, at=at) for one in devices]


@pytest.mark.parametrize(("owned", "status"), [(0, "not_ready"), (9, "not_ready"), (10, "at_risk"), (11, "ready")])
def test_never_more_than_the_school_owns(owned: int, status: str) -> None:
    """Twenty-four are enrolled and in order."""
    ones = fleet(24)
    found = verdict(ones, all_fine(ones), owned=owned)
    assert {one.status.value for one in found.findings} == {status}
    assert {one.measured for one in found.findings} == {owned}


def test_it_says_that_the_school_owns_fewer() -> None:
    """With both numbers, and what to do."""
    ones = fleet(24)
    finding = verdict(ones, all_fine(ones), owned=0).findings[0]
    assert finding.why.code == "why_devices_owned"
    assert (finding.why.values["owned"], finding.why.values["enrolled"]) == (0, 24)
    assert "advice_machines_surplus" in [one.code for one in finding.advice]


def test_silent_machines_are_not_counted_and_named() -> None:
    """Nobody knows whether they live."""
    ones = fleet(11)
    said = [*all_fine(ones[:8]), *all_fine(ones[8:], at=LAST_MONDAY)]
    found = verdict(ones, said, owned=11)
    finding = found.findings[0]
    assert (found.status, finding.measured, finding.why.code) == (Status.UNKNOWN, 8, "why_devices_doubted")
    [advice] = [one for one in finding.advice if one.code == "advice_machines_silent"]
    assert (advice.values["devices"], advice.values["names"]) == (3, "d10, d8, d9")


def test_what_is_wrong_with_a_silent_machine_stays_wrong() -> None:
    """Silence mends nothing: with two that failed there are too few, whoever comes back."""
    ones = fleet(11)
    said = [*all_fine(ones[:8]), *(memory(one.device_id, 512, at=LAST_MONDAY) for one in ones[8:])]
    assert verdict(ones, said, owned=11).status is Status.NOT_READY


@pytest.mark.parametrize("kind", ["staff", "replaced", "moved"])
def test_left_out_machines_make_nobody_ready(kind: str) -> None:
    """Ten for ten pupils, and others that are none."""
    ones, came_at = fleet(10), NOW - timedelta(days=2)
    others = [agent(f"x{number}", f"y{number}", role="staff" if kind == "staff" else None) for number in range(5)]
    where = OTHER if kind == "moved" else SCHOOL
    anew = [enrolment(f"z{number}", f"y{number}", came_at, where=where) for number in range(5) if kind != "staff"]
    said = [*all_fine(ones), *all_fine(others, at=came_at - timedelta(hours=1))]
    found = verdict([*ones, *others], said, anew, owned=10)
    assert (found.status, {one.measured for one in found.findings}) == (Status.AT_RISK, {10})
    assert f"step_machines_{kind}" in {step.name for step in found.findings[0].steps}


# --- laws

Drawn = tuple[int, float, bool, str]
"""Memory in GiB, when it was last heard in hours before now, whether for staff, and which machine it is."""
MEMORIES, HEARD_H = st.sampled_from([0, 3, 8]), st.sampled_from([1.0, 30.0, 100.0, 200.0])
drawn = st.lists(st.tuples(MEMORIES, HEARD_H, st.booleans(), st.sampled_from("abcdefghijklmn")), max_size=20)


def world(found: Sequence[Drawn]) -> tuple[list[DeviceSeen], list[Observation]]:
    """Enrolled one after the other."""
    ones, said = [], []
    for number, (gib, heard_h, is_staff, machine) in enumerate(found):
        came_at = LAST_MONDAY + timedelta(hours=7 * number)
        ones.append(agent(number, machine, came_at=came_at, role="staff" if is_staff else None))
        if gib:
            said.append(memory(number, gib * 1024, at=NOW - timedelta(hours=heard_h)))
    return ones, said


@given(drawn, st.integers(0, 20))
def test_never_more_in_order_than_machines_that_live(found: list[Drawn], owned: int) -> None:
    """Whatever they are called by."""
    ones, said = world(found)
    measured = verdict(ones, said, owned=owned).findings[0].measured
    living = {machine for gib, _, is_staff, machine in found if gib == 8 and not is_staff}
    assert isinstance(measured, int)
    assert measured <= min(owned, len(living))


@given(drawn, st.one_of(st.none(), st.integers(0, 20)))
def test_one_more_healthy_machine_never_makes_it_worse(found: list[Drawn], owned: int | None) -> None:
    """Law 16: it is one of its own, and the school knows of it."""
    ones, said = world(found)
    before = verdict(ones, said, owned=owned)
    more = agent("more", "its own")
    after = verdict([*ones, more], [*said, *all_fine([more])], owned=None if owned is None else owned + 1)
    assert BADNESS[after.status] <= BADNESS[before.status]


@given(drawn, st.data())
def test_less_evidence_never_makes_it_greener(found: list[Drawn], data: st.DataObject) -> None:
    """Law 3: an observation of a machine that is well is taken away, or is older than it was."""
    ones, said = world(found)
    well = [number for number, one in enumerate(said) if one.facts["memory_total_mib"] == 8192]
    if not well:
        return
    place = data.draw(st.sampled_from(well))
    older = msgspec.structs.replace(said[place], first_at=LAST_MONDAY, last_at=LAST_MONDAY)
    changed: Mapping[str, list[Observation]] = {
        "gone": [*said[:place], *said[place + 1 :]],
        "older": [*said[:place], older, *said[place + 1 :]],
    }
    before = verdict(ones, said).status
    for less in changed.values():
        assert verdict(ones, less).status is not Status.READY or before is Status.READY
