"""Each family against recordings of real gear; the numbers are counted anew here, from the recordings' raw lines."""

from __future__ import annotations

import asyncio

import pytest

from collector.snmp.session import dotted, oid
from collector.snmp.vendor_profile import AnyFamily
from collector.snmp.vendors import families, family_of, find_family
from collector.snmp.wireless import WirelessStatus, read_wireless
from tests.support.snmp_recordings import RECORDINGS, Recorded, lines, recording

TRIED_ON = {name: one.name for one in families() for name in one.tried_on}
"""The family that each recording is of, as its file says."""
HAND_WRITTEN = {name: of for name, of in TRIED_ON.items() if name.startswith("hand-written-")}
RECORDED = {name: of for name, of in TRIED_ON.items() if name not in HAND_WRITTEN}
UNRECORDED = {"h3c", "ieee80211"}
"""The first has the tables of another under another number, the second those that `ubiquiti-m5` has beside its own:
both are tried on those recordings, below.
"""


def family(name: str) -> AnyFamily:
    return next(one for one in families() if one.name == name)


def read(name: str) -> WirelessStatus:
    """What is made of a recording."""
    return asyncio.run(read_wireless(Recorded(recording(name)), family((RECORDED | HAND_WRITTEN)[name])))


def raw(name: str, column: str) -> list[str]:
    """The values of a column, as written in the recording."""
    return [line.rsplit("|", 1)[1] for line in lines(name) if line.startswith(f"{column}.")]


@pytest.mark.parametrize(("name", "expected"), (RECORDED | HAND_WRITTEN).items())
def test_found_by_what_the_device_says_it_is(name: str, expected: str) -> None:
    found = asyncio.run(find_family(Recorded(recording(name))))
    assert found is not None
    assert found.name == expected


@pytest.mark.parametrize("stranger", ["1.3.6.1.4.1.8072.3.2.10", "1.3.6.1.4.1.9", "1.3.6.1.4.1.25053.3.1.5"])
def test_strangers_belong_nowhere(stranger: str) -> None:
    assert family_of(oid(stranger)) is None


@pytest.mark.parametrize("name", ["cisco-c3560", "hpe-procurve-516733-b21", "dlink-des3200"])
def test_a_switch_is_no_stranger_with_radios(name: str) -> None:
    """Cisco's numbers are those of all its gear; its switches have none of the controllers' tables, and say so."""
    values = recording(name)
    found = asyncio.run(find_family(Recorded(values)))
    if name != "cisco-c3560":
        assert found is None
        return
    assert found is not None
    told = asyncio.run(read_wireless(Recorded(values), found))
    assert (told.access_points, told.radios, told.unknown["access_points"]) == ([], [], "not_told")


def test_a_device_that_does_not_answer_has_no_family() -> None:
    assert asyncio.run(find_family(Recorded({}))) is None


def test_the_newest_cisco_is_not_taken_for_its_forerunner() -> None:
    """The number of a 9800 begins as that of any Cisco."""
    of = [family_of(oid(f"1.3.6.1.4.1.9.1.{model}")) for model in (2669, 1069)]
    assert [found.name for found in of if found is not None] == ["cisco-9800", "cisco"]


def test_every_family_has_a_recording() -> None:
    """One that was never tried on what a device says would be a guess; those that were not say so by their name."""
    assert {one.name for one in families() if not one.tried_on} == UNRECORDED
    assert {path.name.partition(".")[0] for path in RECORDINGS.glob("hand-written-*")} == HAND_WRITTEN.keys()


@pytest.mark.parametrize("name", RECORDED)
def test_recordings_hold_nothing_that_is_not_read(name: str) -> None:
    """No client tables above all."""
    of = [family(RECORDED[name])]
    if name == "ubiquiti-m5":
        of.append(family("ieee80211"))
    wanted = tuple(f"{dotted(column)}." for one in of for column in one.columns)
    single = {dotted(total) for one in of for total in one.totals} | {"1.3.6.1.2.1.1.2.0"}
    assert [line for line in lines(name) if not line.startswith(wanted) and line.split("|")[0] not in single] == []


