"""Rooms as people write them. Pure."""

from __future__ import annotations

from collector.readiness.domain.model import Room, School


def room_of(school: School, written: str) -> Room | None:
    """The room that somebody means by its id or its name, in capitals or not."""
    asked = " ".join(written.split()).casefold()
    by_id = (room for room in school.rooms if room.id.casefold() == asked)
    named = [room for room in school.rooms if room.name and " ".join(room.name.split()).casefold() == asked]
    return next(by_id, named[0] if len(named) == 1 else None)
