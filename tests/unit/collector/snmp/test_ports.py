"""Every port of a switch in one go, against a recording of one with 57."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest

from collector.snmp.interfaces import IF_IN_ERRORS, IF_NAME, SYS_UPTIME, NoInterfaceError, SnmpInterface
from collector.snmp.ports import PORT_COLUMNS, read_ports
from collector.snmp.session import Oid, SnmpProblem
from tests.support.snmp_recordings import Recorded, recording, written

SWITCH = "cisco-c3560"
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def read(session: Recorded) -> list[SnmpInterface]:
    return asyncio.run(read_ports(session, lambda: NOW))


def test_every_port() -> None:
    ports = read(Recorded(recording(SWITCH)))
    names = written(SWITCH, "1.3.6.1.2.1.31.1.1.1.1")
    assert [port.name for port in ports] == list(names.values())
    assert [port.index for port in ports] == [int(index) for index in names]
    carried = written(SWITCH, "1.3.6.1.2.1.31.1.1.1.6")
    assert {str(p.index): str(p.bytes_in.octets) for p in ports if p.bytes_in is not None} == carried
    errors = written(SWITCH, "1.3.6.1.2.1.2.2.1.14")
    assert {str(p.index): str(p.errors_in) for p in ports} == errors
    assert Counter(port.up for port in ports) == Counter(
        status == "1" for status in written(SWITCH, "1.3.6.1.2.1.2.2.1.8").values()
    )


def test_as_many_questions_as_columns() -> None:
    """And one for the uptime that the counters are held against."""
    session = Recorded(recording(SWITCH))
    read(session)
    assert session.asked == len(PORT_COLUMNS) + 1


@pytest.mark.parametrize("column", PORT_COLUMNS)
@pytest.mark.parametrize("problem", ["truncated", "timeout", "disordered"])
def test_half_a_column_is_no_list_of_ports(column: Oid, problem: SnmpProblem) -> None:
    """The ports that are in trouble may be in the other half."""
    with pytest.raises(NoInterfaceError) as error:
        read(Recorded(recording(SWITCH), {column: problem}))
    assert error.value.code == problem


def test_a_column_that_the_device_does_not_have() -> None:
    without = {name: value for name, value in recording(SWITCH).items() if name[:-1] != IF_IN_ERRORS}
    ports = read(Recorded(without))
    assert len(ports) == 57
    assert {port.errors_in for port in ports} == {None}


def test_a_device_without_ports() -> None:
    assert read(Recorded({SYS_UPTIME: 5})) == []


def test_names_alone_make_ports() -> None:
    ports = read(Recorded({SYS_UPTIME: 5, (*IF_NAME, 3): b"Gi0/3"}))
    assert [(port.name, port.up, port.bytes_in, port.speed_mbit_s) for port in ports] == [("Gi0/3", None, None, None)]
