"""cable_room: the machines of a room go by cable, so that its air has nothing to carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from collector.readiness.advice.change import Ailing, Change, FixKind, SizedFix
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import Text


def _options(ailing: Ailing) -> Iterable[SizedFix]:
    room = ailing.finding.room
    if room is not None and ailing.requirement.applies_to == "room":
        yield SizedFix(lambda _: _cabled(ailing.case, room), most=1, guess=1)


def _cabled(case: Assessment, room: str) -> Change:
    """Nothing is asked of its air, and its pupils load no radio."""
    in_room = {one: pupils for one, pupils in case.seating.in_room.items() if one != room}
    sitting = msgspec.structs.replace(case.sitting, rooms=[one for one in case.sitting.rooms if one != room])
    mended = replace(
        case, occasion=replace(case.occasion, sitting=sitting), seating=replace(case.seating, in_room=in_room)
    )
    return Change([mended], Text("fix_cable_room", {"room": case.room_name(room)}))


FIX = FixKind("cable_room", rank=60, options=_options)
