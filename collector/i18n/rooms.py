"""What people call a room."""

from __future__ import annotations

from collector.readiness.domain.model import School


def room_name(school: School, room_id: str) -> str:
    """The room's name, else its id."""
    return next((room.name for room in school.rooms if room.id == room_id and room.name), room_id)
