"""What changes seldom is walked seldom, and what is made of it is the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from collector.snmp.session import DEFAULT_LIMITS, Oid, SnmpAnswer, SnmpProblem, Value, WalkLimits
from collector.snmp.vendors import cisco, families
from collector.snmp.wireless import SLOW_EVERY, WirelessReader, WirelessStatus, read_wireless
from tests.support.snmp_recordings import Recorded, recording
from tests.unit.collector.snmp.test_vendors import HAND_WRITTEN, RECORDED, family

NAME = cisco.FAMILY.access_point_name
USE = cisco.FAMILY.radio_utilisation or ()


class Controller:
    """A recorded controller whose values may change, and which notes what it is asked to walk."""

    def __init__(self, name: str = "cisco-controller") -> None:
        self.values: dict[Oid, Value] = recording(name)
        self.cut: dict[Oid, SnmpProblem] = {}
        self.walked: list[Oid] = []
        self.now = datetime(2026, 11, 23, 9, tzinfo=UTC)
        self.reader = WirelessReader(self, lambda: self.now)

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        return await Recorded(self.values).get(names)

    async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
        self.walked.append(root)
        return await Recorded(self.values, self.cut).walk(root, limits)

    def read(self, **later: float) -> tuple[WirelessStatus, set[Oid]]:
        """What a poll brings, that much later, and what was walked for it."""
        self.now += timedelta(**later)
        self.walked = []
        found = asyncio.run(self.reader.read(cisco.FAMILY))
        return found, set(self.walked)


SLOW, ALL = set(cisco.FAMILY.slow_columns), set(cisco.FAMILY.columns)


def test_what_is_slow() -> None:
    """Counts never are, names always; and every family says so of columns that it has."""
    assert NAME in SLOW
    assert USE not in SLOW
    for one in families():
        assert set(one.slow_columns) < set(one.columns)


@pytest.mark.parametrize("name", RECORDED | HAND_WRITTEN)
def test_the_same_is_found_every_time(name: str) -> None:
    """By every family: asked at once, for the first time, and again."""
    session, its = Recorded(recording(name)), family((RECORDED | HAND_WRITTEN)[name])
    reader = WirelessReader(session, lambda: datetime(2026, 11, 23, tzinfo=UTC))
    whole = asyncio.run(read_wireless(session, its))
    assert asyncio.run(reader.read(its)) == whole
    assert asyncio.run(reader.read(its)) == whole


def test_names_are_walked_again_when_they_are_old() -> None:
    """Within the hour only counts are."""
    controller = Controller()
    first, walked = controller.read()
    assert walked == ALL
    assert len(first.radios) == 452
    assert controller.read(minutes=5) == (first, ALL - SLOW)
    assert controller.read(seconds=SLOW_EVERY.total_seconds() - 301) == (first, ALL - SLOW)
    assert controller.read(seconds=1) == (first, ALL)


def test_counts_are_those_of_now() -> None:
    """However old the names are."""
    controller = Controller()
    controller.read()
    controller.values |= {name: 77 for name in controller.values if name[: len(USE)] == USE}
    found, walked = controller.read(minutes=5)
    assert {radio.utilisation_percent for radio in found.radios} == {77}
    assert walked == ALL - SLOW


def test_rows_that_come_or_go_are_named_at_once() -> None:
    """An access point that was taken away is not kept by its name."""
    controller = Controller()
    first, _ = controller.read()
    gone = first.access_points[0].key
    controller.values = {name: value for name, value in controller.values.items() if gone != name[-len(gone) - 1 : -1]}
    controller.values = {name: value for name, value in controller.values.items() if gone != name[-len(gone) :]}
    found, walked = controller.read(minutes=5)
    assert walked == ALL
    assert len(found.access_points) == len(first.access_points) - 1


def test_half_a_table_is_not_remembered() -> None:
    """It counts as unknown this time, and is asked for again the next."""
    controller = Controller()
    controller.cut = {NAME: "truncated"}
    found, _ = controller.read()
    assert found.unknown["access_points"] == "truncated"
    controller.cut = {}
    found, walked = controller.read(minutes=5)
    assert walked == ALL
    assert "access_points" not in found.unknown


def test_a_controller_that_is_silent_is_asked_once() -> None:
    """And what it said before does not stand in for it."""
    controller = Controller()
    controller.read()
    quick = [column for column in cisco.FAMILY.columns if column not in SLOW]
    controller.cut = {quick[0]: "timeout"}
    controller.values = {}
    found, walked = controller.read(minutes=5)
    assert walked == {quick[0]}
    assert found.access_points == []
    assert found.unknown["access_points"] == "timeout"
