"""`provklar poll`: what it prints of gear that answers, of gear that does not, and of half an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.cli import main
from collector.commands.poll import polled, told
from collector.commands.port_list import ports_of, told_ports
from collector.configuration.network import AccessPointPlace, NetworkDevice
from collector.gear.readings import places, reading, unplaced
from collector.snmp.gear import Gear
from collector.snmp.interfaces import (
    IF_DESCR,
    IF_HC_IN_OCTETS,
    IF_HC_OUT_OCTETS,
    IF_HIGH_SPEED,
    IF_IN_ERRORS,
    IF_NAME,
    IF_OPER_STATUS,
    IF_OUT_DISCARDS,
    SYS_UPTIME,
)
from collector.snmp.session import Community, Oid, Session, SnmpProblem, Target, Value
from tests.support.gear import SCHOOL, gear_folder
from tests.support.snmp_daemon import COMMUNITY, free_udp_port, snmp_daemon
from tests.support.snmp_recordings import Recorded, recording

PORT: dict[Oid, Value] = {
    SYS_UPTIME: 5_000,
    (*IF_NAME, 3): b"wan",
    (*IF_DESCR, 3): b"Gi0/3",
    (*IF_OPER_STATUS, 3): 1,
    (*IF_HIGH_SPEED, 3): 100,
    (*IF_HC_IN_OCTETS, 3): 10,
    (*IF_HC_OUT_OCTETS, 3): 20,
}
ROUTER = Gear("router", SCHOOL, Target("192.0.2.1", Community("x")), "wan", has_radios=False)
NO_COUNTERS = (
    "  Berättar inte hur mycket porten har burit. Välj en fysisk port som uplink, "
    "eller ge användaren rätt att läsa IF-MIB."
)


class OneSession:
    """Every device is this one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(self, target: Target) -> Session:
        """It."""
        return self._session

    def close(self) -> None:
        """Nothing to give back."""


def device(**changed: object) -> NetworkDevice:
    """A router of the school."""
    given: dict[str, object] = {"id": "router", "address": "192.0.2.1", "role": "switch", "school": SCHOOL}
    return NetworkDevice(**{**given, **changed})  # type: ignore[arg-type]  # any field by name


def lines(
    values: dict[Oid, Value],
    *,
    uplink: str | None = "wan",
    radios: bool = False,
    cut: dict[Oid, SnmpProblem] | None = None,
) -> list[str]:
    """What is said in Swedish of a device that holds these values."""
    gear = Gear("router", SCHOOL if uplink else None, Target("192.0.2.1", Community("x")), uplink, has_radios=radios)
    found = asyncio.run(polled(OneSession(Recorded(values, cut)), [gear], 0))
    return list(told(device(), None, found["router"], {}, "sv"))


def test_a_port_that_answers() -> None:
    """Name, state, speed; the load after a second reading only."""
    assert lines(PORT) == [
        "router, 192.0.2.1:161:",
        "  Porten wan: uppe, 100 Mbit/s.",
        "  Lasten syns först när porten har lästs två gånger.",
    ]


def test_values_of_the_wrong_type_are_not_told() -> None:
    """A counter that is a text is no counter."""
    wrong = PORT | {(*IF_HC_IN_OCTETS, 3): b"10", (*IF_OPER_STATUS, 3): b"up", (*IF_HIGH_SPEED, 3): (1, 3)}
    assert lines(wrong)[1:] == [
        NO_COUNTERS,
        "  Porten wan: okänt om den är uppe, okänd hastighet.",
    ]


def test_every_port_those_that_are_up_first() -> None:
    """With what was spoiled, and what to write where."""
    values = PORT | {
        (*IF_NAME, 1): b"lan",
        (*IF_OPER_STATUS, 1): 2,
        (*IF_IN_ERRORS, 3): 40,
        (*IF_OUT_DISCARDS, 3): 2_000,
    }
    found = asyncio.run(ports_of(OneSession(Recorded(values)), [ROUTER]))["router"]
    assert not isinstance(found, str)
    assert list(told_ports(found, "sv")) == [
        "  Porten wan: uppe, 100 Mbit/s.",
        "    2\N{NO-BREAK SPACE}040 paket med fel eller kastade sedan den började räkna.",
        "  Porten lan: nere, okänd hastighet.",
        "  Skriv namnet på porten mot internet som uplink i network.yaml.",
    ]


