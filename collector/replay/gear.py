"""What a line tells of network gear, as the poller would have handed it to the store. Pure."""

from __future__ import annotations

from datetime import datetime

from collector.readiness.domain.model import RadioSeen, UplinkLoad
from collector.replay.lines import GearLine, RadioTold
from collector.store.gear import GearReading, PortCount, RadioReading


def gear_reading(line: GearLine) -> GearReading:
    """The poll that the line tells of."""
    told = line.gear
    at = told.at or line.received_at
    load, port = told.load, told.port
    return GearReading(
        device=told.device,
        school=line.school or "",
        at=at,
        error_code=told.error_code,
        load=None if load is None else UplinkLoad(told.device, at, load.seconds, load.down_mbit_s, load.up_mbit_s),
        port=None
        if port is None
        else PortCount(port.speed_mbit_s, port.is_up, port.packets_count, port.errors_count, port.discards_count),
        radios=[_radio(radio, line, at) for radio in told.radios],
    )


def _radio(radio: RadioTold, line: GearLine, at: datetime) -> RadioReading:
    seen = RadioSeen(
        device=line.gear.device,
        access_point=radio.access_point,
        at=at,
        mac=radio.mac,
        room=radio.room,
        band=radio.band,
        channel=radio.channel,
        clients_count=radio.clients_count,
        utilisation_percent=radio.utilisation_percent,
        unclear=radio.unclear,
    )
    return RadioReading(radio.school or line.school or "", radio.radio or f"{radio.mac or ''}/{radio.band or ''}", seen)
