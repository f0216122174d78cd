"""room.utilisation_percent: how busy the channels are that carry the room, as network gear or a survey tells it."""

from __future__ import annotations

from datetime import datetime

from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Requirement
from collector.readiness.explanation.trail import measured
from collector.readiness.rooms.carriers import Carrier
from collector.readiness.rooms.fact import Between, RoomFact, RoomWorked, UnknownReason
from collector.readiness.rooms.seating import Seating
from collector.readiness.rooms.unclear import carrier_steps, carriers_of, why_no_carriers, why_radio_silent

PERCENT = "%"


def _compute(seating: Seating, room: str, requirement: Requirement) -> RoomWorked:
    del requirement
    carriers = carriers_of(seating, room)
    told = {one.key: percent for one in carriers if (percent := busy_percent(one)) is not None}
    busiest = max(told.values(), default=None)
    complete = bool(carriers) and len(told) == len(carriers)
    times = [at for one in carriers if one.key in told and (at := _read_at(one)) is not None]
    return RoomWorked(
        # A radio that told nothing may be busier than the busiest that did.
        value=Between(busiest if complete else None, busiest),
        measured=busiest,
        devices=seating.air(room).devices,
        evidence=EvidenceSummary(count=len(told), newest_at=max(times, default=None)),
        steps=[*carrier_steps(seating, room), *(_step(one, told.get(one.key), room) for one in carriers)],
        unknown=_why_unknown(seating, room, carriers, told),
        reasons=seating.air(room).reasons,
    )


def busy_percent(carrier: Carrier) -> float | None:
    """How busy its channel is: the worse of what the gear and the survey say; None where neither does."""
    read = None if carrier.radio is None else carrier.radio.utilisation_percent
    known = [one for one in (read, carrier.surveyed_percent) if one is not None]
    return max(known, default=None)


def _read_at(carrier: Carrier) -> datetime | None:
    if carrier.radio is not None and carrier.radio.utilisation_percent is not None:
        return carrier.radio.seen.at
    return carrier.surveyed_at


def _step(carrier: Carrier, percent: float | None, room: str) -> ExplanationStep:
    reason = carrier.radio.reason if carrier.radio is not None and percent is None else None
    told = f" ({reason})" if reason else ""
    source = f"{carrier.name} ({carrier.bssid}) in room {room}{told}"
    return measured("step_radio_utilisation", percent, PERCENT, source, _read_at(carrier))


def _why_unknown(seating: Seating, room: str, carriers: list[Carrier], told: dict[str, float]) -> UnknownReason:
    silent = next((one for one in carriers if one.key not in told), None)
    if silent is None:
        return why_no_carriers(seating, room)
    return why_radio_silent(seating, room, silent, ("why_room_busy_not_told", "advice_room_survey"))


ROOM_FACT = RoomFact(
    "room.utilisation_percent",
    PERCENT,
    "how busy the channels of the room's access points are, by network gear or a survey; the busiest counts",
    _compute,
)
