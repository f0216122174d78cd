"""What is made of a controller's tables: whole ones, broken ones, and ones that contradict each other."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from collector.snmp.session import Oid, Problem, Value
from collector.snmp.wireless import AccessPoint, Family, Radio, Wireless, read_wireless
from tests.snmp_recordings import Recorded

NAME, STATE, CLIENTS = (1, 1), (1, 2), (1, 3)
CHANNEL, LOAD, RADIO_CLIENTS = (2, 1), (2, 2), (2, 3)
POINTS_TOTAL, CLIENTS_TOTAL = (3, 1, 0), (3, 2, 0)
FAMILY = Family(
    name="made-up",
    object_ids=((1,),),
    access_point_name=NAME,
    access_point_state=STATE,
    states_up=frozenset({1}),
    access_point_clients=CLIENTS,
    radio_channel=CHANNEL,
    radio_utilisation=LOAD,
    radio_clients=RADIO_CLIENTS,
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
    POINTS_TOTAL: 2,
    CLIENTS_TOTAL: 42,
}


def read(changed: dict[Oid, Value] | None = None, cut: dict[Oid, Problem] | None = None) -> Wireless:
    return asyncio.run(read_wireless(Recorded(VALUES | (changed or {}), cut), FAMILY))


def test_whole() -> None:
    assert read() == Wireless(
        access_points=[AccessPoint((7, 7), "sal-A1", True, 12), AccessPoint((7, 8), "sal-A2", True, 30)],
        radios=[Radio((7, 7), 0, 36, 17, 12), Radio((7, 8), 0, 6, 64, 30)],
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
    ],
)
def test_half_a_column_is_none(column: Oid, what: str, problem: Problem) -> None:
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
