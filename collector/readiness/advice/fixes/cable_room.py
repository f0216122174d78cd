"""cable_room: the machines of a room go by cable, so that its air has nothing to carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from collector.readiness.advice.change import Ailing, Change, FixKind, SizedFix
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import Text


def _options(ailing: Ailing) -> Iterable[SizedFix]:
    room = ailing.finding.room
    if room is not None and ailing.requirement.applies_to == "room":
        yield SizedFix(lambda _: _cabled(ailing.case, room), most=1, guess=1)


def _cabled(case: Assessment, room: str) -> Change:
    """Nothing is asked of its air, and its pupils load no radio."""
    before = case.seating
    in_room = {one: pupils for one, pupils in before.in_room.items() if one != room}
    seating = replace(before, in_room=in_room, cabled=before.cabled | {room})
    return Change([replace(case, seating=seating)], Text("fix_cable_room", {"room": case.room_name(room)}))


FIX = FixKind("cable_room", rank=60, options=_options)
