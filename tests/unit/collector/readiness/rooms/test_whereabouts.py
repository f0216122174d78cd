"""Where machines were that have no room of their own: by the access point that they heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.model import DeviceSeen, Evidence, Observation, RadioSeen, Status
from collector.readiness.evidence.index import EvidenceIndex, index_evidence
from collector.readiness.rooms.whereabouts import visits, with_moving_placed
from tests.support.judging import judge_alone
from tests.support.rooms import AP_A1, AP_A2, NOW, days_of, evidence, found, heard, profile, radio
from tests.unit.collector.readiness.cases import RELEASES, device, observation, requirement, school, sitting, step

IN_CORRIDOR = "02:00:00:00:cc:00"
RULE = profile().evidence
TWO_ROOMS = [radio(room="a1"), radio(AP_A2, name="AP-A2", room="a2")]
MEASURED = requirement(
    "rooms.measured_ratio", "at_least", 1.0, named="rooms-measured", applies_to="school", unit="ratio"
)


def roams(
    of: str, bssids: Sequence[str | None], *, hours_apart: float = 24.0, signal_dbm: float = -50.0
) -> list[Observation]:
    """A machine without a room that heard these access points one after the other, the last an hour ago."""
    last = NOW - timedelta(hours=1)
    return [
        msgspec.structs.replace(
            heard(of, "", bssid=bssid, signal_dbm=signal_dbm, at=last - timedelta(hours=hours_apart * back)), room=None
        )
        for back, bssid in enumerate(reversed(bssids))
    ]


def movers(observations: list[Observation]) -> list[DeviceSeen]:
    """Those with names that begin with m have no room."""
    names = dict.fromkeys(one.device_id for one in observations)
    return [device(name, room=None if name.startswith("m") else "a1") for name in names]


def known(observations: list[Observation], radios: list[RadioSeen] | None = None) -> EvidenceIndex:
    """The evidence, with whoever moves in the rooms where they were."""
    told = evidence(observations, radios or [], movers(observations))
    return with_moving_placed(index_evidence(told, NOW), RULE)


def rooms_of(index: EvidenceIndex, probe: str = "wifi") -> list[str | None]:
    """Where each observation was made, oldest first."""
    return [one.room for one in sorted(index.by_probe[probe], key=lambda one: one.last_at) if one.device_id == "m1"]


def test_by_gear() -> None:
    """It tells where the access points hang, by map or cable; another network of a radio is the same radio."""
    index = known(roams("m1", [AP_A1, AP_A2, AP_A1[:-1] + "7", None, IN_CORRIDOR]), TWO_ROOMS)
    assert rooms_of(index) == ["a1", "a2", "a1", None, None]
    assert index.moving == {"m1"}
    assert [one.device_id for one in index.in_room["wifi", "a2"]] == ["m1"]
    assert index.newest_in_room["wifi", "a1"]["m1"].last_at == NOW - timedelta(hours=49)


def test_by_the_map_alone() -> None:
    """network.yaml names it by its address, and no gear is asked."""
    observations = roams("m1", [AP_A1, AP_A2])
    told = msgspec.structs.replace(evidence(observations, (), movers(observations)), access_points={AP_A1: "a1"})
    assert rooms_of(with_moving_placed(index_evidence(told, NOW), RULE)) == ["a1", None]


def test_where_map_and_gear_differ_nobody_knows() -> None:
    """One of them is wrong."""
    observations = roams("m1", [AP_A1])
    told = evidence(observations, [radio(room="a2")], movers(observations))
    told = msgspec.structs.replace(told, access_points={AP_A1: "a1"})
    assert rooms_of(with_moving_placed(index_evidence(told, NOW), RULE)) == [None]


def test_learned_from_machines_that_stand() -> None:
    """Two of them, all in one room."""
    moves = roams("m1", [AP_A1])
    stand = days_of("a1", [-50.0] * 2, days=1)
    assert rooms_of(known([*moves, *stand])) == ["a1"]
    assert rooms_of(known([*moves, *stand[:1]])) == [None]
    neighbour = heard("b", "a2", bssid=AP_A1)
    assert rooms_of(known([*moves, *stand, neighbour])) == [None]


def test_what_it_found_in_the_same_lesson_was_found_there() -> None:
    """Within three quarters of an hour."""
    near, far = (
        observation("m1", "latency", {"rtt_p95_ms": 9.0}, at=NOW - timedelta(hours=1, minutes=minutes), room=None)
        for minutes in (45, 46)
    )
    index = known([*roams("m1", [AP_A1]), near, far], TWO_ROOMS)
    assert rooms_of(index, "latency") == [None, "a1"]


def test_a_machine_with_a_room_of_its_own_stays_there() -> None:
    """Whatever it hears."""
    index = known([heard("s1", "a1", bssid=AP_A2)], TWO_ROOMS)
    assert [one.room for one in index.by_probe["wifi"]] == ["a1"]
    assert index.moving == frozenset()


def stays(bssids: Sequence[str | None], *, hours_apart: float = 24.0) -> list[int]:
    """How many readings each visit to room a1 has."""
    index = known(roams("m1", bssids, hours_apart=hours_apart), TWO_ROOMS)
    return [len(one.heard) for one in visits(index, RULE).get("a1", ())]


def test_each_time_that_it_comes_is_a_visit() -> None:
    """If it was elsewhere since."""
    assert stays([AP_A1, AP_A2, AP_A1, AP_A1, AP_A2, AP_A1]) == [1, 2, 1]


def test_a_machine_that_stands_still_is_one_place() -> None:
    """For days on end, with or without an access point that nobody can place; or between two, heard by turns."""
    assert stays([AP_A1] * 6) == [6]
    assert stays([AP_A1, None, AP_A1, IN_CORRIDOR, AP_A1]) == [3]
    assert stays([AP_A1, AP_A2] * 4, hours_apart=0.5) == [4]


def crowd(count: int, days: int, signal_dbm: float = -50.0) -> list[Observation]:
    """So many machines that come to a1 and a2 by turns."""
    return [
        one
        for number in range(count)
        for one in roams(f"m{number}", [AP_A1, AP_A2] * (days // 2), signal_dbm=signal_dbm)
    ]


def test_a_class_that_moves_makes_a_room_known() -> None:
    """Eight machines that came three times each: 24 visits."""
    coming = crowd(8, 6)
    finding = found("wifi-signal", coming, TWO_ROOMS, pupils=16, devices=movers(coming))
    assert (finding.status, finding.measured) == (Status.READY, -50.0)
    assert (step(finding, "step_room_visits"), step(finding, "step_room_places")) == (24, 0)
    fewer = crowd(7, 6)
    assert found("wifi-signal", fewer, TWO_ROOMS, pupils=16, devices=movers(fewer)).status is Status.UNKNOWN
    weak = crowd(8, 6, signal_dbm=-85.0)
    assert found("wifi-signal", weak, TWO_ROOMS, pupils=16, seats=16, devices=movers(weak)).status is Status.NOT_READY


def test_a_seat_that_some_visits_found_bad_puts_the_room_at_risk() -> None:
    """One visit of a hundred may be a machine in the doorway; three are a place."""

    def with_bad(count: int) -> Status:
        coming = crowd(25, 8)
        bad = [one for n in range(count) for one in roams(f"m-bad{n}", [AP_A2, AP_A1], signal_dbm=-88.0)]
        everyone = [*coming, *bad]
        return found("wifi-signal", everyone, TWO_ROOMS, pupils=16, devices=movers(everyone)).status

    assert (with_bad(1), with_bad(3)) == (Status.READY, Status.AT_RISK)


def test_rooms_count_as_measured_by_machines_that_move() -> None:
    """Three of them were there."""
    coming = crowd(3, 2)
    told: Evidence = evidence(coming, TWO_ROOMS, movers(coming))
    whole = msgspec.structs.replace(profile(), requirements=[MEASURED])
    verdict = judge_alone(sitting(), school(), whole, told, RELEASES, NOW)
    assert verdict.findings[0].status is Status.READY


@given(order=st.lists(st.sampled_from([AP_A1, AP_A2, None]), min_size=1, max_size=13), cut=st.integers(0, 12))
def test_less_heard_is_never_more_visits(order: list[str | None], cut: int) -> None:
    """Of one machine in one room, whichever reading is taken away."""
    fewer = [bssid for place, bssid in enumerate(order) if place != cut % len(order)]
    assert not fewer or sum(stays(fewer)) <= sum(stays(order))
    assert len(stays(order)) <= order.count(AP_A1)
