"""Reads one interface of a device by IF-MIB: speed, bytes in and out, errors and discards.

The 64-bit counters of ifXTable are used where the device has them, else the 32-bit ones of ifTable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.snmp.counters import CounterReading
from collector.snmp.session import Oid, Session, SnmpAnswer, SnmpProblem, Value, oid

SYS_UPTIME = oid("1.3.6.1.2.1.1.3.0")
IF_ENTRY = oid("1.3.6.1.2.1.2.2.1")
IF_X_ENTRY = oid("1.3.6.1.2.1.31.1.1.1")

IF_DESCR = (*IF_ENTRY, 2)
IF_SPEED = (*IF_ENTRY, 5)
IF_OPER_STATUS = (*IF_ENTRY, 8)
IF_IN_OCTETS = (*IF_ENTRY, 10)
IF_IN_UNICAST = (*IF_ENTRY, 11)
IF_IN_DISCARDS = (*IF_ENTRY, 13)
IF_IN_ERRORS = (*IF_ENTRY, 14)
IF_OUT_OCTETS = (*IF_ENTRY, 16)
IF_OUT_UNICAST = (*IF_ENTRY, 17)
IF_OUT_DISCARDS = (*IF_ENTRY, 19)
IF_OUT_ERRORS = (*IF_ENTRY, 20)
IF_NAME = (*IF_X_ENTRY, 1)
IF_HC_IN_OCTETS = (*IF_X_ENTRY, 6)
IF_HC_IN_UNICAST = (*IF_X_ENTRY, 7)
IF_HC_OUT_OCTETS = (*IF_X_ENTRY, 10)
IF_HC_OUT_UNICAST = (*IF_X_ENTRY, 11)
IF_HIGH_SPEED = (*IF_X_ENTRY, 15)
IF_ALIAS = (*IF_X_ENTRY, 18)
IF_COUNTER_DISCONTINUITY = (*IF_X_ENTRY, 19)

COLUMNS = (
    IF_DESCR, IF_SPEED, IF_OPER_STATUS, IF_IN_OCTETS, IF_IN_DISCARDS, IF_IN_ERRORS, IF_OUT_OCTETS, IF_OUT_DISCARDS,
    IF_OUT_ERRORS, IF_NAME, IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS, IF_HIGH_SPEED, IF_ALIAS, IF_COUNTER_DISCONTINUITY,
    IF_IN_UNICAST, IF_OUT_UNICAST, IF_HC_IN_UNICAST, IF_HC_OUT_UNICAST,
)  # fmt: skip
NAMES = (IF_NAME, IF_DESCR, IF_ALIAS)
"""Where a name that an operator wrote is looked for, in this order."""

UP = 1
SPEED_BEYOND = 2**32 - 1
"""What ifSpeed says of any line that is faster than it can tell."""


class NoInterfaceError(Exception):
    """An interface cannot be read; `code` is a session's Problem, or `no_interface`, or `ambiguous_interface`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class SnmpInterface:
    """One interface at one moment. None is what the device does not tell. Errors and discards count packets of 32 bits
    each way; `packets_in` and `packets_out` are unicast, of as many bits as `bytes_in` and `bytes_out`.
    """

    index: int
    name: str
    alias: str
    up: bool | None
    speed_mbit_s: int | None
    bytes_in: CounterReading | None
    bytes_out: CounterReading | None
    errors_in: int | None
    errors_out: int | None
    discards_in: int | None
    discards_out: int | None
    packets_in: int | None = None
    packets_out: int | None = None
    description: str = ""

    @property
    def names(self) -> set[str]:
        """All that it can be called by."""
        return {self.name, self.description, self.alias} - {""}


async def find_interface(session: Session, wanted: str) -> int:
    """The index of the interface that is called so: by name, else by description, else by alias. Raises
    NoInterfaceError; half a list of names is not searched, as the other half may hold the name too.
    """
    for column in NAMES:
        answer = await session.walk(column)
        found = [name[-1] for name, value in answer.values.items() if text(value) == wanted]
        if answer.problem not in {None, "no_such"}:
            raise NoInterfaceError(str(answer.problem))
        if len(found) > 1:
            raise NoInterfaceError("ambiguous_interface")
        if found:
            return found[0]
    raise NoInterfaceError("no_interface")


