"""Every port of a switch in one go: which are up, how fast, how much they carried and spoiled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from collector.snmp.interfaces import (
    IF_HC_IN_OCTETS,
    IF_HC_OUT_OCTETS,
    IF_HIGH_SPEED,
    IF_IN_DISCARDS,
    IF_IN_ERRORS,
    IF_NAME,
    IF_OPER_STATUS,
    IF_OUT_DISCARDS,
    IF_OUT_ERRORS,
    SYS_UPTIME,
    NoInterfaceError,
    SnmpInterface,
    interface,
    unread,
)
from collector.snmp.session import DEFAULT_LIMITS, Oid, Session, Value, WalkLimits

PORT_COLUMNS = (
    IF_NAME, IF_OPER_STATUS, IF_HIGH_SPEED, IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS, IF_IN_ERRORS, IF_OUT_ERRORS,
    IF_IN_DISCARDS, IF_OUT_DISCARDS,
)  # fmt: skip
"""What is walked, the names first: without one there is no port."""


async def read_ports(
    session: Session, clock: Callable[[], datetime], limits: WalkLimits = DEFAULT_LIMITS
) -> list[SnmpInterface]:
    """Every port that has a name, in the device's order. Raises NoInterfaceError unless all of a column was read: half
    a table would hide the ports that are in trouble. A column that the device does not have is None in each port.
    """
    answer = await session.get([SYS_UPTIME])
    if failed := unread(answer):
        raise NoInterfaceError(failed)
    values: dict[Oid, Value] = dict(answer.values)
    for column in PORT_COLUMNS:
        answer = await session.walk(column, limits)
        if answer.problem not in {None, "no_such"}:
            raise NoInterfaceError(str(answer.problem))
        values |= answer.values
    at = clock()
    return [interface(name[-1], values, at) for name in values if name[: len(IF_NAME)] == IF_NAME]
