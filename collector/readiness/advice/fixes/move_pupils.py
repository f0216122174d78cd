"""move_pupils: so many pupils sit in a room on another access point."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from collector.readiness.advice.change import Ailing, Change, FixKind, SizedFix
from collector.readiness.advice.situation import seated_otherwise
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import Text
from collector.readiness.rooms.carriers import RoomAir

MOST_ROOMS = 4
"""So many rooms are tried, those with most seats left."""


def _options(ailing: Ailing) -> Iterable[SizedFix]:
    room, case = ailing.finding.room, ailing.case
    if room is None or ailing.requirement.applies_to != "room":
        return
    here = case.seating.in_room.get(room, 0)
    for other in _rooms_elsewhere(case, room):
        most = min(here, _free(case, other))
        yield SizedFix(partial(_moved, case, room, other), most=most, guess=max(1, most // 2))


def _free(case: Assessment, room: str) -> int:
    return case.seating.seats(room) - case.seating.in_room.get(room, 0)


def _rooms_elsewhere(case: Assessment, room: str) -> list[str]:
    """Rooms with seats left whose access points are known and are others."""
    own = _keys(case.seating.air(room))
    others = [
        one.id
        for one in case.school.rooms
        if one.id != room and _free(case, one.id) > 0 and (keys := _keys(case.seating.air(one.id))) and not keys & own
    ]
    return sorted(others, key=lambda one: (-_free(case, one), one))[:MOST_ROOMS]


def _keys(air: RoomAir) -> set[str]:
    return {one.key for one in air.carriers}


def _moved(case: Assessment, room: str, other: str, pupils: int) -> Change:
    in_room = dict(case.seating.in_room)
    in_room[room] -= pupils
    in_room[other] = in_room.get(other, 0) + pupils
    what = Text(
        "fix_move_pupils",
        {
            "pupils": pupils,
            "room": case.room_name(room),
            "other": case.room_name(other),
        },
    )
    return Change([seated_otherwise(case, in_room)], what)


FIX = FixKind("move_pupils", rank=15, options=_options)
