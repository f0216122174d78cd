"""Reads the rows of pysnmp's v2c replies without making an ASN.1 object of each: those are most of what a poll costs.

pysnmp does all else: it asks, waits, asks again, and matches replies to questions. Its message model for v2c is given a
reply whose list of rows is left as it came, and is read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from collector.snmp.session import Oid, Value

if TYPE_CHECKING:
    from pysnmp.hlapi.v3arch.asyncio import SnmpEngine
    from pysnmp.proto.mpmod.rfc2576 import SnmpV2cMessageProcessingModel

INTEGER, OCTET_STRING, NULL, OBJECT_IDENTIFIER = 0x02, 0x04, 0x05, 0x06
IP_ADDRESS, COUNTER_32, GAUGE_32, TIME_TICKS, OPAQUE, COUNTER_64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46
SEQUENCE = 0x30
NUMBERS = frozenset({INTEGER, COUNTER_32, GAUGE_32, TIME_TICKS, COUNTER_64})
STRINGS = frozenset({OCTET_STRING, IP_ADDRESS, OPAQUE})


class MalformedReplyError(ValueError):
    """A reply that is no list of rows."""


class Told(NamedTuple):
    """A value in the shape that pysnmp asks it for. None is what a device does not have."""

    value: Value | None

    def getComponent(self, innerFlag: int = 0) -> Value | None:  # noqa: ARG002, N802, N803  - pysnmp's names
        """The value itself."""
        return self.value


def hasten(engine: SnmpEngine) -> None:
    """Lets an engine read v2c replies so."""
    model = _quick_model()()
    engine.message_processing_subsystems[int(model.MESSAGE_PROCESSING_MODEL_ID)] = model


@lru_cache
def _quick_model() -> type[SnmpV2cMessageProcessingModel]:
    """pysnmp's way with v2c messages, but for the rows of replies. Its classes are made when the library is needed."""
    from pyasn1.type import namedtype, univ  # noqa: PLC0415  - heavy
    from pysnmp.proto import errind, error, rfc1901, rfc1905  # noqa: PLC0415  - heavy
    from pysnmp.proto.mpmod.rfc2576 import SnmpV2cMessageProcessingModel  # noqa: PLC0415  - heavy

    class UnreadRows(univ.Any):  # type: ignore[misc]  # pyasn1 ships no types
        """The list of a reply's rows, as it came, until it is read."""

        _rows: Sequence[tuple[Oid, Told]] = ()

        def read(self) -> None:
            """Raises MalformedReplyError."""
            self._rows = [(name, Told(value)) for name, value in bindings(self.asOctets())]

        def __iter__(self) -> Iterator[tuple[Oid, Told]]:
            return iter(self._rows)

    def with_other(components: namedtype.NamedTypes, name: str, kind: object) -> namedtype.NamedTypes:
        kept = ((one.name, one.asn1Object) for one in components.namedTypes)
        return namedtype.NamedTypes(*(namedtype.NamedType(n, kind if n == name else old) for n, old in kept))

    class Response(rfc1905.ResponsePDU):  # type: ignore[misc]  # pysnmp ships no types
        componentType = with_other(  # noqa: N815
            rfc1905.ResponsePDU.componentType, "variable-bindings", UnreadRows()
        )

    class Pdus(rfc1905.PDUs):  # type: ignore[misc]  # pysnmp ships no types
        componentType = with_other(rfc1905.PDUs.componentType, "response", Response())  # noqa: N815

    class Message(rfc1901.Message):  # type: ignore[misc]  # pysnmp ships no types
        componentType = with_other(rfc1901.Message.componentType, "data", Pdus())  # noqa: N815

    class QuickModel(SnmpV2cMessageProcessingModel):  # type: ignore[misc]  # pysnmp ships no types
        SNMP_MSG_SPEC = Message

        def prepare_data_elements(self, *message: object) -> tuple[object, ...]:
            """What pysnmp makes of a message. One whose rows cannot be read is dropped, as if it had never come."""
            elements: tuple[object, ...] = super().prepare_data_elements(*message)
            for pdu in elements:
                if isinstance(pdu, Response):
                    try:
                        pdu.getComponentByName("variable-bindings").read()
                    except MalformedReplyError as problem:
                        raise error.StatusInformation(errorIndication=errind.parseError) from problem
            return elements

    return QuickModel


def bindings(octets: bytes) -> Iterator[tuple[Oid, Value | None]]:
    """The rows of a list in BER, as RFC 3416 has it. Raises MalformedReplyError."""
    try:
        at, end = _item(octets, 0, SEQUENCE)
        while at < end:
            row, after = _item(octets, at, SEQUENCE)
            name, name_end = _item(octets, row, OBJECT_IDENTIFIER)
            tag, value, value_end = _header(octets, name_end)
            if value_end != after:
                raise MalformedReplyError("a row of a reply is longer or shorter than it says")
            yield _oid(octets[name:name_end]), _value(tag, octets[value:value_end])
            at = after
    except IndexError as end_of_octets:
        raise MalformedReplyError("a reply ends in the middle of a row") from end_of_octets
    if at != end:
        raise MalformedReplyError("the last row of a reply is longer than the list")


def _item(octets: bytes, at: int, wanted: int) -> tuple[int, int]:
    """Where the content of an item of that kind begins and ends."""
    tag, begins, ends = _header(octets, at)
    if tag != wanted:
        raise MalformedReplyError("a reply holds something that is no row")
    return begins, ends


def _header(octets: bytes, at: int) -> tuple[int, int, int]:
    """An item's tag, where its content begins and where it ends."""
    tag, length = octets[at], octets[at + 1]
    at += 2
    if length & 0x80:
        more = length & 0x7F
        length = int.from_bytes(octets[at : at + more], "big")
        at += more
    if at + length > len(octets):
        raise IndexError
    return tag, at, at + length


def _oid(content: bytes) -> Oid:
    """Numbers of seven bits a byte, the first two in one."""
    numbers: list[int] = []
    number = 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - 40 * first, *numbers[1:])


def _value(tag: int, content: bytes) -> Value | None:
    """None for what a device does not have, and for kinds that are not known."""
    if tag in NUMBERS:
        return int.from_bytes(content, "big", signed=tag == INTEGER)
    if tag in STRINGS:
        return content
    return _oid(content) if tag == OBJECT_IDENTIFIER else None
