"""Who shares the radios of a room and how busy its channels are; what is not known never counts as nobody."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.wire import Facts
from collector.readiness.domain.model import Observation, RadioSeen, Status, Text
from collector.readiness.rooms.radios import same_radio
from tests.support.rooms import AP_A1, AP_A2, NOW, USUAL_LINK, days_of, found, heard, radio
from tests.unit.collector.readiness.cases import observation, step

GOOD = days_of("a1", [-50.0] * 3)


@pytest.mark.parametrize(
    ("already", "status", "clients"),
    [(0, "ready", 20), (5, "ready", 25), (6, "at_risk", 26), (20, "at_risk", 40), (21, "at_risk", 41)],
)
def test_those_already_there_and_the_pupils(already: int, status: str, clients: int) -> None:
    """Twenty pupils come to the room's one radio."""
    finding = found("wifi-crowd", GOOD, [radio(clients=already)])
    assert (finding.status, finding.measured) == (status, clients)
    assert step(finding, "step_radio_clients") == already
    assert step(finding, "step_radio_pupils") == 20
    assert step(finding, "step_radio_load") == clients


def test_advice_says_how_many_to_move() -> None:
    """In numbers, with the access point by name."""
    finding = found("wifi-crowd", GOOD, [radio(clients=12)])
    assert finding.advice[0] == Text(
        "advice_room_move", {"access_point": "AP-A1", "clients": 32, "more": 7, "room": "Sal A1"}
    )


def test_pupils_spread_as_the_devices_do() -> None:
    """Two of three devices use one radio, the third another."""
    both = [*days_of("a1", [-50.0] * 2), *days_of("a1", [-50.0] * 3, bssid=AP_A2)[16:]]
    finding = found("wifi-crowd", both, [radio(clients=0), radio(AP_A2, name="AP-A2", clients=15)])
    told = [(one.source.split(",")[0], one.value) for one in finding.steps if one.name == "step_carrier_share"]
    assert told == [(f"AP-A1 ({AP_A1})", 0.667), (f"AP-A2 ({AP_A2})", 0.333)]
    assert (finding.measured, finding.status) == (22, Status.READY)


def test_a_radio_between_two_rooms_gets_the_pupils_of_both() -> None:
    """40 pupils spread over both: all of them come to it."""
    two = [*GOOD, *days_of("a2", [-50.0] * 3)]
    assert found("wifi-crowd", two, [radio(clients=0)], rooms=("a1", "a2"), pupils=40).measured == 40
    assert found("wifi-crowd", two, [radio(clients=0)], rooms=("a1",), pupils=30).measured == 30


def test_networks_of_one_radio_are_one_radio() -> None:
    """Their BSSIDs differ in the last digit from the radio's address."""
    other = AP_A1[:-1] + "5"
    mixed = [*days_of("a1", [-50.0] * 2), *days_of("a1", [-50.0] * 3, bssid=other)[16:]]
    finding = found("wifi-crowd", mixed, [radio(clients=1)])
    assert [one.value for one in finding.steps if one.name == "step_carrier_share"] == [1.0]
    assert finding.measured == 21


@pytest.mark.parametrize(
    ("gear", "why", "advice"),
    [
        ([], "why_room_clients_not_told", "advice_room_connect_gear"),
        ([radio(clients=None, utilisation=None, unclear="disagree")], "why_radio_unclear", "advice_radio_unclear"),
        ([radio(clients=0, unclear="timeout")], "why_radio_unclear", "advice_radio_unclear"),
        ([radio(at=NOW - timedelta(days=21))], "why_radio_stale", "advice_radio_stale"),
        ([radio(at=NOW - timedelta(hours=12))], "why_radio_out_of_hours", "advice_radio_out_of_hours"),
        ([radio(clients=None)], "why_room_clients_not_told", "advice_room_look_at_gear"),
        ([radio(clients=None, unclear="not_per_radio")], "why_room_clients_not_told", "advice_room_look_at_gear"),
        ([radio(clients=None, unclear="access_point_down")], "why_radio_down", "advice_radio_down"),
        ([radio(mac=AP_A2)], "why_room_clients_not_told", "advice_room_connect_gear"),
    ],
)
def test_what_is_not_known_is_unknown_with_what_to_do(gear: list[RadioSeen], why: str, advice: str) -> None:
    """No gear, gear that answers half, that fell silent, that was read at midnight, that tells of no clients."""
    finding = found("wifi-crowd", GOOD, gear)
    assert (finding.status, finding.measured, finding.why.code) == (Status.UNKNOWN, None, why)
    assert [text.code for text in finding.advice] == [advice]


