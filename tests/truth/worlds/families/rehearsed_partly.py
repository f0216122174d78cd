"""Only some of the year group rehearse: what those who stayed away would have met, nobody saw."""

from __future__ import annotations

from tests.truth.worlds.air import Link
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Where it fails, it is the line for all of them, or the seats of those who were away."""
    school = draw.school(pupils=draw.rng.randint(12, 48))
    sitting = draw.sitting(school)
    count = round(sitting.pupils * draw.rng.uniform(0.3, 0.85))
    is_line = draw.holds or draw.rng.random() < 0.5
    if not is_line:
        room = school.rooms[-1]
        room.links = [*room.links[:2], *[Link(-85.0)] * (len(room.links) - 2)]
        room = school.rooms[0]
        room.links[sitting.pupils - 1 if len(school.rooms) == 1 else 15] = Link(-85.0)
    draw.fit([sitting], draw.headroom() if is_line else None)
    draw.rehearse(sitting, school.machines[:count])
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