async def read_interface(session: Session, index: int, clock: Callable[[], datetime]) -> SnmpInterface:
    """The interface in one request, as of when the reply came: nearer to the truth than when the first of several
    tries was sent. Raises NoInterfaceError.
    """
    answer = await session.get([SYS_UPTIME, *((*column, index) for column in COLUMNS)])
    failed = unread(answer)
    if failed:
        raise NoInterfaceError(failed)
    return interface(index, answer.values, clock())


def unread(answer: SnmpAnswer) -> SnmpProblem | None:
    """Why an answer holds nothing to go by; single objects may well be missing."""
    return None if answer.values or answer.problem is None else answer.problem


def interface(index: int, values: Mapping[Oid, Value], at: datetime) -> SnmpInterface:
    """The interface from what was read. Raises NoInterfaceError if it is not there. Pure."""
    if (*IF_NAME, index) not in values and (*IF_DESCR, index) not in values:
        raise NoInterfaceError("no_interface")
    status = number(values.get((*IF_OPER_STATUS, index)))
    return SnmpInterface(
        index=index,
        name=text(values.get((*IF_NAME, index))) or text(values.get((*IF_DESCR, index))),
        alias=text(values.get((*IF_ALIAS, index))),
        up=None if status is None else status == UP,
        speed_mbit_s=_speed(index, values),
        bytes_in=_bytes(index, values, at, IF_HC_IN_OCTETS, IF_IN_OCTETS),
        bytes_out=_bytes(index, values, at, IF_HC_OUT_OCTETS, IF_OUT_OCTETS),
        errors_in=number(values.get((*IF_IN_ERRORS, index))),
        errors_out=number(values.get((*IF_OUT_ERRORS, index))),
        discards_in=number(values.get((*IF_IN_DISCARDS, index))),
        discards_out=number(values.get((*IF_OUT_DISCARDS, index))),
        packets_in=_packets(index, values, IF_HC_IN_OCTETS, IF_HC_IN_UNICAST, IF_IN_UNICAST),
        description=text(values.get((*IF_DESCR, index))),
        packets_out=_packets(index, values, IF_HC_OUT_OCTETS, IF_HC_OUT_UNICAST, IF_OUT_UNICAST),
    )


def _speed(index: int, values: Mapping[Oid, Value]) -> int | None:
    """Mbit/s. 0 is what virtual interfaces say, and means nothing."""
    megabits = number(values.get((*IF_HIGH_SPEED, index)))
    bits = number(values.get((*IF_SPEED, index)))
    if not megabits and bits and bits != SPEED_BEYOND:
        megabits = bits // 1_000_000
    return megabits or None


def _bytes(index: int, values: Mapping[Oid, Value], at: datetime, wide: Oid, narrow: Oid) -> CounterReading | None:
    uptime = number(values.get(SYS_UPTIME))
    of_64_bits = number(values.get((*wide, index)))
    of_32_bits = number(values.get((*narrow, index)))
    octets = of_32_bits if of_64_bits is None else of_64_bits
    if uptime is None or octets is None:
        return None
    discontinuity = number(values.get((*IF_COUNTER_DISCONTINUITY, index)))
    return CounterReading(at, uptime, octets, 32 if of_64_bits is None else 64, discontinuity, _speed(index, values))


def _packets(index: int, values: Mapping[Oid, Value], wide_bytes: Oid, wide: Oid, narrow: Oid) -> int | None:
    """The counter that is as wide as that of the bytes."""
    is_wide = number(values.get((*wide_bytes, index))) is not None
    return number(values.get((*(wide if is_wide else narrow), index)))


def number(value: Value | None) -> int | None:
    """A number, or None for what is missing or of another type."""
    return value if isinstance(value, int) else None


def text(value: Value | None) -> str:
    """A string as people read it, without the zero bytes that some devices fill up with; empty if it is none."""
    return value.decode("utf-8", errors="replace").strip("\0 ") if isinstance(value, bytes) else ""
