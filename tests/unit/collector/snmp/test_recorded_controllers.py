"""More controllers and access points, each against its recording, counted anew from the recording's raw lines."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict

import pytest

from collector.snmp.access_points import WirelessStatus, rows
from collector.snmp.session import oid
from collector.snmp.vendors import families, find_family
from collector.snmp.wireless import read_wireless
from tests.support.snmp_recordings import Recorded, octets, recording, written


def read(name: str) -> WirelessStatus:
    """What is made of a recording, found by what the device says it is."""
    session = Recorded(recording(name))
    family = asyncio.run(find_family(session))
    assert family is not None
    return asyncio.run(read_wireless(session, family))


def with_colons(address: str) -> str:
    """`0418d62a0a92` as it is usually written."""
    return ":".join(address[at : at + 2] for at in range(0, 12, 2))


def numbers(name: str, column: str) -> list[int]:
    return [int(value) for value in written(name, column).values()]


class TestBandsAndAddresses:
    """What was not read before of gear that was known already."""

    def test_cisco(self) -> None:
        """Slots are typed, and an access point's index is the base address of its radios."""
        found = read("cisco-controller")
        types = written("cisco-controller", "1.3.6.1.4.1.14179.2.2.2.1.2")
        assert [radio.band for radio in found.radios] == [{"1": "2.4", "2": "5"}[kind] for kind in types.values()]
        indexes = [index.rpartition(".")[0].split(".") for index in types]
        assert [radio.mac for radio in found.radios] == [":".join(f"{int(x):02x}" for x in i) for i in indexes]
        wired = octets("cisco-controller", "1.3.6.1.4.1.9.9.513.1.1.1.1.2")
        assert found.access_points[0].mac == with_colons(wired["0.58.152.176.46.112"]) == "c8:4c:75:0b:a3:a4"
        assert len({point.mac for point in found.access_points}) == 226

    def test_aruba(self) -> None:
        """A radio's address is the lowest of its networks', which stand in the index of their table."""
        found = read("aruba-7210")
        lowest: dict[str, str] = {}
        for index in written("aruba-7210", "1.3.6.1.4.1.14823.2.2.1.5.2.1.7.1.9"):
            parts = index.split(".")
            radio, bssid = ".".join(parts[:7]), ":".join(f"{int(part):02x}" for part in parts[7:])
            lowest[radio] = min(lowest.get(radio, bssid), bssid)
        told = {".".join(map(str, (*radio.access_point, radio.number))): radio.mac for radio in found.radios}
        assert told == lowest
        assert len(lowest) == 16
        assert Counter(radio.band for radio in found.radios) == {"2.4": 8, "5": 8}

    def test_huawei(self) -> None:
        found = read("huawei-acu2")
        addresses = octets("huawei-acu2", "1.3.6.1.4.1.2011.6.139.16.1.2.1.20")
        assert [radio.mac for radio in found.radios] == [with_colons(address) for address in addresses.values()]
        assert Counter(radio.band for radio in found.radios) == {"2.4": 1800, "5": 1800}
        assert all(radio.channel is None or (radio.channel < 15) == (radio.band == "2.4") for radio in found.radios)


class TestH3C:
    """171 access points of a university, and a controller that nothing has joined."""

    NAME = "h3c-comware-lsq1wcmd0-2509p61"
    TREE = "1.3.6.1.4.1.2011.10.2.75"

    def test_access_points(self) -> None:
        found = read(self.NAME)
        names = written(self.NAME, f"{self.TREE}.2.1.2.1.6")
        assert [point.name for point in found.access_points] == list(names.values())
        assert (len(names), len(set(names.values())), found.access_points[0].name) == (171, 171, "jiao4-shiwai-ap02")
        clients = numbers(self.NAME, f"{self.TREE}.2.1.2.1.7")
        assert [point.clients for point in found.access_points] == clients
        assert (sum(clients), found.clients) == (1230, 1218)
        assert all(point.up for point in found.access_points)

    def test_radios(self) -> None:
        found = read(self.NAME)
        assert [radio.channel for radio in found.radios] == numbers(self.NAME, f"{self.TREE}.2.1.3.1.5")
        busy = numbers(self.NAME, f"{self.TREE}.2.1.3.1.26")
        assert [radio.utilisation_percent for radio in found.radios] == busy
        assert (len(found.radios), sum(busy)) == (324, 12600)
        assert Counter(radio.band for radio in found.radios) == {"2.4": 171, "5": 153}
        assert {radio.access_point for radio in found.radios} == {point.key for point in found.access_points}

    def test_addresses_are_the_lowest_of_the_radios_networks(self) -> None:
        networks: dict[str, list[str]] = defaultdict(list)
        for index, address in octets(self.NAME, f"{self.TREE}.2.1.4.1.2").items():
            networks[index.rpartition(".")[0]].append(with_colons(address))
        assert sum(map(len, networks.values())) == 1296
        found = {".".join(map(str, (*radio.access_point, radio.number))): radio.mac for radio in read(self.NAME).radios}
        assert found == {radio: min(addresses) for radio, addresses in networks.items()}

    def test_clients_per_radio_are_not_believed(self) -> None:
        """They make 1 717, where the controller knows of 1 218."""
        assert sum(numbers(self.NAME, f"{self.TREE}.2.2.8.1.6")) == 1717
        found = read(self.NAME)
        assert found.unknown == {"radio_clients": "disagree"}
        assert {(row.clients, row.unclear) for row in rows(found)} == {(None, "disagree")}

    def test_newer_software_tells_the_same_elsewhere(self) -> None:
        """Comware 7 keeps the tables under H3C's own number, and names in a column of their own."""
        old, new = oid(self.TREE), oid("1.3.6.1.4.1.25506.2.75")
        values = {
            new + name[len(old) :] if name[: len(old)] == old else name: v for name, v in recording(self.NAME).items()
        }
        named = {(*new, 2, 1, 2, 1, 8, *point.key): point.name.encode() for point in read(self.NAME).access_points}
        session = Recorded(values | named)
        family = asyncio.run(find_family(session))
        assert family is not None
        assert family.name == "h3c"
        assert asyncio.run(read_wireless(session, family)) == read(self.NAME)

    def test_a_controller_without_access_points(self) -> None:
        found = read("h3c-wx6103")
        assert (found.access_points, found.radios, found.clients) == ([], [], 0)
        assert found.unknown["access_points"] == "not_told"


