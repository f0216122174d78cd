"""Requirements on rooms: the worst tenth of each room's devices, and the worst of the sitting's rooms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec
import pytest

from collector.readiness.domain.model import Observation, Severity, Status, Text
from tests.unit.collector.readiness.cases import NOW, found, observation, requirement, sitting, step

SIGNAL = requirement(
    "wifi.signal_dbm", "at_least", -67, named="signal", applies_to="room", unit="dBm", at_risk_value=-72
)
TWO_ROOMS = sitting(rooms=("a1", "a2"))


def signals(room: str, values: Iterable[float | None], *, age: timedelta = timedelta(hours=1)) -> list[Observation]:
    """One device per value, in that room; None is a device without Wi-Fi."""
    return [
        observation(
            f"{room}-{number}",
            "wifi",
            {"signal_dbm": value},
            room=room,
            at=NOW - age,
            missing={} if value is not None else {"signal_dbm": "not_connected"},
        )
        for number, value in enumerate(values)
    ]


def test_the_worst_tenth_decides() -> None:
    """Of 11 devices two are the worst tenth: the second worst counts, so one bad corner does not."""
    finding = found(SIGNAL, signals("a1", [-60.0] * 9 + [-66.0, -90.0]))
    assert finding.status is Status.READY
    assert (finding.measured, finding.required, finding.unit, finding.room) == (-66.0, -67, "dBm", "a1")
    assert finding.headroom is None
    assert finding.evidence.count == 11
    assert finding.why == Text("why_room_ready", {"room": "Sal A1", "devices": 11, "unknown": 0, "rooms": 1})


def test_of_few_devices_the_worst_counts() -> None:
    """Up to ten."""
    finding = found(SIGNAL, signals("a1", [-60.0] * 9 + [-90.0]))
    assert (finding.status, finding.measured) == (Status.NOT_READY, -90.0)


def test_between_the_values_is_at_risk() -> None:
    """-70 dBm lies between -67 and -72."""
    finding = found(SIGNAL, signals("a1", [-70.0]))
    assert finding.status is Status.AT_RISK
    assert finding.advice == [Text("advice_rooms_weak", {"rooms": "Sal A1", "count": 1})]


def test_at_most_reads_the_other_tail() -> None:
    """For round trips the worst tenth is the slowest."""
    rule = requirement("latency.rtt_p95_ms", "at_most", 100, named="delay", applies_to="room", unit="ms")
    observations = [observation(n, "latency", {"rtt_p95_ms": 10.0 * n}) for n in range(1, 12)]
    assert found(rule, observations).measured == 100.0
    assert found(rule, observations).status is Status.READY


def test_the_worst_room_is_named() -> None:
    """One finding, about the room that fails."""
    finding = found(SIGNAL, signals("a1", [-50.0]) + signals("a2", [-80.0]), about=TWO_ROOMS)
    assert (finding.status, finding.room, finding.measured) == (Status.NOT_READY, "a2", -80.0)
    assert finding.why == Text("why_room_not_ready", {"room": "Sal A2", "devices": 1, "unknown": 0, "rooms": 2})
    assert finding.evidence.count == 2


def test_a_room_without_data_is_unknown_and_named() -> None:
    """A good room beside it does not make it ready."""
    finding = found(SIGNAL, signals("a1", [-50.0]), about=TWO_ROOMS)
    assert (finding.status, finding.room, finding.measured) == (Status.UNKNOWN, "a2", None)
    assert finding.why == Text("why_room_unknown", {"room": "Sal A2", "unknown": 1, "rooms": 2})
    assert finding.advice == [Text("advice_rooms_measure", {"rooms": "Sal A2", "count": 1})]


def test_a_failing_room_beats_an_unknown_one() -> None:
    """Both are said."""
    finding = found(SIGNAL, signals("a2", [-80.0]), about=sitting(rooms=("a1", "a2", "a3")))
    assert (finding.status, finding.room) == (Status.NOT_READY, "a2")
    assert finding.why.values["unknown"] == 2
    assert finding.advice == [
        Text("advice_rooms_weak", {"rooms": "Sal A2", "count": 1}),
        Text("advice_rooms_measure", {"rooms": "Sal A1, a3", "count": 2}),
    ]


def test_devices_without_wifi_say_why() -> None:
    """A wired room: unknown, with the reason and how many."""
    finding = found(SIGNAL, signals("a1", [None, None]))
    assert finding.status is Status.UNKNOWN
    assert finding.advice == [
        Text("advice_rooms_measure", {"rooms": "Sal A1", "count": 1}),
        Text("advice_missing_not_connected", {"devices": 2}),
    ]


def test_stale_rooms_are_unknown() -> None:
    """A week and a second."""
    assert found(SIGNAL, signals("a1", [-50.0], age=timedelta(days=7, seconds=1))).status is Status.UNKNOWN
    assert found(SIGNAL, signals("a1", [-50.0], age=timedelta(days=7))).status is Status.READY


def test_only_the_newest_value_of_a_device_counts() -> None:
    """It was bad yesterday and is good today."""
    yesterday = signals("a1", [-90.0], age=timedelta(days=1))
    finding = found(SIGNAL, yesterday + signals("a1", [-50.0]))
    assert (finding.status, finding.evidence.count) == (Status.READY, 1)


def test_rooms_of_other_sittings_do_not_matter() -> None:
    """A bad room where nobody sits."""
    assert found(SIGNAL, signals("a1", [-50.0]) + signals("a3", [-90.0])).status is Status.READY


def test_sitting_without_rooms_is_unknown() -> None:
    """There is nothing to measure."""
    assert found(SIGNAL, signals("a1", [-50.0]), about=sitting(rooms=())).status is Status.UNKNOWN


def test_a_rule_that_is_no_number_takes_the_worst_tenth_of_outcomes() -> None:
    """11 devices, one on a channel that is not allowed."""
    rule = requirement("wifi.security", "one_of", ["wpa2", "wpa3"], named="security", applies_to="room", unit="")
    observations = [observation(n, "wifi", {"security": "wpa3"}) for n in range(10)]
    worst = observation(10, "wifi", {"security": "open"})
    assert found(rule, [*observations, worst]).status is Status.READY
    also = observation(11, "wifi", {"security": "open"})
    finding = found(rule, [*observations, worst, also])
    assert (finding.status, finding.measured, finding.required) == (Status.NOT_READY, "open", "wpa2, wpa3")


def test_measured_fact_on_the_whole_school() -> None:
    """All devices are one room, whichever room they are in."""
    rule = requirement("latency.loss_ratio", "at_most", 0.01, named="loss", applies_to="school", unit="ratio")
    observations = [observation(n, "latency", {"loss_ratio": 0.0}, room=None) for n in range(3)]
    finding = found(rule, observations)
    assert (finding.status, finding.room) == (Status.READY, None)
    assert finding.why == Text("why_school_ready", {"devices": 3})
    assert found(rule, [observation(1, "latency", {"loss_ratio": 0.5})]).why.code == "why_school_not_ready"
    assert found(rule, []).why == Text("why_school_unknown")


def test_steps_tell_each_room() -> None:
    """How many devices, the value that counts, and the single devices."""
    finding = found(SIGNAL, signals("a1", [-50.0, -60.0]) + signals("a2", [-80.0]), about=TWO_ROOMS)
    told = [(one.value, one.source) for one in finding.steps if one.name == "step_devices_told"]
    assert told == [(2, "room a1"), (1, "room a2")]
    tenths = [(one.value, one.source) for one in finding.steps if one.name == "step_worst_tenth"]
    assert tenths == [(-60.0, "wifi.signal_dbm in room a1"), (-80.0, "wifi.signal_dbm in room a2")]
    assert step(finding, "step_device_failed") == -80.0


@pytest.mark.parametrize(
    ("severity", "status", "room"),
    [("required", "unknown", "a2"), ("recommended", "unknown", "a2"), ("if_known", "at_risk", "a1")],
)
def test_of_what_counts_if_known_the_room_that_is_known_counts(severity: Severity, status: str, room: str) -> None:
    """A room at the limit puts the sitting at risk though nothing is known of the room beside it."""
    rule = msgspec.structs.replace(SIGNAL, severity=severity)
    finding = found(rule, signals("a1", [-70.0]), about=TWO_ROOMS)
    assert (finding.status, finding.room) == (status, room)


def test_what_counts_if_known_is_unknown_beside_a_good_room() -> None:
    """It is shown as unknown, and never as ready."""
    rule = msgspec.structs.replace(SIGNAL, severity="if_known")
    finding = found(rule, signals("a1", [-50.0]), about=TWO_ROOMS)
    assert (finding.status, finding.room) == (Status.UNKNOWN, "a2")
