"""Access points that do not stand where the map says, by what the rooms' devices hear."""

from __future__ import annotations

from collections.abc import Sequence

from agent.protocol.wire import Facts
from collector.readiness.domain.model import Observation, RadioSeen, Text
from tests.support.rooms import AP_A1, AP_A2, days_of, heard, radio, reports


def told(observations: Sequence[Observation], *radios: RadioSeen) -> list[Text]:
    """What is said about places."""
    return reports(observations, radios).misplaced


def scanning(room: str, bssid: str, signal_dbm: float, *, linked: str, count: int = 3) -> list[Observation]:
    """Devices that use one access point and hear another."""
    row: Facts = {"own": True, "bssid": bssid, "signal_dbm": signal_dbm}
    return [heard(f"{room}-s{number}", room, bssid=linked, rows=[row]) for number in range(count)]


def test_an_access_point_in_its_room_is_no_news() -> None:
    """Heard best where it stands; a neighbour hears it through the wall."""
    air = [*days_of("a1", [-45.0] * 3), *scanning("a2", AP_A1, -62.0, linked=AP_A2)]
    assert told(air, radio(room="a1"), radio(AP_A2, name="AP-A2", room="a2")) == []


def test_heard_much_better_elsewhere() -> None:
    """Said to be in a2, where it arrives 25 dB weaker."""
    air = [*days_of("a1", [-45.0] * 3), *scanning("a2", AP_A1, -70.0, linked=AP_A2)]
    [said] = told(air, radio(room="a2"))
    assert said.code == "why_access_point_elsewhere"
    assert said.values == {
        "access_point": "AP-A1",
        "placed": "Sal A2",
        "heard": "Sal A1",
        "heard_dbm": -45.0,
        "placed_dbm": -70.0,
    }


def test_not_heard_in_its_own_room() -> None:
    """The devices of a2 hear another one only."""
    air = [*days_of("a1", [-45.0] * 3), *days_of("a2", [-50.0] * 3, bssid=AP_A2)]
    [said] = told(air, radio(room="a2"))
    assert said.code == "why_access_point_not_heard"


def test_a_little_better_elsewhere_is_a_neighbour() -> None:
    """Less than ten decibels."""
    air = [*days_of("a1", [-45.0] * 3), *scanning("a2", AP_A1, -54.0, linked=AP_A2)]
    assert told(air, radio(room="a2")) == []


def test_nothing_is_said_without_evidence() -> None:
    """Too few devices there, nobody measured in its room, no address, no place."""
    far = scanning("a2", AP_A1, -70.0, linked=AP_A2, count=2)
    assert told([*days_of("a1", [-45.0] * 3), *far], radio(room="a2")) == []
    assert told(days_of("a1", [-45.0] * 3), radio(room="a2")) == []
    assert told(days_of("a1", [-45.0] * 2), radio(room="a2")) == []
    air = [*days_of("a1", [-45.0] * 3), *scanning("a2", AP_A1, -70.0, linked=AP_A2)]
    assert told(air, radio()) == []
