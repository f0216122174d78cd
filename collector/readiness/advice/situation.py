"""A sitting as it would be, were something changed: what a way of mending changes, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import msgspec

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.evidence.compliance import DeviceCompliance
from collector.readiness.occasions.occasion import Occasion


def at_occasion(case: Assessment, occasion: Occasion) -> Assessment:
    """The same evidence, for a sitting that is held otherwise."""
    in_room = {room.id: occasion.pupils_in(room.id) for room in occasion.school.rooms}
    return replace(case, occasion=occasion, seating=replace(case.seating, in_room=in_room), _lines={})


def sitting_otherwise(occasion: Occasion, *, pupils: int, later: timedelta) -> Occasion:
    """The occasion with so many pupils, begun so much later; beside it is whatever overlaps it then."""
    begins_at, ends_at = occasion.begins_at + later, occasion.ends_at + later
    beside = tuple(one for one in occasion.that_day if one.begins_at < ends_at and begins_at < one.ends_at)
    sitting = msgspec.structs.replace(occasion.sitting, pupils=pupils)
    return replace(occasion, sitting=sitting, begins_at=begins_at, ends_at=ends_at, beside=beside)


def seated_otherwise(case: Assessment, in_room: Mapping[str, int]) -> Assessment:
    """The same pupils in other rooms; the sitting is held wherever anybody sits."""
    rooms = [room for room, pupils in in_room.items() if pupils and room in _own_rooms(case, in_room)]
    sitting = msgspec.structs.replace(case.sitting, rooms=rooms)
    return replace(
        case, occasion=replace(case.occasion, sitting=sitting), seating=replace(case.seating, in_room=in_room)
    )


def _own_rooms(case: Assessment, in_room: Mapping[str, int]) -> set[str]:
    """The sitting's rooms, and those that more sit in than before."""
    before = case.seating.in_room
    return {room for room, pupils in in_room.items() if room in case.sitting.rooms or pupils > before.get(room, 0)}


def with_answers(case: Assessment, answers: Mapping[str, Mapping[str, DeviceCompliance]]) -> Assessment:
    """Machines that come to something else."""
    return replace(case, answers={**case.answers, **answers})
