"""A room in which as many as will sit there were carried at once, or were not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import Finding, Observation, Rehearsal, Status
from tests.support.judging import judge_alone
from tests.support.rehearsals import rehearsal, taking_part
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    device,
    evidence,
    observation,
    profile,
    requirement,
    school,
    sitting,
)

NAMES = [str(number) for number in range(12)]
SIGNAL = requirement("room.signal_p10_dbm", value=-67, applies_to="room", unit="dBm", named="signal", at_risk_value=-72)
CROWD = requirement("room.clients_per_radio", "at_most", 25, applies_to="room", unit="clients", named="crowd")
MEMORY = requirement(applies_to="room")
BEGIN = NOW - timedelta(hours=3)
ABOUT = sitting(pupils=12, rooms=("a1",))


def found(held: Sequence[Rehearsal], told: Sequence[Observation] = (), *, now: datetime = NOW) -> dict[str, Finding]:
    known = replace(evidence(told, [device(name) for name in NAMES]), rehearsals=list(held))
    rules = profile(SIGNAL, CROWD, MEMORY)
    return {one.requirement: one for one in judge_alone(ABOUT, school(), rules, known, RELEASES, now).findings}


def in_a1(count: int = 12, bad: int = 0) -> Rehearsal:
    parts = taking_part(NAMES[:count], ["a1"])
    return rehearsal(BEGIN, [*(replace(one, down_mbit_s=0.1) for one in parts[:bad]), *parts[bad:]])


def wifi(of: str, signal_dbm: float, hours: float, bssid: str = "02:00:00:00:00:10") -> Observation:
    """So many hours after the rehearsal began."""
    facts: dict[str, FactValue] = {"signal_dbm": signal_dbm, "bssid": bssid}
    return observation(of, "wifi", facts, at=BEGIN + timedelta(hours=hours))


def test_the_whole_class_at_once_settles_its_air() -> None:
    """And nothing else of a room."""
    statuses = {name: one.status for name, one in found([in_a1()]).items()}
    assert statuses == {"signal": Status.READY, "crowd": Status.READY, "memory": Status.UNKNOWN}
    assert found([in_a1()])["crowd"].why.code == "why_room_rehearsed"


def test_fewer_do_not() -> None:
    assert found([in_a1(11)])["crowd"].status is Status.UNKNOWN
    assert found([])["crowd"].status is Status.UNKNOWN


def test_places_that_were_good_count_as_places() -> None:
    """Nine of twelve were there, three others measured: together they are the class."""
    others = [wifi(name, -60, 1) for name in NAMES[9:]]
    assert found([in_a1(9)], others)["signal"].status is Status.READY
    assert found([], others)["signal"].status is Status.UNKNOWN


def test_those_who_were_not_carried_have_bad_places() -> None:
    """Two of a room of thirty seats leave it open; a whole class does not."""
    assert found([in_a1(bad=2)])["signal"].status is Status.UNKNOWN
    assert found([in_a1(bad=12)])["signal"].status is Status.NOT_READY
    assert found([in_a1(bad=2)])["crowd"].status is Status.UNKNOWN


def test_a_bad_one_stands_until_one_as_large_goes_well() -> None:
    later = timedelta(hours=1)
    newer = [
        replace(one, rehearsal_id="g2", begins_at=one.begins_at + later, ends_at=one.ends_at + later)
        for one in (in_a1(6), in_a1())
    ]
    assert found([in_a1(bad=12), newer[0]])["signal"].status is Status.NOT_READY
    assert found([in_a1(bad=12), newer[1]])["signal"].status is Status.READY


def test_too_old() -> None:
    assert found([in_a1()], now=NOW + timedelta(days=24))["signal"].status is Status.UNKNOWN


def test_what_was_measured_before_gives_way_and_what_is_newer_does_not() -> None:
    before, since = ([wifi(name, -80, hours) for name in NAMES] for hours in (-1, 1))
    assert found([in_a1()], before)["signal"].status is Status.READY
    assert found([in_a1()], since)["signal"].status is Status.NOT_READY


def test_other_access_points_since_or_much_weaker_ones() -> None:
    """Then nobody knows any more."""
    before = [wifi(name, -55, -1) for name in NAMES[:3]]
    same = [wifi(name, -57, 1) for name in NAMES[:3]]
    weaker = [wifi(name, -62, 1) for name in NAMES[:3]]
    new = [wifi(name, -55, 1, "02:00:00:00:00:20") for name in NAMES[:3]]
    statuses = [found([in_a1()], [*before, *since])["crowd"].status for since in (same, weaker, new)]
    assert statuses == [Status.READY, Status.UNKNOWN, Status.UNKNOWN]
