"""Ports of switches of many makers, each against its recording, read anew from the recording's raw lines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.snmp.interfaces import SnmpInterface, interface
from collector.snmp.session import oid
from tests.support.snmp_recordings import recording, written

IF, IF_X = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
PORTS = {
    "cisco-c3560": 57,
    "cisco-n5000-uk9": 61,
    "hpe-procurve-516733-b21": 42,
    "brocade-icx6430-24": 29,
    "dlink-des3200": 23,
    "h3c-e528-2": 31,
    "ruijie-n18010": 395,
    "juniper-mx960-12-3r6-6": 74,
    "arista-dcs-7150s-52-cl": 59,
}


@pytest.mark.parametrize(("name", "count"), PORTS.items())
def test_every_port(name: str, count: int) -> None:
    """Name, state, speed, errors, and bytes by the wide counter where there is one."""
    values = recording(name)
    names, described = written(name, f"{IF_X}.1"), written(name, f"{IF}.2")
    states, errors, discards = (written(name, f"{IF}.{column}") for column in (8, 14, 13))
    wide, narrow, speeds = written(name, f"{IF_X}.6"), written(name, f"{IF}.10"), written(name, f"{IF_X}.15")
    assert len(described) == count
    for index, description in described.items():
        port = interface(int(index), values, NOW)
        assert port.name == (names.get(index, "").strip("\0 ") or description.strip("\0 "))
        assert port.up is (states[index] == "1")
        assert (port.errors_in, port.discards_in) == (whole(errors, index), whole(discards, index))
        if speeds.get(index, "0") != "0":
            assert port.speed_mbit_s == int(speeds[index])
        told = wide.get(index) or narrow.get(index)
        if told is None or oid("1.3.6.1.2.1.1.3.0") not in values:
            assert port.bytes_in is None
        else:
            assert port.bytes_in is not None
            assert (port.bytes_in.octets, port.bytes_in.width) == (int(told), 64 if index in wide else 32)


def whole(column: dict[str, str], index: str) -> int | None:
    return int(column[index]) if index in column else None


def ports_of(name: str) -> list[SnmpInterface]:
    values = recording(name)
    return [interface(int(index), values, NOW) for index in written(name, f"{IF}.2")]


def test_gear_without_the_wide_counters() -> None:
    """A large switch of 395 ports has only those that run round every few seconds at 10 Gbit/s: said, not hidden."""
    assert {port.bytes_in.width for port in ports_of("ruijie-n18010") if port.bytes_in is not None} == {32}


def test_speeds_beyond_the_narrow_gauge() -> None:
    """4 294 967 295 bit/s means: more than can be told."""
    speeds = {port.speed_mbit_s for port in ports_of("cisco-n5000-uk9")}
    assert 10_000 in speeds
    assert 4_294 not in speeds
