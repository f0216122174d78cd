"""One device as the poller knows it: what is asked of it, and what it told at one poll."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from collector.snmp.bulk_size import TunedSession
from collector.snmp.counters import NoRateReason
from collector.snmp.interfaces import (
    SYS_UPTIME,
    NoInterfaceError,
    SnmpInterface,
    find_interface,
    read_interface,
    unread,
)
from collector.snmp.lldp import Neighbour, neighbours
from collector.snmp.session import Session, Target, WalkLimits, oid
from collector.snmp.uplink import Carried, carried
from collector.snmp.vendors import family_for
from collector.snmp.wireless import WirelessReader, WirelessStatus

SYS_OBJECT_ID = oid("1.3.6.1.2.1.1.2.0")

LINKS_EVERY_S = 6 * 3_600.0
"""Cables are moved seldom."""

Job = Literal["uplink", "wireless", "links"]


@dataclass(frozen=True)
class Gear:
    """A device to ask: `uplink` is the name of the port to count, `has_radios` whether it knows of access points, and
    `has_links` whether it is asked what hangs on its ports.
    """

    id: str
    school: str | None
    target: Target
    uplink: str | None = None
    has_radios: bool = False
    has_links: bool = False
    uplink_every_s: float = 60.0
    wireless_every_s: float = 300.0

    @property
    def rhythms(self) -> dict[Job, float]:
        """Seconds between the polls of each kind."""
        rhythms: dict[Job, float] = {}
        if self.uplink is not None:
            rhythms["uplink"] = self.uplink_every_s
        if self.has_radios:
            rhythms["wireless"] = self.wireless_every_s
        if self.has_links:
            rhythms["links"] = LINKS_EVERY_S
        return rhythms


@dataclass(frozen=True)
class Poll:
    """What one poll brought. `error_code` is why it brought nothing: a session's Problem, `no_interface`,
    `ambiguous_interface`, `no_counters` or `unknown_family`. Of an uplink, `gap` is why there is no load.
    """

    gear: Gear
    job: Job
    at: datetime
    error_code: str | None = None
    interface: SnmpInterface | None = None
    load: Carried | None = None
    gap: NoRateReason | None = None
    wireless: WirelessStatus | None = None
    links: Sequence[Neighbour] | None = None


class GearPolls:
    """The polls of one device, each compared with the one before."""

    def __init__(self, gear: Gear, session: Session, clock: Callable[[], datetime]) -> None:
        self.gear = gear
        self._session = TunedSession(session)
        self._wireless = WirelessReader(self._session, clock)
        self._clock = clock
        self._index: int | None = None
        self._before: SnmpInterface | None = None

    async def poll(self, job: Job, limits: WalkLimits) -> Poll:
        """Asks the device for one kind of thing."""
        match job:
            case "uplink":
                return await self._poll_uplink()
            case "wireless":
                return await self._poll_wireless(limits)
            case "links":
                return await self._poll_links(limits)

    async def _poll_uplink(self) -> Poll:
        try:
            read = await self._read_port()
        except NoInterfaceError as error:
            return Poll(self.gear, "uplink", self._clock(), error_code=error.code)
        poll = Poll(self.gear, "uplink", self._clock(), interface=read)
        if read.bytes_in is None or read.bytes_out is None:
            return replace(poll, error_code="no_counters")
        found = carried(self._before, read, self.gear.uplink_every_s)
        self._before = read
        return replace(poll, load=found) if isinstance(found, Carried) else replace(poll, gap=found)

    async def _read_port(self) -> SnmpInterface:
        """The uplink's port. Numbers of ports change when devices restart, so its name is looked at each time."""
        assert self.gear.uplink is not None
        if self._index is not None:
            read = await self._read_known(self._index)
            if read is not None and self.gear.uplink in read.names:
                return read
        self._index = self._before = None
        await self._knock()
        self._index = await find_interface(self._session, self.gear.uplink)
        return await read_interface(self._session, self._index, self._clock)

    async def _read_known(self, index: int) -> SnmpInterface | None:
        """None where there is no such port any more."""
        try:
            return await read_interface(self._session, index, self._clock)
        except NoInterfaceError as error:
            if error.code != "no_interface":
                raise
            return None

    async def _poll_wireless(self, limits: WalkLimits) -> Poll:
        poll = Poll(self.gear, "wireless", self._clock())
        answer = await self._session.get([SYS_OBJECT_ID])
        object_id = answer.values.get(SYS_OBJECT_ID)
        family = await family_for(self._session, object_id) if isinstance(object_id, tuple) else None
        if family is None:
            return replace(poll, error_code=answer.problem or "unknown_family")
        told = await self._wireless.read(family, limits)
        return replace(poll, at=self._clock(), wireless=told, error_code=silence(told))

    async def _poll_links(self, limits: WalkLimits) -> Poll:
        heard = await neighbours(self._session, limits)
        poll = Poll(self.gear, "links", self._clock(), error_code=heard.problem)
        return poll if heard.problem else replace(poll, links=heard.found)

    async def _knock(self) -> None:
        """One small question, so that silence costs no more than that. Raises NoInterfaceError."""
        failed = unread(await self._session.get([SYS_UPTIME]))
        if failed:
            raise NoInterfaceError(failed)


def silence(told: WirelessStatus) -> str | None:
    """Why a controller told of no access point at all; one that has none says so in its table."""
    return None if told.access_points else told.unknown.get("access_points")