def test_pupils_alone_can_be_too_many() -> None:
    """Whoever else is there: 30 in the room are beyond the first limit, 25 are not."""
    assert found("wifi-crowd", GOOD, pupils=25).status is Status.UNKNOWN
    finding = found("wifi-crowd", GOOD, pupils=30)
    assert (finding.status, finding.measured) == (Status.AT_RISK, 30)
    assert (finding.advice[0].code, finding.advice[0].values["more"]) == ("advice_room_move", 5)
    assert "advice_room_connect_gear" in [text.code for text in finding.advice]
    beyond = [*GOOD, *days_of("a2", [-50.0] * 3)]
    assert found("wifi-crowd", beyond, rooms=("a1", "a2"), pupils=41).status is Status.AT_RISK


@given(clients=st.integers(0, 100), unclear=st.sampled_from(["timeout", "disagree", "not_told"]))
def test_an_unclear_radio_never_counts_as_empty(clients: int, unclear: str) -> None:
    """Whatever number stands beside the doubt."""
    finding = found("wifi-crowd", GOOD, [radio(clients=clients, unclear=unclear)])
    assert finding.status is Status.UNKNOWN
    assert step(finding, "step_radio_load") is None


@given(before=st.integers(0, 60), more=st.integers(0, 60))
def test_more_clients_never_improve(before: int, more: int) -> None:
    """The count and the status."""
    few, many = (found("wifi-crowd", GOOD, [radio(clients=count)]) for count in (before, before + more))
    assert isinstance(few.measured, int)
    assert isinstance(many.measured, int)
    assert many.measured >= few.measured
    assert (few.status, many.status) != (Status.AT_RISK, Status.READY)


def test_a_channel_can_be_known_where_its_clients_are_not() -> None:
    """The gear contradicts itself in its counts; how busy the channel is stands in another table."""
    gear = [radio(clients=None, utilisation=30.0, unclear="disagree")]
    assert found("wifi-busy", GOOD, gear).status is Status.READY
    assert found("wifi-crowd", GOOD, gear).status is Status.UNKNOWN
    night = [radio(at=NOW - timedelta(hours=12), utilisation=3.0)]
    assert found("wifi-busy", GOOD, night).why.code == "why_radio_out_of_hours"


@pytest.mark.parametrize(("percent", "status"), [(50.0, "ready"), (51.0, "at_risk"), (71.0, "at_risk")])
def test_utilisation_of_the_radios(percent: float, status: str) -> None:
    """As the gear tells; what counts only if it is known puts at risk at most."""
    finding = found("wifi-busy", GOOD, [radio(utilisation=percent)])
    assert (finding.status, finding.measured) == (status, percent)


def test_utilisation_of_a_survey() -> None:
    """Where no gear tells; and the worse of the two where both do."""
    row: Facts = {"bssid": AP_A1, "utilisation_median_percent": 63.0}
    surveyed = observation("tech", "survey", {"signal_p10_dbm": -50}, room="a1", rows=[row])
    finding = found("wifi-busy", [*GOOD, surveyed])
    assert (finding.status, finding.measured) == (Status.AT_RISK, 63.0)
    assert found("wifi-busy", [*GOOD, surveyed], [radio(utilisation=10.0)]).measured == 63.0


def test_one_silent_radio_leaves_it_open() -> None:
    """The other is calm, which says nothing of this one; that it is busy would be enough."""
    both = [*days_of("a1", [-50.0] * 2), *days_of("a1", [-50.0] * 3, bssid=AP_A2)[16:]]
    assert found("wifi-busy", both, [radio(utilisation=10.0)]).status is Status.UNKNOWN
    assert found("wifi-busy", both, [radio(utilisation=90.0)]).status is Status.AT_RISK


def of_kind(phy: str | None, band: str = "5", *, count: int = 3, bssid: str = AP_A1) -> list[Observation]:
    """Machines that have such a link with the access point."""
    link: Facts = USUAL_LINK | {"phy_type": phy, "band": band, "tx_rate_mbit_s": 300.0}
    return [heard(f"{bssid}-{phy}-{number}", "a1", bssid=bssid, link=link) for number in range(count)]


