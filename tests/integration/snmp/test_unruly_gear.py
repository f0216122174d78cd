"""Gear that loops, never ends, dies half-way, or lies about its types: over the network, by both libraries."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.snmp.access_points import WirelessStatus, rows
from collector.snmp.lldp import neighbours
from collector.snmp.session import Community, Oid, Session, SnmpAnswer, Target, WalkLimits
from collector.snmp.vendors import cisco, find_family
from collector.snmp.wireless import read_wireless
from tests.support.snmp_questions import OPENERS, Opener, ask
from tests.support.snmp_recordings import lines
from tests.support.snmp_responder import responder
from tests.support.snmp_simulator import simulator

ROOT: Oid = (1, 3, 6, 1, 4, 1, 99999, 1)


@pytest.fixture(params=OPENERS)
def opener(request: pytest.FixtureRequest) -> Opener:
    opener: Opener = request.param
    return opener


def walk(opener: Opener, target: Target, limits: WalkLimits) -> SnmpAnswer:
    return ask(opener, target, lambda session: session.walk(ROOT, limits))


def endless(name: Oid) -> tuple[Oid, int]:
    """A table that has one more row for ever."""
    index = name[len(ROOT)] + 1 if len(name) > len(ROOT) else 1
    return (*ROOT, index), index


def circular(name: Oid) -> tuple[Oid, int]:
    """A table whose ninth row is followed by its fourth again, as some agents have it."""
    index = name[len(ROOT)] if len(name) > len(ROOT) else 0
    return (*ROOT, 4 if index == 9 else index + 1), index


def standing(name: Oid) -> tuple[Oid, int]:
    """A table whose third row is followed by itself."""
    index = name[len(ROOT)] if len(name) > len(ROOT) else 0
    return (*ROOT, min(index + 1, 3)), index


@pytest.mark.parametrize(("following", "kept"), [(circular, 9), (standing, 3)])
@pytest.mark.parametrize("bulk_rows", [2, 5, 25])
def test_a_table_that_goes_round_in_circles(
    opener: Opener, following: Callable[[Oid], tuple[Oid, int]], kept: int, bulk_rows: int
) -> None:
    """Ends where it begins anew, and says so."""
    with responder(following) as device:
        answer = walk(opener, device.target(), WalkLimits(bulk_rows=bulk_rows))
    assert answer.problem == "disordered"
    assert list(answer.values) == [(*ROOT, index + 1) for index in range(kept)]
    assert device.requests <= kept // bulk_rows + 3


@pytest.mark.parametrize(("bulk_rows", "most_rows"), [(10, 100), (50, 1_000), (50, 1_001)])
def test_a_table_that_never_ends(opener: Opener, bulk_rows: int, most_rows: int) -> None:
    """Is cut at the bound, with as many requests as that takes and no larger ones than allowed."""
    with responder(endless) as device:
        answer = walk(opener, device.target(), WalkLimits(bulk_rows=bulk_rows, most_rows=most_rows))
    assert answer.problem == "truncated"
    assert list(answer.values.values()) == list(range(1, most_rows + 1))
    assert device.most_rows_asked == bulk_rows
    assert device.requests <= most_rows // bulk_rows + 2


def test_a_device_that_dies_half_way(opener: Opener) -> None:
    """What it told until then is kept, with the reason."""
    with responder(endless, silent_after=3) as device:
        target = device.target(timeout_s=0.5, retries=1)
        answer = walk(opener, target, WalkLimits(bulk_rows=10, most_rows=100))
    assert answer.problem == "timeout"
    assert 20 <= len(answer.values) <= 30


@pytest.mark.parametrize(
    "spoil", [lambda reply: reply[:-3], lambda reply: reply[:-3] + b"\x7f\x7f\x7f", lambda _: b"\x30"]
)
def test_replies_that_cannot_be_read(opener: Opener, spoil: Callable[[bytes], bytes]) -> None:
    """Cut, damaged, or nothing at all: no rows, and no end of the table either."""
    with responder(endless, spoil=spoil) as device:
        target = device.target(timeout_s=0.2, retries=0)
        answer = walk(opener, target, WalkLimits(bulk_rows=5, most_rows=20))
    assert answer.problem in {"timeout", "refused"}
    assert len(answer.values) < 20


def controller() -> Callable[[Oid], tuple[Oid, int | bytes] | None]:
    """A made-up controller of 40 access points, as the family `cisco` keeps them."""
    points = [(2, 0, 94, 16, 0, number) for number in range(40)]
    objects: dict[Oid, int | bytes] = {}
    for point in points:
        objects[(*cisco.FAMILY.access_point_name, *point)] = b"sal-%d" % point[-1]
        objects[(*(cisco.FAMILY.access_point_state or ()), *point)] = 1
        objects[(*(cisco.FAMILY.access_point_clients or ()), *point)] = 5
    order = sorted(objects)
    return lambda name: next(((one, objects[one]) for one in order if one > name), None)


@pytest.mark.parametrize("answered", [1, 2, 3])
def test_a_controller_that_dies_half_way(opener: Opener, answered: int) -> None:
    """Is not asked on, and nothing of it is taken for zero."""
    with responder(controller(), silent_after=answered) as device:
        target = device.target(timeout_s=0.2, retries=0)
        started = time.monotonic()
        found = ask(opener, target, lambda s: read_wireless(s, cisco.FAMILY, WalkLimits(bulk_rows=25)))
        assert time.monotonic() - started < 60
        # Nothing more than what was answered, the question that was not, and no further table.
        assert device.requests <= answered + 2
    assert found.clients is None
    assert {"timeout"} >= set(found.unknown.values()) - {"not_told"}
    assert [point for point in found.access_points if point.clients is not None] == []
    assert found.unknown["total"] == "timeout"
    assert all(row.clients is None and row.unclear is not None for row in rows(found))


def test_a_switch_that_dies_half_way(opener: Opener) -> None:
    """Silence is no list of neighbours."""
    with responder(lambda name: None, silent_after=0) as device:
        found = ask(opener, device.target(timeout_s=0.2, retries=0), neighbours)
        assert device.requests == 1
    assert (found.found, found.problem) == ([], "timeout")


SPOILED = "spoiled-controller"
UTILISATION = "1.3.6.1.4.1.14179.2.2.13.1.3."
CLIENTS, STATE, CHANNEL = (
    "1.3.6.1.4.1.9.9.513.1.1.1.1.54.",
    "1.3.6.1.4.1.14179.2.2.1.1.6.",
    "1.3.6.1.4.1.14179.2.2.2.1.4.",
)


def spoiled() -> Iterator[str]:
    """The big controller without its column of load, with counts and states as text, and a channel that is none."""
    for line in lines("cisco-controller"):
        object_id, _, value = line.split("|", 2)
        if object_id.startswith(UTILISATION):
            continue
        if object_id.startswith((CLIENTS, STATE)):
            yield f"{object_id}|4|{value} st"
        elif object_id.startswith(CHANNEL):
            yield f"{object_id}|2|-1"
        else:
            yield line


@pytest.fixture(scope="module")
def spoiled_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder: Path = tmp_path_factory.mktemp("spoiled")
    recorded = folder / f"{SPOILED}.snmprec"
    recorded.write_text("\n".join(spoiled()) + "\n")
    with simulator(folder, [recorded]) as port:
        yield port


def test_wrong_types_and_missing_columns(opener: Opener, spoiled_port: int) -> None:
    """The access points are there; what is told of them in another type, or not at all, is unknown and never 0."""
    target = Target("127.0.0.1", Community(SPOILED), spoiled_port, timeout_s=10.0)

    async def reading(session: Session) -> WirelessStatus:
        family = await find_family(session)
        assert family is not None
        return await read_wireless(session, family, replace(WalkLimits(), bulk_rows=50))

    found = ask(opener, target, reading)
    assert len(found.access_points) == 226
    assert {(point.up, point.clients) for point in found.access_points} == {(None, None)}
    assert {(radio.channel, radio.utilisation_percent) for radio in found.radios} == {(None, None)}
    assert found.unknown["radio_utilisation"] == "not_told"
    assert {row.clients for row in rows(found)} == {None}
    assert None not in {row.unclear for row in rows(found)}
