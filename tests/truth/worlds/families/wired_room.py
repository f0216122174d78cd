"""The room has sockets and no access point: there is no air to judge, and the line decides."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """All machines are on cable."""
    school = draw.school()
    for room in school.rooms:
        room.radio = None
    sitting = draw.sitting(school)
    draw.fit([sitting], draw.headroom())
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