@pytest.mark.parametrize(
    ("phy", "band", "limit", "kind"),
    [
        ("n", "5", 25, "802.11n, 5 GHz"),
        ("ac", "5", 25, "802.11ac, 5 GHz"),
        (None, "5", 25, "5 GHz"),
        ("ax", "5", 40, "802.11ax, 5 GHz"),
        ("be", "6", 40, "802.11be, 6 GHz"),
        ("ax", "2.4", 25, "802.11ax, 2.4 GHz"),
        ("n", "2.4", 12, "802.11n, 2.4 GHz"),
        ("g", "2.4", 12, "802.11g, 2.4 GHz"),
        ("a", "5", 12, "802.11a, 5 GHz"),
    ],
)
def test_how_many_are_many_goes_by_what_the_radio_is(phy: str | None, band: str, limit: int, kind: str) -> None:
    """And it says so; what is required is what it takes."""
    gear = [msgspec.structs.replace(radio(clients=0), band=band)]
    for pupils, status in ((limit, Status.READY), (limit + 1, Status.AT_RISK)):
        finding = found("wifi-crowd", of_kind(phy, band), gear, pupils=pupils, seats=50)
        assert (finding.status, finding.measured, finding.required) == (status, pupils, limit)
        told = {"access_point": "AP-A1", "kind": kind, "clients": pupils, "limit": limit}
        assert finding.why.values == told
        assert finding.why.code == ("why_radio_takes_all" if status is Status.READY else "why_radio_crowded")


def test_a_radio_is_what_the_newest_of_its_machines_uses_it_for() -> None:
    """One of them shows what it can."""
    mixed = [*of_kind("n", count=3), *of_kind("ax", count=1)]
    assert found("wifi-crowd", mixed, [radio(clients=0)]).required == 40


def test_the_fullest_radio_is_so_for_what_it_is() -> None:
    """Fifteen on an old one are more than fifteen and ten on a new one."""
    both = [*of_kind("ax", count=3), *of_kind("g", count=3, bssid=AP_A2)]
    finding = found("wifi-crowd", both, [radio(clients=10), radio(AP_A2, name="AP-A2", clients=0)], pupils=30)
    assert (finding.measured, finding.required, finding.status) == (15, 12, Status.AT_RISK)
    assert finding.advice[0].values["more"] == 3
    assert (step(finding, "step_radio_part"), step(finding, "step_radio_takes")) == (1.6, 40)


def test_devices_that_may_not_say_which_access_point() -> None:
    """A room of Macs: the reason, and another way to know."""
    macs = [
        heard(f"m{number}", "a1", bssid=None, missing={"bssid": "redacted_by_system"}, at=NOW - timedelta(days=back))
        for number in range(3)
        for back in range(8)
    ]
    finding = found("wifi-crowd", macs, [radio()])
    assert finding.status is Status.UNKNOWN
    assert finding.why.code == "why_room_access_points_unknown"
    assert Text("advice_missing_redacted_by_system", {"devices": 3}) in finding.advice
    assert found("wifi-signal", macs, pupils=3).status is Status.READY


def test_radios_with_one_address_are_told_apart() -> None:
    """By band, else by channel; where neither helps, nobody knows which of them it is."""
    other = msgspec.structs.replace(radio(clients=3), band="2.4", channel=6)
    assert found("wifi-crowd", GOOD, [radio(clients=0), other]).measured == 20
    bare = [msgspec.structs.replace(radio(clients=count), band=None, channel=36 + count) for count in (0, 4)]
    assert found("wifi-crowd", GOOD, bare).measured == 20
    same = [msgspec.structs.replace(one, channel=None) for one in bare]
    assert found("wifi-crowd", GOOD, same).status is Status.UNKNOWN
    twins = [radio(), radio(name="AP-A1-too")]
    assert found("wifi-crowd", GOOD, twins).status is Status.UNKNOWN


def test_same_radio() -> None:
    """Up to sixteen networks."""
    assert same_radio("02:AA:00:00:00:10", "02:aa:00:00:00:1f")
    assert not same_radio("02:aa:00:00:00:10", "02:aa:00:00:00:20")
