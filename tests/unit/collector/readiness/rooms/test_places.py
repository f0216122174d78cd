"""Which different places of a room were measured: by machines that stand, on cable, and by a class in a session."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from collector.readiness.domain.model import DeviceKind, DeviceSeen, Observation, Status, Text
from tests.support.rooms import NOW, days_of, found, heard
from tests.unit.collector.readiness.cases import device, observation, step, supervised

CLASS = 16
HOUR_AGO = NOW - timedelta(hours=1)


def browsers(count: int, *, rtt_ms: float = 20.0, minutes_apart: float = 0.0, status: str = "ok") -> list[Observation]:
    """So many browsers of a session that were at it at once, with the slow end of their round trips."""
    seen: list[Observation] = []
    for number in range(count):
        name, at = f"w{number}", HOUR_AGO + timedelta(minutes=minutes_apart * number)
        facts = {"rtt_p95_ms": rtt_ms} if status == "ok" else {}
        seen += [
            observation(name, "device", {"os_name": "chromeos"}, at=at),
            observation(name, "latency", facts, at=at, status=status),
            observation(name, "visit", {"page": name}, first_at=at, at=at + timedelta(minutes=5), count=4),
        ]
    return supervised(*seen)


def enrolled(observations: list[Observation], **known: str) -> list[DeviceSeen]:
    """Whoever said anything; browsers are those whose names begin so. `known` are machines by device."""
    names = dict.fromkeys(one.device_id for one in observations)
    kinds: dict[str, DeviceKind] = {name: "web" if name.startswith("w") else "agent" for name in names}
    return [msgspec.structs.replace(device(name), kind=kinds[name], machine=known.get(name)) for name in names]


def test_a_class_in_a_session_measures_every_place_at_once() -> None:
    """No signal is heard by a page; that it measured well beside all others says more."""
    class_at_once = browsers(CLASS)
    finding = found("wifi-signal", class_at_once, pupils=CLASS, devices=enrolled(class_at_once))
    assert (finding.status, finding.measured) == (Status.READY, None)
    assert step(finding, "step_room_places") == CLASS


def test_browsers_one_after_the_other_may_be_one_machine() -> None:
    """Ten minutes apart: then they are one place."""
    in_turn = browsers(CLASS, minutes_apart=10.0)
    finding = found("wifi-signal", in_turn, pupils=CLASS, devices=enrolled(in_turn))
    assert finding.status is Status.UNKNOWN
    assert step(finding, "step_room_places") == 1


def test_browsers_outside_a_session_are_no_place() -> None:
    """Anybody can send that."""
    anonymous = [msgspec.structs.replace(one, session=None) for one in browsers(CLASS)]
    finding = found("wifi-signal", anonymous, pupils=CLASS, devices=enrolled(anonymous))
    assert (finding.status, step(finding, "step_room_places")) == (Status.UNKNOWN, 0)


@pytest.mark.parametrize(("rtt_ms", "status"), [(300.0, "ready"), (301.0, "unknown"), (1_001.0, "not_ready")])
def test_who_waits_long_in_the_session_has_no_good_place(rtt_ms: float, status: str) -> None:
    """Up to 300 ms is good, beyond a second is bad, between them nobody can say."""
    slow = browsers(CLASS, rtt_ms=rtt_ms)
    assert found("wifi-signal", slow, pupils=CLASS, seats=CLASS, devices=enrolled(slow)).status == status


def test_who_could_not_measure_in_the_session_has_a_bad_place() -> None:
    """A failure is a sample."""
    lost = browsers(CLASS, status="failed")
    assert found("wifi-signal", lost, pupils=CLASS, seats=CLASS, devices=enrolled(lost)).status is Status.NOT_READY


def test_agents_and_browsers_of_one_system_may_be_the_same_machines() -> None:
    """Six laptops and six browsers on laptops are six places; six Chromebooks are six more."""
    laptops = days_of("a1", [-50.0] * 6, days=1)
    laptops += [observation(one.device_id, "device", {"os_name": "windows"}) for one in laptops]
    same = browsers(6)
    as_windows = [
        msgspec.structs.replace(one, facts={"os_name": "windows"}) if one.probe == "device" else one for one in same
    ]
    together = [*laptops, *as_windows]
    assert step(found("wifi-signal", together, devices=enrolled(together)), "step_room_places") == 6
    other = [*laptops, *same]
    assert step(found("wifi-signal", other, devices=enrolled(other)), "step_room_places") == 12


def test_a_machine_that_was_set_up_anew_is_one_place() -> None:
    """Two enrolments of the same hardware; what either heard counts."""
    twice = [heard("old", "a1", signal_dbm=-50.0), heard("new", "a1", signal_dbm=-60.0)]
    finding = found("wifi-signal", twice, devices=enrolled(twice, old="hw", new="hw"))
    assert (step(finding, "step_room_places"), step(finding, "step_room_weakest")) == (1, -60.0)


def no_wifi(name: str) -> Observation:
    """A machine without a radio."""
    return observation(name, "wifi", {}, at=HOUR_AGO, status="unsupported", error_code="no_wifi_interface")


def unplugged(name: str, *, reached_ago: timedelta = timedelta(hours=1)) -> list[Observation]:
    """A machine whose radio is not connected, and which reached the measurement point all the same."""
    names = ("signal_dbm", "bssid", "snr_db")
    wifi = observation(name, "wifi", dict.fromkeys(names), at=HOUR_AGO, missing=dict.fromkeys(names, "not_connected"))
    return [wifi, observation(name, "latency", {"rtt_p95_ms": 9.0}, at=NOW - reached_ago)]


def test_a_wired_room_is_judged_as_wired() -> None:
    """It has no air to judge."""
    wired = [no_wifi(f"m{number}") for number in range(CLASS)]
    finding = found("wifi-signal", wired, pupils=CLASS)
    assert (finding.status, finding.measured) == (Status.READY, None)
    assert finding.why == Text("why_room_wired", {"room": "Sal A1", "devices": CLASS})
    for other in ("wifi-rate", "wifi-retries"):
        assert found(other, wired, pupils=CLASS).status is Status.READY


def test_three_wired_machines_say_nothing_of_the_laptops() -> None:
    """A full class may bring them."""
    finding = found("wifi-signal", [no_wifi(f"m{number}") for number in range(3)], pupils=CLASS)
    assert (finding.status, step(finding, "step_room_wired")) == (Status.UNKNOWN, 3)


def test_machines_with_a_radio_may_be_on_cable() -> None:
    """Seen by what they reached while the radio was not connected."""
    wired = [one for number in range(CLASS) for one in unplugged(f"m{number}")]
    assert found("wifi-signal", wired, pupils=CLASS).status is Status.READY
    long_ago = [one for number in range(CLASS) for one in unplugged(f"m{number}", reached_ago=timedelta(hours=3))]
    assert found("wifi-signal", long_ago, pupils=CLASS).status is Status.UNKNOWN


def test_a_machine_that_lost_its_radio_is_not_on_cable() -> None:
    """It heard the room badly yesterday: that stands."""
    yesterday = [heard(f"m{n}", "a1", signal_dbm=-85.0, at=NOW - timedelta(days=1)) for n in range(CLASS)]
    finding = found("wifi-signal", [*yesterday, *(no_wifi(f"m{number}") for number in range(CLASS))], pupils=CLASS)
    assert (finding.status, step(finding, "step_room_wired")) == (Status.NOT_READY, 0)


def test_some_on_cable_and_some_in_the_air() -> None:
    """Each is a place."""
    mixed = [*(no_wifi(f"m{number}") for number in range(6)), *days_of("a1", [-60.0] * 5, days=1)]
    finding = found("wifi-signal", mixed, pupils=CLASS)
    assert (finding.status, finding.measured) == (Status.READY, -60.0)
    assert finding.why.code == "why_room_ready"
