"""room.signal_p10_dbm: how strong the own access point arrives for nine values out of ten in the room."""

from __future__ import annotations

from collector.readiness.domain.model import Requirement
from collector.readiness.rooms.coverage import compute_low_end
from collector.readiness.rooms.fact import RoomFact, RoomWorked
from collector.readiness.rooms.samples import FactSource
from collector.readiness.rooms.seating import Seating

SOURCES: tuple[FactSource, ...] = (("wifi", "signal_dbm"), ("survey", "signal_p10_dbm"))


def _compute(seating: Seating, room: str, requirement: Requirement) -> RoomWorked:
    return compute_low_end(seating, room, requirement, SOURCES)


ROOM_FACT = RoomFact(
    "room.signal_p10_dbm",
    "dBm",
    "signal that the places of all pupils but `room_quantile` of them reach, with `confidence`",
    _compute,
)
