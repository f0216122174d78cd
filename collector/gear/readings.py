"""Makes of a poll what is kept of it: loads in Mbit/s, and radios in the school and room where they hang. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.configuration.network import AccessPointPlace
from collector.readiness.domain.model import RadioSeen, UplinkLoad
from collector.snmp.access_points import RadioRow, rows
from collector.snmp.gear import Poll
from collector.snmp.wireless import WirelessStatus
from collector.store.gear import GearReading, PortCount, RadioReading

BIT_PER_MBIT = 1_000_000
LONGEST_NAME = 128


@dataclass(frozen=True)
class GearLocation:
    """A school, and a room of it if that is known."""

    school: str
    room: str | None


Places = Mapping[str, GearLocation]
"""Where access points hang, by name or MAC address."""


def places(written: Sequence[AccessPointPlace]) -> Places:
    """The map as the operator wrote it."""
    return {one.name or one.mac or "": GearLocation(one.school, one.room) for one in written}


def reading(poll: Poll, where: Places, seen_on: Places | None = None) -> GearReading:
    """What is kept of a poll. `seen_on` places access points by the switch ports they hang on."""
    return GearReading(
        device=poll.gear.id,
        school=poll.gear.school or "",
        at=poll.at,
        error_code=poll.error_code,
        load=_load(poll),
        port=_port(poll),
        radios=[one for one in _radios(poll, {**(seen_on or {}), **where}) if one.school],
    )


def unplaced(poll: Poll, where: Places) -> int:
    """How many radios belong to no school that anybody has told."""
    return sum(not one.school for one in _radios(poll, where))


def _load(poll: Poll) -> UplinkLoad | None:
    load = poll.load
    if load is None:
        return None
    down_mbit_s, up_mbit_s = load.in_bit_s / BIT_PER_MBIT, load.out_bit_s / BIT_PER_MBIT
    return UplinkLoad(poll.gear.id, poll.at, load.seconds, down_mbit_s, up_mbit_s)


def _port(poll: Poll) -> PortCount | None:
    port, load = poll.interface, poll.load
    if port is None:
        return None
    if load is None:
        return PortCount(port.speed_mbit_s, port.up)
    return PortCount(port.speed_mbit_s, port.up, load.packets, load.errors, load.discards)


def _radios(poll: Poll, where: Places) -> list[RadioReading]:
    if poll.wireless is None:
        return []
    macs = _macs(poll.wireless)
    home = GearLocation(poll.gear.school or "", None)
    met: Counter[tuple[str, str]] = Counter()
    found: list[RadioReading] = []
    for row in rows(poll.wireless):
        names = (row.access_point, macs.get(row.access_point, ""), row.mac or "")
        place = next((where[name] for name in names if name in where), home)
        # Controllers often tell one address for all radios of an access point; its channel may be another tomorrow.
        kind = (row.access_point, f"{row.mac or ''}/{row.band or ''}")
        met[kind] += 1
        found.append(RadioReading(place.school, f"{kind[1]}/{met[kind]}", _seen(poll, row, place)))
    return found


def _macs(told: WirelessStatus) -> dict[str, str]:
    return {point.name: point.mac for point in told.access_points if point.mac is not None}


def _seen(poll: Poll, row: RadioRow, place: GearLocation) -> RadioSeen:
    return RadioSeen(
        device=poll.gear.id,
        access_point=row.access_point[:LONGEST_NAME],
        at=poll.at,
        mac=row.mac,
        room=place.room,
        band=row.band,
        channel=row.channel,
        clients_count=row.clients,
        utilisation_percent=row.utilisation_percent,
        unclear=row.unclear,
    )
