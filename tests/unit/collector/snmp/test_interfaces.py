"""One interface from IF-MIB: what is read, what it falls back to, and which one is meant."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.snmp.counters import CounterReading
from collector.snmp.interfaces import (
    IF_ALIAS,
    IF_COUNTER_DISCONTINUITY,
    IF_DESCR,
    IF_HC_IN_OCTETS,
    IF_HIGH_SPEED,
    IF_IN_ERRORS,
    IF_IN_OCTETS,
    IF_NAME,
    IF_OPER_STATUS,
    IF_OUT_OCTETS,
    IF_SPEED,
    SYS_UPTIME,
    NoInterfaceError,
    find_interface,
    interface,
    read_interface,
)
from collector.snmp.pysnmp_sessions import PysnmpSessions
from collector.snmp.session import Oid, SnmpProblem, Value
from tests.support.snmp_daemon import by_v3, net_snmp, snmp_daemon
from tests.support.snmp_recordings import Recorded

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FULL: dict[Oid, Value] = {
    SYS_UPTIME: 500_000,
    (*IF_NAME, 7): b"Gi0/7",
    (*IF_DESCR, 7): b"GigabitEthernet0/7",
    (*IF_ALIAS, 7): b"till internet\0",
    (*IF_OPER_STATUS, 7): 1,
    (*IF_SPEED, 7): 100_000_000,
    (*IF_HIGH_SPEED, 7): 100,
    (*IF_IN_OCTETS, 7): 5,
    (*IF_HC_IN_OCTETS, 7): 2**32 + 5,
    (*IF_OUT_OCTETS, 7): 9,
    (*IF_IN_ERRORS, 7): 3,
    (*IF_COUNTER_DISCONTINUITY, 7): 0,
}


def without(*gone: Oid) -> dict[Oid, Value]:
    return {name: value for name, value in FULL.items() if name[:-1] not in gone and name not in gone}


def found(wanted: str, values: dict[Oid, Value], cut: dict[Oid, SnmpProblem] | None = None) -> int:
    return asyncio.run(find_interface(Recorded(values, cut), wanted))


def test_all_that_it_tells() -> None:
    read = interface(7, FULL, AT)
    assert (read.index, read.name, read.alias, read.up, read.speed_mbit_s) == (7, "Gi0/7", "till internet", True, 100)
    assert read.bytes_in == CounterReading(AT, 500_000, 2**32 + 5, 64, 0, 100)
    assert read.bytes_out == CounterReading(AT, 500_000, 9, 32, 0, 100)
    assert (read.errors_in, read.errors_out, read.discards_in, read.discards_out) == (3, None, None, None)


def test_without_the_long_table() -> None:
    """Name, speed and counters come from the old one."""
    read = interface(7, without(IF_NAME, IF_HC_IN_OCTETS, IF_HIGH_SPEED, IF_COUNTER_DISCONTINUITY), AT)
    assert (read.name, read.speed_mbit_s) == ("GigabitEthernet0/7", 100)
    assert read.bytes_in == CounterReading(AT, 500_000, 5, 32, None, 100)


@pytest.mark.parametrize(
    ("high", "low", "speed_mbit_s"),
    [(10_000, 2**32 - 1, 10_000), (None, 2**32 - 1, None), (0, 0, None), (0, 10_000_000, 10), (None, None, None)],
)
def test_speed(high: int | None, low: int | None, speed_mbit_s: int | None) -> None:
    told = {(*IF_HIGH_SPEED, 7): high, (*IF_SPEED, 7): low}
    values = without(IF_HIGH_SPEED, IF_SPEED) | {name: value for name, value in told.items() if value is not None}
    assert interface(7, values, AT).speed_mbit_s == speed_mbit_s


def test_values_of_the_wrong_type_are_not_told() -> None:
    read = interface(
        7, FULL | {(*IF_HC_IN_OCTETS, 7): b"12", (*IF_IN_ERRORS, 7): b"", (*IF_OPER_STATUS, 7): (1, 3)}, AT
    )
    assert (read.errors_in, read.up) == (None, None)
    assert read.bytes_in == CounterReading(AT, 500_000, 5, 32, 0, 100)


def test_no_uptime_no_reading() -> None:
    """A restart could not be seen."""
    assert interface(7, without(SYS_UPTIME), AT).bytes_in is None


@pytest.mark.parametrize("wanted", ["Gi0/7", "GigabitEthernet0/7", "till internet"])
def test_found_by_name_description_or_alias(wanted: str) -> None:
    assert found(wanted, FULL | {(*IF_NAME, 8): b"Gi0/8"}) == 7


@pytest.mark.parametrize(
    ("wanted", "values", "cut", "code"),
    [
        ("Gi0/9", FULL, None, "no_interface"),
        ("Gi0/7", FULL | {(*IF_NAME, 9): b"Gi0/7"}, None, "ambiguous_interface"),
        ("Gi0/7", FULL, {IF_NAME: "truncated"}, "truncated"),
        ("till internet", FULL, {IF_ALIAS: "timeout"}, "timeout"),
    ],
)
def test_not_found(wanted: str, values: dict[Oid, Value], cut: dict[Oid, SnmpProblem] | None, code: str) -> None:
    with pytest.raises(NoInterfaceError) as told:
        found(wanted, values, cut)
    assert told.value.code == code


def test_an_interface_that_is_gone() -> None:
    """The device answers, with its uptime only."""
    with pytest.raises(NoInterfaceError, match="no_interface"):
        asyncio.run(read_interface(Recorded({SYS_UPTIME: 5}), 7, lambda: AT))


@pytest.mark.needs("snmpd", "snmpget")
def test_a_real_interface(tmp_path: Path) -> None:
    """The loopback interface of this machine, as net-snmp's own programs see it."""

    async def read(port: int) -> None:
        sessions = PysnmpSessions()
        try:
            session = sessions.open(by_v3(port))
            index = await find_interface(session, "lo")
            told = await read_interface(session, index, lambda: AT)
        finally:
            sessions.close()
        assert (told.name, told.index, told.up) == ("lo", index, True)
        assert told.bytes_in is not None
        assert told.bytes_out is not None
        assert told.bytes_in.width == told.bytes_out.width == 64
        later = int(net_snmp("snmpget", port, f"1.3.6.1.2.1.31.1.1.1.6.{index}").stdout.split()[-1])
        assert 0 < told.bytes_in.octets <= later

    with snmp_daemon(tmp_path) as port:
        asyncio.run(read(port))