class TestJuniper:
    """612 access points, 293 of them another controller's; the recording ends after the radios of two."""

    NAME = "juniper-wlc2800"
    TREE = "1.3.6.1.4.1.14525.4.5.1.1"

    def test_access_points(self) -> None:
        found = read(self.NAME)
        states = Counter(written(self.NAME, f"{self.TREE}.2.1.5").values())
        assert states == {"7": 319, "10": 293}
        assert Counter(point.up for point in found.access_points) == {True: 319, False: 293}
        clients = numbers(self.NAME, f"{self.TREE}.2.1.16")
        assert [point.clients for point in found.access_points] == clients
        assert sum(clients) == found.clients == 1650
        assert "access_points" not in found.unknown
        addresses = octets(self.NAME, f"{self.TREE}.2.1.2")
        assert [point.mac for point in found.access_points] == [with_colons(address) for address in addresses.values()]

    def test_radios_that_are_half_told(self) -> None:
        """Four radios with eleven clients cannot be all radios of 1 650 clients: no count is believed, none is 0."""
        found = read(self.NAME)
        assert [radio.channel for radio in found.radios] == numbers(self.NAME, f"{self.TREE}.4.1.7")
        assert [radio.mac for radio in found.radios] == [
            with_colons(address) for address in octets(self.NAME, f"{self.TREE}.4.1.3").values()
        ]
        assert Counter(radio.band for radio in found.radios) == {"2.4": 2, "5": 2}
        assert sum(numbers(self.NAME, f"{self.TREE}.10.1.15")) == 11
        assert found.unknown == {"radio_utilisation": "not_told", "radio_clients": "disagree"}

    def test_every_access_point_is_accounted_for(self) -> None:
        told = Counter(row.unclear for row in rows(read(self.NAME)))
        assert told == {"disagree": 4, "not_per_radio": 317, "access_point_down": 293}


class TestRuijie:
    """3 239 access points, and nothing of their radios."""

    NAME = "ruijie-m18000"
    TREE = "1.3.6.1.4.1.4881.1.1.10.2.56.2.1.1.1"

    def test_access_points(self) -> None:
        found = read(self.NAME)
        assert [point.name for point in found.access_points] == list(written(self.NAME, f"{self.TREE}.2").values())
        clients = numbers(self.NAME, f"{self.TREE}.34")
        assert [point.clients for point in found.access_points] == clients
        assert (len(clients), sum(clients), found.clients) == (3239, 2439, 2387)
        assert found.access_points[0].mac == "00:74:9c:08:f1:2e"
        assert (found.radios, found.unknown["radios"]) == ([], "not_told")
        assert {(row.clients, row.unclear) for row in rows(found)} == {(None, "not_per_radio")}


class TestMeru:
    """Three access points whose radios name them."""

    NAME = "meru-networks-controller"

    def test_all(self) -> None:
        found = read(self.NAME)
        assert [point.name for point in found.access_points] == ["AP-1", "AP-2", "AP-4"]
        assert [point.mac for point in found.access_points] == [
            address.replace("-", ":").lower()
            for address in written(self.NAME, "1.3.6.1.4.1.15983.1.1.4.2.1.1.13").values()
        ]
        assert [(radio.access_point, radio.channel, radio.band) for radio in found.radios] == [
            (point.key, 149, "5") for point in found.access_points
        ]
        assert found.clients == 1
        assert {(row.access_point, row.clients, row.unclear) for row in rows(found)} == {
            (name, None, "not_told") for name in ("AP-1", "AP-2", "AP-4")
        }


