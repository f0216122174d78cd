"""What became of each who took part: by what was counted, what was asked for, and what a pupil needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from collector.readiness.domain.model import DeviceSeen, Participant
from collector.readiness.evidence.rehearsals import HeldRehearsal, climbs, held_rehearsals
from collector.readiness.rehearsal.parts import Part, PupilNeed, held_back_together, part_of
from tests.support.rehearsals import rehearsal, taking_part
from tests.unit.collector.readiness.cases import NOW, device

NEED = PupilNeed(0.5, 0.1)
BEGIN = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("told", "part"),
    [
        ({}, Part.CARRIED),
        ({"down_mbit_s": 0.5, "up_mbit_s": 0.1}, Part.CARRIED),
        ({"down_mbit_s": 0.48}, Part.FAILED),
        ({"up_mbit_s": 0.0}, Part.FAILED),
        ({"down_mbit_s": None}, Part.OPEN),
        ({"down_mbit_s": None, "up_mbit_s": 0.01}, Part.FAILED),
        ({"code": "stalled"}, Part.FAILED),
        ({"broken": "login"}, Part.FAILED),
        ({"pupils": 2}, Part.FAILED),
        ({"pupils": 2, "down_mbit_s": 1.3, "up_mbit_s": 0.26}, Part.CARRIED),
        ({"code": "late"}, None),
        ({"code": "token_refused", "down_mbit_s": None}, None),
    ],
)
def test_parts(told: dict[str, Any], part: Part | None) -> None:
    [one] = taking_part(["1"], **told)
    assert part_of(one, rehearsal(BEGIN, [one]), NEED) is part


def test_whoever_asked_for_less_than_is_needed_shows_nothing() -> None:
    """By a profile that asks for more; unless it did not even get that."""
    record = rehearsal(BEGIN, [])
    heavy = PupilNeed(1.0, 1.0)
    assert part_of(taking_part(["1"])[0], record, heavy) is Part.OPEN
    assert part_of(taking_part(["1"], down_mbit_s=0.3)[0], record, heavy) is Part.FAILED


def test_less_was_got_than_asked_for_and_still_enough() -> None:
    """At a load of many times the need, to find where it ends."""
    [one] = taking_part(["1"], down_mbit_s=0.9, up_mbit_s=0.2)
    assert part_of(one, rehearsal(BEGIN, [one], down_mbit_s=2.0, up_mbit_s=0.4), NEED) is Part.CARRIED


def held(*participants: Participant, **otherwise: Any) -> HeldRehearsal:
    return HeldRehearsal(rehearsal(BEGIN, participants, **otherwise), participants, [])


def test_the_line_holds_back_all_rooms_alike() -> None:
    short = taking_part(["1", "2", "3", "4"], down_mbit_s=0.4)
    assert held_back_together([held(*short)])
    assert not held_back_together([held(*taking_part(["1", "2"], ["a1"], down_mbit_s=0.4))]), "one room tells nothing"
    bad_room = taking_part(["1", "2"], ["a1"], down_mbit_s=0.1) + taking_part(["3", "4"], ["a2"])
    assert not held_back_together([held(*bad_room)])
    stopped = taking_part(["1", "2"], broken="login", down_mbit_s=None)
    assert not held_back_together([held(*stopped)]), "no way to the test is no load"


BROWSER = "w1"


def known() -> dict[str, DeviceSeen]:
    browser = device(BROWSER)
    return {"1": device(1), BROWSER: DeviceSeen(**{name: getattr(browser, name) for name in browser.__struct_fields__}
                                               | {"kind": "web"})}  # fmt: skip


def test_anybody_may_have_sent_what_a_browser_outside_a_session_does() -> None:
    """It counts for nothing, but it took from the line; nor does a device that is not enrolled."""
    told = [*taking_part(["1", "gone"]), *taking_part([BROWSER])]
    [alone] = held_rehearsals([rehearsal(BEGIN, told)], known(), NOW)
    assert [one.device_id for one in alone.counts] == ["1"]
    assert [one.device_id for one in alone.strangers] == ["gone", BROWSER]
    [watched] = held_rehearsals([rehearsal(BEGIN, taking_part([BROWSER], session="s1"))], known(), NOW)
    assert [one.device_id for one in watched.counts] == [BROWSER]


def test_what_was_not_known_yet_is_not_there() -> None:
    late = rehearsal(BEGIN, taking_part(["1"]), received_at=NOW + timedelta(minutes=1))
    assert held_rehearsals([late], known(), NOW) == []
    assert held_rehearsals([late], known(), NOW + timedelta(minutes=1)) != []


def test_browsers_climb_and_agents_have_a_ladder_of_their_own() -> None:
    told = [
        *taking_part(["1"], reached=["dns", "service"]),
        *taking_part([BROWSER], reached=["dns", "tls"], broken="login", code="login_error", session="s1"),
    ]
    found = list(climbs(held_rehearsals([rehearsal(BEGIN, told)], known(), NOW), known()))
    assert [(one.device_id, one.probe, one.session) for one in found] == [(BROWSER, "ladder", "s1")]
    stands = [(row["kind"], row["status"], row["error_code"]) for row in found[0].rows]
    assert stands == [("dns", "ok", None), ("tls", "ok", None), ("login", "failed", "login_error")]