class TestCisco:
    """A controller with 226 access points, whose counts per radio contradict its own total."""

    NAME = "cisco-controller"

    def test_access_points(self) -> None:
        found = read(self.NAME)
        clients = [int(value) for value in raw(self.NAME, "1.3.6.1.4.1.9.9.513.1.1.1.1.54")]
        assert len(found.access_points) == len(raw(self.NAME, "1.3.6.1.4.1.14179.2.2.1.1.3")) == 226
        assert [point.clients for point in found.access_points] == clients
        assert (sum(clients), found.clients) == (93, 94)
        assert all(point.up for point in found.access_points)
        first = next(point for point in found.access_points if point.key == (0, 58, 152, 176, 46, 112))
        assert first.name == bytes.fromhex("65726a69616f5f7377").decode()

    def test_radios(self) -> None:
        found = read(self.NAME)
        utilisation = [int(value) for value in raw(self.NAME, "1.3.6.1.4.1.14179.2.2.13.1.3")]
        channels = [int(value) for value in raw(self.NAME, "1.3.6.1.4.1.14179.2.2.2.1.4")]
        assert len(found.radios) == 452
        assert [radio.utilisation_percent for radio in found.radios] == utilisation
        assert [radio.channel for radio in found.radios] == channels
        assert {radio.number for radio in found.radios} == {0, 1}
        assert {radio.access_point for radio in found.radios} == {point.key for point in found.access_points}

    def test_clients_per_radio_are_not_believed(self) -> None:
        """They make 153, where the controller knows of 94: stale counts, shown to nobody as fresh ones."""
        assert sum(int(value) for value in raw(self.NAME, "1.3.6.1.4.1.14179.2.2.13.1.4")) == 153
        found = read(self.NAME)
        assert {radio.clients for radio in found.radios} == {None}
        assert found.unknown == {"radio_clients": "disagree"}


class TestAruba:
    """One controller that tells all, two that tell half."""

    def test_all(self) -> None:
        found = read("aruba-7210")
        clients = [int(value) for value in raw("aruba-7210", "1.3.6.1.4.1.14823.2.2.1.5.2.1.5.1.7")]
        utilisation = [int(value) for value in raw("aruba-7210", "1.3.6.1.4.1.14823.2.2.1.5.2.1.5.1.6")]
        assert [radio.clients for radio in found.radios] == clients
        assert [radio.utilisation_percent for radio in found.radios] == utilisation
        assert (len(found.radios), sum(clients), found.clients) == (16, 69, 67)
        assert (len(found.access_points), sum(point.up is True for point in found.access_points)) == (13, 9)
        assert "WRD-WN" in {point.name for point in found.access_points}
        assert found.unknown == {"access_point_clients": "not_told"}

    @pytest.mark.parametrize(("name", "points", "radios"), [("aruba-7010", 4, 8), ("aruba-7020", 3, 2)])
    def test_half(self, name: str, points: int, radios: int) -> None:
        """Channels, but no clients, no load and no totals: unknown, not zero."""
        found = read(name)
        assert (len(found.access_points), len(found.radios), found.clients) == (points, radios, None)
        channels = [int(value) for value in raw(name, "1.3.6.1.4.1.14823.2.2.1.5.2.1.5.1.3")]
        assert [radio.channel for radio in found.radios] == channels
        assert {(radio.clients, radio.utilisation_percent) for radio in found.radios} == {(None, None)}
        not_told = ("access_point_clients", "radio_utilisation", "radio_clients", "radio_macs", "total")
        assert found.unknown == dict.fromkeys(not_told, "not_told")


class TestRuckus:
    """7 682 access points, walked for so long that the counts no longer make the total."""

    NAME = "ruckus-smartcell-gateway"

    def test_access_points(self) -> None:
        found = read(self.NAME)
        states = raw(self.NAME, "1.3.6.1.4.1.25053.1.3.2.1.1.2.2.1.16")
        assert (len(found.access_points), states.count("Connect"), states.count("Disconnect")) == (7682, 7579, 103)
        assert sum(point.up is True for point in found.access_points) == 7579
        assert sum(point.up is False for point in found.access_points) == 103

    def test_counts_that_do_not_make_the_total(self) -> None:
        found = read(self.NAME)
        assert sum(int(value) for value in raw(self.NAME, "1.3.6.1.4.1.25053.1.3.2.1.1.2.2.1.15")) == 11428
        assert found.clients == 13021
        assert {point.clients for point in found.access_points} == {None}
        assert found.unknown["access_point_clients"] == "disagree"
        assert found.unknown["radios"] == "not_told"


class TestHuawei:
    """1 890 access points, 3 600 radios."""

    NAME = "huawei-acu2"

    def test_access_points_and_radios(self) -> None:
        found = read(self.NAME)
        states = raw(self.NAME, "1.3.6.1.4.1.2011.6.139.13.3.3.1.6")
        utilisation = [int(value) for value in raw(self.NAME, "1.3.6.1.4.1.2011.6.139.16.1.2.1.25")]
        assert (len(found.access_points), states.count("8")) == (1890, 1880)
        assert sum(point.up is True for point in found.access_points) == 1880
        assert len(found.radios) == 3600
        assert sum(radio.utilisation_percent or 0 for radio in found.radios) == sum(utilisation) == 46273
        assert "access_points" not in found.unknown

    def test_counts_that_do_not_make_the_total(self) -> None:
        """1 298 by access point, 827 by radio, 1 149 in all."""
        found = read(self.NAME)
        assert sum(int(value) for value in raw(self.NAME, "1.3.6.1.4.1.2011.6.139.13.3.3.1.44")) == 1298
        assert sum(int(value) for value in raw(self.NAME, "1.3.6.1.4.1.2011.6.139.16.1.2.1.40")) == 827
        assert found.clients == 1149
        assert found.unknown == {"access_point_clients": "disagree", "radio_clients": "disagree"}
