"""Agents and browsers that may be on one machine are counted once; those that cannot be are added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.model import Observation, Status
from collector.readiness.evidence.index import index_evidence
from collector.readiness.machines.count import Machines, machines
from tests.support.judging import judge_alone
from tests.unit.collector.readiness.cases import (
    NOW,
    PASS,
    RELEASES,
    device,
    evidence,
    figure,
    observation,
    profile,
    requirement,
    school,
    sitting,
    supervised,
)

DAYS = figure(14, "days")
LESSON = NOW - timedelta(days=1)
SYSTEMS = (None, "windows", "chromeos")

Kind = tuple[str, str | None, bool]
"""agent or web, the system that it told, and whether it was at it in the lesson together."""


def counted(kinds: Sequence[Kind], *, apart: bool = False) -> Machines:
    """Of these devices; `apart`: staff said that the browsers' machines have no agent."""
    ones, said = [], list[Observation]()
    for number, (kind, system, together) in enumerate(kinds):
        ones.append(msgspec.structs.replace(device(number), kind=kind, without_agent=apart and kind == "web"))
        if system is not None:
            said.append(observation(number, "device", {"os_name": system}, session=PASS))
        if together and kind == "web":
            ends = LESSON + timedelta(minutes=10)
            said.append(observation(number, "visit", {"page": f"p{number}"}, first_at=LESSON, at=ends, session=PASS))
    return machines(index_evidence(evidence(said, ones), NOW), [one.device_id for one in ones], DAYS)


AGENT, PAGE, CHROMEBOOK = ("agent", "windows", False), ("web", "windows", True), ("web", "chromeos", True)
kinds = st.lists(st.tuples(st.sampled_from(["agent", "web"]), st.sampled_from(SYSTEMS), st.booleans()), max_size=12)


@pytest.mark.parametrize(
    ("kinds", "certain"),
    [
        ([], 0),
        ([AGENT] * 10, 10),
        ([AGENT] * 10 + [PAGE] * 10, 10),
        ([AGENT] * 4 + [PAGE] * 10, 10),
        ([AGENT] * 10 + [CHROMEBOOK] * 7, 17),
        ([AGENT] * 10 + [PAGE] * 10 + [CHROMEBOOK] * 7, 17),
        ([AGENT] * 3 + [("web", None, True)] * 5, 5),
        ([AGENT] * 5 + [("web", None, True)] * 3, 5),
        ([("web", "chromeos", False)] * 9, 1),
        ([("web", None, True)] * 3 + [PAGE] * 3, 6),
    ],
)
def test_certain(kinds: list[Kind], certain: int) -> None:
    """Ten laptops whose pupils all open the page are ten machines."""
    assert counted(kinds).certain == certain


@pytest.mark.parametrize(
    ("kinds", "certain"),
    [
        ([AGENT] * 10 + [PAGE] * 10, 20),
        ([AGENT] * 10 + [PAGE] * 10 + [CHROMEBOOK] * 7, 27),
        ([AGENT] * 10 + [("web", "windows", False)] * 10, 11),
        ([AGENT] * 3 + [("web", None, True)] * 5, 8),
        ([PAGE] * 4, 4),
    ],
)
def test_machines_without_an_agent_are_others(kinds: list[Kind], certain: int) -> None:
    """As staff saw to it in the session; pupils who take turns are still one machine."""
    assert counted(kinds, apart=True).certain == certain


@given(kinds)
def test_what_staff_say_never_takes_a_machine_away(some: list[Kind]) -> None:
    """Nor does it make more than there are devices."""
    assert counted(some).certain <= counted(some, apart=True).certain <= len(some)


def test_browsers_at_once_are_told_of_all_systems() -> None:
    """When and how many."""
    assert counted([AGENT, PAGE, CHROMEBOOK, CHROMEBOOK]) == Machines(3, 3, 3, LESSON)


def test_pupils_who_share_a_machine_do_not_measure_a_room() -> None:
    """Three browsers in turn may be one machine; three at once are three."""
    ones = [msgspec.structs.replace(device(number), kind="web") for number in range(3)]
    said = [observation(number, "latency", {"rtt_p95_ms": 12.0}, room="a1") for number in range(3)]
    begins = [LESSON + timedelta(minutes=20 * number) for number in range(3)]
    in_turn = [
        observation(number, "visit", {"page": f"p{number}"}, first_at=at, at=at + timedelta(minutes=10))
        for number, at in enumerate(begins)
    ]
    at_once = [msgspec.structs.replace(one, first_at=LESSON, last_at=begins[1]) for one in in_turn]
    by_three = profile(requirement("rooms.measured_ratio", "at_least", 1.0, named="rooms", applies_to="school"))
    evidence_rule = msgspec.structs.replace(by_three.evidence, room_devices=figure(3, "devices"))
    by_three = msgspec.structs.replace(by_three, evidence=evidence_rule)
    statuses = [
        judge_alone(sitting(), school(), by_three, evidence(supervised(*said, *visits), ones), RELEASES, NOW).status
        for visits in (in_turn, at_once)
    ]
    assert statuses == [Status.UNKNOWN, Status.READY]


@given(kinds)
def test_never_more_than_there_are_nor_fewer_than_agents(found: list[Kind]) -> None:
    """Whatever they are."""
    agents = sum(kind == "agent" for kind, _, _ in found)
    assert max(agents, min(1, len(found))) <= counted(found).certain <= len(found)


@given(kinds, st.tuples(st.sampled_from(["agent", "web"]), st.sampled_from(SYSTEMS), st.booleans()))
def test_one_more_device_is_one_more_machine_at_most(found: list[Kind], more: Kind) -> None:
    """So that a count of those in order and one of those at the limit never contradict each other."""
    assert counted(found).certain <= counted([*found, more]).certain <= counted(found).certain + 1


@given(st.lists(st.tuples(st.sampled_from(["windows", "chromeos"]), st.booleans(), st.integers(0, 3)), max_size=6))
def test_never_more_than_the_machines_that_were_there(real: list[tuple[str, bool, int]]) -> None:
    """Machines with or without an agent, whose pages are opened any number of times: one of them in the lesson."""
    found: list[Kind] = []
    for system, has_agent, browsers in real:
        found += [("agent", system, False)] * has_agent
        found += [("web", system, turn == 0) for turn in range(browsers)]
    assert counted(found).certain <= len(real)