def test_ports_that_cannot_be_read() -> None:
    """None at all, and half a list: that would hide some."""
    nothing = asyncio.run(ports_of(OneSession(Recorded({SYS_UPTIME: 5_000})), [ROUTER]))["router"]
    assert not isinstance(nothing, str)
    assert list(told_ports(nothing, "en")) == ["  The device shows no ports. Give the user the right to read IF-MIB."]
    assert asyncio.run(ports_of(OneSession(Recorded(PORT, {IF_NAME: "timeout"})), [ROUTER])) == {"router": "timeout"}


def test_a_port_that_is_not_there_and_a_list_that_was_cut() -> None:
    """Half a list of names proves nothing: another port may have the name too."""
    assert "har ingen port med det namn" in lines(PORT, uplink="lan")[1].lower()
    assert "svarar inte" in lines(PORT, cut={IF_NAME: "timeout"})[1].lower()


def test_a_real_controllers_recording() -> None:
    """226 access points; none of them is in any school until access_points says so."""
    found = lines(recording("cisco-controller"), uplink=None, radios=True)
    assert "226 accesspunkter, 452 radior" in found[1]
    assert "452 radior hör inte till någon skola" in found[-1]


def test_a_controller_that_stops_halfway() -> None:
    """Its radios' clients are unknown with the reason, and so they are stored."""
    values = recording("cisco-controller")
    from collector.snmp.vendors.cisco import FAMILY  # noqa: PLC0415  - beside what it cuts

    assert FAMILY.radio_clients is not None
    gear = Gear("wlc", None, Target("192.0.2.2", Community("x")), has_radios=True)
    session = Recorded(values, {FAMILY.radio_clients: "truncated"})
    [poll] = asyncio.run(polled(OneSession(session), [gear], 0))["wlc"]
    assert poll.wireless is not None
    name = poll.wireless.access_points[0].name
    where = places([AccessPointPlace(SCHOOL, "A1", name=name)])
    assert unplaced(poll, where) < 452
    kept = reading(poll, where).radios
    assert {(one.school, one.seen.room, one.seen.access_point) for one in kept} == {(SCHOOL, "A1", name)}
    assert {(one.seen.clients_count, one.seen.unclear) for one in kept} == {(None, "truncated")}
    assert len({one.radio for one in kept}) == len(kept) == 2


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A configuration with a real snmpd and a port where nobody listens."""
    with snmp_daemon(tmp_path) as port:
        network = "devices:\n"
        for named, at, asked in (
            ("router", port, "uplink: lo"),
            ("gone", free_udp_port(), "ports: [{port: x, room: A1}]"),
        ):
            where = f"address: 127.0.0.1, port: {at}, role: switch, school: {SCHOOL}"
            network += f"  - {{id: {named}, {where}, community_file: secrets/community, {asked}}}\n"
        (tmp_path / "config").mkdir()
        yield gear_folder(tmp_path / "config", network, community=COMMUNITY)


@pytest.mark.needs("snmpd", "snmpget")
def test_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 when all answer, 1 when one does not, 2 when there is nothing to ask; never a secret."""
    assert main(["poll", "router", "--once", "--config", str(folder)]) == 0
    said = capsys.readouterr()
    assert "Porten lo: uppe" in said.out
    assert main(["poll", "--once", "--config", str(folder), "--language", "en"]) == 1
    said = capsys.readouterr()
    assert "gone, 127.0.0.1" in said.out
    assert "Check the address" in said.out
    assert main(["poll", "router", "--ports", "--config", str(folder)]) == 0
    assert "Porten lo: uppe" in capsys.readouterr().out
    assert main(["poll", "--ports", "--config", str(folder), "--language", "en"]) == 1
    said = capsys.readouterr()
    assert "The port lo: up" in said.out
    assert "Check the address" in said.out
    assert main(["poll", "nobody", "--config", str(folder)]) == 2
    assert "Det finns: router, gone." in capsys.readouterr().err
    (folder / "secrets/community").unlink()
    assert main(["poll", "router", "--once", "--config", str(folder)]) == 1
    said = capsys.readouterr()
    assert "filen med hemligheten saknas. Kör ”provklar check-config”" in said.out
    assert COMMUNITY not in said.out + said.err
    (folder / "network.yaml").write_text("devices: []\n")
    assert main(["poll", "--config", str(folder)]) == 2
    assert "Det finns ingen utrustning" in capsys.readouterr().err