class TestUbiquiti:
    """One access point that is asked itself: by its maker's tables, and by the standard's."""

    NAME = "ubiquiti-m5"

    def test_its_makers_tables(self) -> None:
        """5 860 MHz is channel 172."""
        [row] = rows(read(self.NAME))
        assert written(self.NAME, "1.3.6.1.4.1.41112.1.4.1.1.4") == {"1": "5860"}
        assert (row.access_point, row.mac) == ("Kotelinaya-to-Pat", "04:18:d6:2a:0a:92")
        assert (row.band, row.channel, row.clients, row.unclear) == ("5", 172, 1, None)

    def test_the_standards_tables(self) -> None:
        """Which do not know how many are connected."""
        standard = next(family for family in families() if family.name == "ieee80211")
        [row] = rows(asyncio.run(read_wireless(Recorded(recording(self.NAME)), standard)))
        assert written(self.NAME, "1.2.840.10036.4.5.1.1") == {"5": "172"}
        assert (row.access_point, row.mac, row.channel) == ("Kotelinaya-to-Pat", "04:18:d6:2a:0a:92", 172)
        assert (row.clients, row.unclear) == (None, "not_told")

    @pytest.mark.parametrize(("role", "radios"), [(1, 0), (2, 1), (3, 1), (4, 1)])
    def test_one_that_is_itself_a_client_serves_nobody(self, role: int, radios: int) -> None:
        values = recording(self.NAME) | {oid("1.3.6.1.4.1.41112.1.4.1.1.2.1"): role}
        family = asyncio.run(find_family(Recorded(values)))
        assert family is not None
        assert len(asyncio.run(read_wireless(Recorded(values), family)).radios) == radios

    def test_a_stranger_is_asked_for_the_standards_tables(self) -> None:
        known = ("1.2.840", "1.3.6.1.2")
        values = {n: v for n, v in recording(self.NAME).items() if ".".join(map(str, n)).startswith(known)}
        values[oid("1.3.6.1.2.1.1.2.0")] = oid("1.3.6.1.4.1.99999.1")
        family = asyncio.run(find_family(Recorded(values)))
        assert family is not None
        assert family.name == "ieee80211"


class TestHandWritten:
    """Gear of which no recording was found, by its MIB; the files' names say so."""

    def test_cisco_9800(self) -> None:
        """A radio that may be at 5 or 6 GHz, on channel 149, is in a band that nobody knows."""
        found = read("hand-written-cisco-9800")
        assert [radio.band for radio in found.radios] == ["2.4", "5", "6", "2.4", "5", None]
        assert [radio.clients for radio in found.radios] == [4, 17, 6, 2, 7, 0]
        assert found.clients == sum(point.clients or 0 for point in found.access_points) == 36
        assert found.unknown == {}

    def test_a_newer_cisco_than_is_known(self) -> None:
        """Is read as AireOS; what it has at 6 GHz is in no band rather than in a wrong one."""
        values = recording("hand-written-cisco-9800") | {oid("1.3.6.1.2.1.1.2.0"): oid("1.3.6.1.4.1.9.1.9999")}
        family = asyncio.run(find_family(Recorded(values)))
        assert family is not None
        assert family.name == "cisco"
        found = asyncio.run(read_wireless(Recorded(values), family))
        assert [radio.band for radio in found.radios] == ["2.4", "5", None, "2.4", "5", None]

    def test_unifi(self) -> None:
        """Each radio with the clients of both its networks, and the lower of their addresses."""
        assert [
            (row.band, row.mac, row.channel, row.utilisation_percent, row.clients) for row in rows(self.unifi())
        ] == [
            ("2.4", "02:00:00:5e:20:00", 6, 37, 4),
            ("5", "02:00:00:5e:20:10", 44, 11, 19),
        ]
        assert {row.access_point for row in rows(self.unifi())} == {"sal-B12"}

    def test_unifi_with_a_network_that_does_not_tell(self) -> None:
        """Part of a radio's clients is no count of them."""
        values = recording("hand-written-unifi")
        del values[oid("1.3.6.1.4.1.41112.1.6.1.2.1.8.2")]
        family = next(one for one in families() if one.name == "ubiquiti-unifi")
        found = rows(asyncio.run(read_wireless(Recorded(values), family)))
        assert [(row.clients, row.unclear) for row in found] == [(None, "not_counted"), (19, None)]

    @staticmethod
    def unifi() -> WirelessStatus:
        return read("hand-written-unifi")
