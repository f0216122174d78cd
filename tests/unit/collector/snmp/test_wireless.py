"""What is made of a controller's tables: whole ones, broken ones, and ones that contradict each other."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from collector.snmp.access_points import AccessPoint, Radio, WirelessStatus
from collector.snmp.session import Oid, SnmpProblem, Value
from collector.snmp.vendor_profile import VendorProfile, by_value
from collector.snmp.wireless import read_wireless
from tests.support.snmp_recordings import Recorded

NAME, STATE, CLIENTS = (1, 1), (1, 2), (1, 3)
CHANNEL, LOAD, RADIO_CLIENTS, MAC, BAND = (2, 1), (2, 2), (2, 3), (2, 4), (2, 5)
POINTS_TOTAL, CLIENTS_TOTAL = (3, 1, 0), (3, 2, 0)
FAMILY = VendorProfile(
    name="made-up",
    gear="gear",
    object_ids=((1,),),
    access_point_name=NAME,
    access_point_state=STATE,
    states_up=frozenset({1}),
    access_point_clients=CLIENTS,
    radio_channel=CHANNEL,
    radio_utilisation=LOAD,
    radio_clients=RADIO_CLIENTS,
    radio_mac=MAC,
    radio_band=BAND,
    read_band=by_value({1: "2.4", 2: "5"}),
    access_points_total=POINTS_TOTAL,
    clients_total=CLIENTS_TOTAL,
)
VALUES: dict[Oid, Value] = {
    (*NAME, 7, 7): b"sal-A1",
    (*NAME, 7, 8): b"sal-A2",
    (*STATE, 7, 7): 1,
    (*STATE, 7, 8): 1,
    (*CLIENTS, 7, 7): 12,
    (*CLIENTS, 7, 8): 30,
    (*CHANNEL, 7, 7, 0): 36,
    (*CHANNEL, 7, 8, 0): 6,
    (*LOAD, 7, 7, 0): 17,
    (*LOAD, 7, 8, 0): 64,
    (*RADIO_CLIENTS, 7, 7, 0): 12,
    (*RADIO_CLIENTS, 7, 8, 0): 30,
    (*MAC, 7, 7, 0): bytes.fromhex("02000000a100"),
    (*MAC, 7, 8, 0): bytes.fromhex("02000000a200"),
    (*BAND, 7, 7, 0): 2,
    (*BAND, 7, 8, 0): 1,
    POINTS_TOTAL: 2,
    CLIENTS_TOTAL: 42,
}


def read(changed: dict[Oid, Value] | None = None, cut: dict[Oid, SnmpProblem] | None = None) -> WirelessStatus:
    return asyncio.run(read_wireless(Recorded(VALUES | (changed or {}), cut), FAMILY))


def test_whole() -> None:
    assert read() == WirelessStatus(
        access_points=[AccessPoint((7, 7), "sal-A1", True, 12), AccessPoint((7, 8), "sal-A2", True, 30)],
        radios=[
            Radio((7, 7), 0, 36, 17, 12, "5", "02:00:00:00:a1:00"),
            Radio((7, 8), 0, 6, 64, 30, "2.4", "02:00:00:00:a2:00"),
        ],
        clients=42,
        unknown={},
    )


@pytest.mark.parametrize(("total", "believed"), [(40, True), (44, True), (39, False), (45, False), (0, False)])
def test_counts_against_the_total(total: int, *, believed: bool) -> None:
    """42 are counted; two more or less are people on their way."""
    found = read({CLIENTS_TOTAL: total})
    assert [point.clients for point in found.access_points] == ([12, 30] if believed else [None, None])
    assert [radio.clients for radio in found.radios] == ([12, 30] if believed else [None, None])
    disagree = {"access_point_clients": "disagree", "radio_clients": "disagree"}
    assert found.unknown == ({} if believed else disagree)
    assert found.clients == total


def test_of_many_clients_a_few_percent_may_be_on_their_way() -> None:
    many: dict[Oid, Value] = {(*CLIENTS, 7, 7): 960, (*RADIO_CLIENTS, 7, 7, 0): 900, CLIENTS_TOTAL: 1_000}
    found = read(many)
    assert found.unknown == {"radio_clients": "disagree"}
    assert found.access_points[0].clients == 960


@pytest.mark.parametrize("problem", ["truncated", "disordered", "refused"])
@pytest.mark.parametrize(
    ("column", "what"),
    [
        (NAME, "access_points"),
        (STATE, "access_points"),
        (CLIENTS, "access_point_clients"),
        (CHANNEL, "radio_channels"),
        (LOAD, "radio_utilisation"),
        (RADIO_CLIENTS, "radio_clients"),
        (MAC, "radio_macs"),
    ],
)
def test_half_a_column_is_none(column: Oid, what: str, problem: SnmpProblem) -> None:
    """Its values are taken for unknown, with the reason; the other columns stand."""
    found = read(cut={column: problem})
    assert found.unknown == {what: problem}
    told = {
        NAME: len(found.access_points),
        STATE: sum(point.up is not None for point in found.access_points),
        CLIENTS: sum(point.clients is not None for point in found.access_points),
        CHANNEL: sum(radio.channel is not None for radio in found.radios),
        LOAD: sum(radio.utilisation_percent is not None for radio in found.radios),
        RADIO_CLIENTS: sum(radio.clients is not None for radio in found.radios),
        MAC: sum(radio.mac is not None for radio in found.radios),
    }
    of_points = {NAME, STATE, CLIENTS}
    gone = of_points if column == NAME else {column}
    assert told == {one: 0 if one in gone else 2 for one in told}


def test_a_dead_controller_is_asked_once() -> None:
    """Not once for each table, with every retry."""
    session = Recorded(VALUES, cut={NAME: "timeout"})
    found = asyncio.run(read_wireless(session, FAMILY))
    assert session.asked == 1
    assert (found.access_points, found.radios, found.clients) == ([], [], None)
    assert set(found.unknown.values()) == {"timeout"}
    assert found.unknown["total"] == "timeout"


def test_access_points_that_are_missing_from_the_list() -> None:
    """The controller says 20 have joined, and lists two."""
    assert read({POINTS_TOTAL: 20}).unknown == {"access_points": "disagree"}


@pytest.mark.parametrize(("told", "percent"), [(0, 0), (100, 100), (101, None), (255, None), (-1, None), (b"17", None)])
def test_load_is_a_share(told: Value, percent: int | None) -> None:
    assert read({(*LOAD, 7, 7, 0): told}).radios[0].utilisation_percent == percent


def test_a_radio_without_a_channel() -> None:
    """0 is what a radio that is off says."""
    assert read({(*CHANNEL, 7, 7, 0): 0}).radios[0].channel is None


def test_values_of_the_wrong_type_count_nothing() -> None:
    found = read({(*CLIENTS, 7, 7): b"12", (*STATE, 7, 7): b"up"})
    assert (found.access_points[0].up, found.access_points[0].clients) == (None, None)


def test_a_total_that_is_not_told_cannot_contradict() -> None:
    family = replace(FAMILY, clients_total=None)
    found = asyncio.run(read_wireless(Recorded(VALUES), family))
    assert ([point.clients for point in found.access_points], found.clients) == ([12, 30], None)
    assert found.unknown == {"total": "not_told"}


@pytest.mark.parametrize(("channel", "band"), [(36, "5"), (100, "5"), (6, "2.4"), (149, None), (1, None), (37, None)])
def test_a_band_that_is_not_told_is_that_of_the_channel(channel: int, band: str | None) -> None:
    """Unless 6 GHz has a channel of that number too; then it is unknown, and why."""
    found = asyncio.run(read_wireless(Recorded({**VALUES, (*CHANNEL, 7, 7, 0): channel}, {BAND: "truncated"}), FAMILY))
    assert found.radios[0].band == band
    assert found.unknown == ({} if band else {"radio_bands": "truncated"})


def test_gear_that_knows_no_6_ghz_has_no_such_doubt() -> None:
    family = replace(FAMILY, radio_band=None, knows_6_ghz=False)
    found = asyncio.run(read_wireless(Recorded({**VALUES, (*CHANNEL, 7, 7, 0): 149}), family))
    assert ([radio.band for radio in found.radios], found.unknown) == (["5", "2.4"], {})


def test_an_unknown_code_of_a_band_is_no_band() -> None:
    """As of gear that is newer than this program; channel 1 may be in either."""
    assert read({(*BAND, 7, 8, 0): 9, (*CHANNEL, 7, 8, 0): 1}).radios[1].band is None


@pytest.mark.parametrize(
    ("told", "mac"),
    [
        (bytes.fromhex("0200005e10ab"), "02:00:00:5e:10:ab"),
        (b"02-00-00-5E-10-AB", "02:00:00:5e:10:ab"),
        (b"0200.005e.10ab", "02:00:00:5e:10:ab"),
        (bytes(6), None),
        (b"", None),
        (b"AP-1", None),
        (17, None),
    ],
)
def test_addresses_in_many_shapes(told: Value, mac: str | None) -> None:
    assert read({(*MAC, 7, 7, 0): told}).radios[0].mac == mac


def test_a_radio_whose_row_names_its_access_point() -> None:
    """Rows that name one that is not listed belong to nobody."""
    owner, channel = (4, 1), (4, 2)
    family = replace(
        FAMILY, radio_owner=owner, radio_channel=channel, radio_utilisation=None, radio_clients=None, radio_mac=None
    )
    rows: dict[Oid, Value] = {
        (*owner, 1): b"sal-A2",
        (*owner, 2): b"sal-A9",
        (*channel, 1): 36,
        (*channel, 2): 40,
    }
    found = asyncio.run(read_wireless(Recorded(VALUES | rows), family))
    assert [(radio.access_point, radio.channel) for radio in found.radios] == [((7, 8), 36)]
