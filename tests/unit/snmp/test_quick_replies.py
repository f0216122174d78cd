"""Rows read without ASN.1 objects are those that pysnmp wrote; and what is no list of rows is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import encoder
from pysnmp.proto.api import v2c

from collector.snmp.quick_replies import MalformedReplyError, bindings
from collector.snmp.session import Oid, Value

NUMBERS = st.integers(0, 2**32 - 1)
OIDS = st.tuples(st.just(1), st.integers(0, 39)).flatmap(
    lambda first: st.lists(NUMBERS, max_size=12).map(lambda rest: (*first, *rest))
) | st.lists(NUMBERS, max_size=4).map(lambda rest: (2, 999, *rest))
VALUES = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(lambda number: (v2c.Integer32(number), number)),
    st.integers(0, 2**32 - 1).map(lambda number: (v2c.Counter32(number), number)),
    st.integers(0, 2**32 - 1).map(lambda number: (v2c.Gauge32(number), number)),
    st.integers(0, 2**32 - 1).map(lambda number: (v2c.TimeTicks(number), number)),
    st.integers(0, 2**64 - 1).map(lambda number: (v2c.Counter64(number), number)),
    st.binary(max_size=300).map(lambda octets: (v2c.OctetString(octets), octets)),
    st.binary(max_size=20).map(lambda octets: (v2c.Opaque(octets), octets)),
    st.binary(min_size=4, max_size=4).map(lambda octets: (v2c.IpAddress(octets), octets)),
    OIDS.map(lambda name: (v2c.ObjectIdentifier(name), name)),
    st.sampled_from([v2c.NoSuchObject(""), v2c.NoSuchInstance(""), v2c.EndOfMibView("")]).map(lambda no: (no, None)),
)
ROWS = st.lists(st.tuples(OIDS, VALUES), max_size=20)


def encoded(rows: list[tuple[Oid, Any]]) -> bytes:
    """A list of rows as pysnmp puts it on the wire."""
    pdu = v2c.ResponsePDU()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_varbinds(pdu, rows)
    return bytes(encoder.encode(v2c.apiPDU.get_varbind_list(pdu)))


@given(ROWS)
def test_every_row_as_it_was_written(rows: list[tuple[Oid, tuple[Any, Value | None]]]) -> None:
    octets = encoded([(name, value) for name, (value, _) in rows])
    assert list(bindings(octets)) == [(name, told) for name, (_, told) in rows]


@given(ROWS.filter(bool), st.data())
def test_what_is_cut_is_refused(rows: list[tuple[Oid, tuple[Any, Value | None]]], data: st.DataObject) -> None:
    """At whatever byte."""
    octets = encoded([(name, value) for name, (value, _) in rows])
    kept = data.draw(st.integers(0, len(octets) - 1))
    with pytest.raises(MalformedReplyError):
        list(bindings(octets[:kept]))


@given(st.binary(max_size=200))
def test_any_octets_are_rows_or_refused(octets: bytes) -> None:
    """Nothing else is raised, and it ends."""
    try:
        for name, value in bindings(octets):
            assert isinstance(name, tuple)
            assert value is None or isinstance(value, int | bytes | tuple)
    except MalformedReplyError:
        pass


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x04\x02ab",
        b"\x30\x03\x02\x01\x05",
        b"\x30\x07\x30\x05\x02\x01\x05\x05\x00",
        b"\x30\x04\x30\x02\x06\x00",
        b"\x30\x07\x30\x05\x06\x00\x02\x01\x05",
    ],
)
def test_what_is_no_list_of_rows(octets: bytes) -> None:
    """Nothing, a string, a bare number, a row without a name, one without a value, and one with an empty name."""
    with pytest.raises(MalformedReplyError):
        list(bindings(octets))


def test_a_number_with_its_highest_bit_set() -> None:
    """Some agents leave out the byte that keeps an unsigned number from being negative."""
    assert list(bindings(bytes.fromhex("300c300a06022b064104ffffffff"))) == [((1, 3, 6), 4_294_967_295)]
