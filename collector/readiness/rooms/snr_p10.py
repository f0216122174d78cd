"""room.snr_p10_db: how far the signal lies above the noise for nine values out of ten in the room."""

from __future__ import annotations

from collector.readiness.domain.model import Requirement
from collector.readiness.rooms.coverage import compute_low_end
from collector.readiness.rooms.fact import RoomFact, RoomWorked
from collector.readiness.rooms.samples import FactSource
from collector.readiness.rooms.seating import Seating

SOURCES: tuple[FactSource, ...] = (("wifi", "snr_db"),)


def _compute(seating: Seating, room: str, requirement: Requirement) -> RoomWorked:
    return compute_low_end(seating, room, requirement, SOURCES)


ROOM_FACT = RoomFact(
    "room.snr_p10_db",
    "dB",
    "how far above the noise the signal is, at the places of all pupils but `room_quantile` of them, with `confidence`",
    _compute,
)
