"""A handful of pupils and one radio, which a controller reads: a good one carries them easily.

Where it fails, others fill its channel, or one machine talks so slowly that it takes the time of all.
"""

from __future__ import annotations

from tests.truth.worlds.air import Link
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.families.crowded_radio import crowd
from tests.truth.worlds.sitting import air_margin
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World

SLOWEST = 1.0
"""What the slow one talks at, in Mbit/s."""


def build(draw: Draw) -> World:
    """All seats of one room are measured."""
    school = draw.school(pupils=draw.rng.randint(3, 8))
    school.has_controller = True
    sitting, [room] = draw.sitting(school), school.rooms
    if not draw.holds and draw.rng.random() < 0.5:
        slow = draw.rng.randrange(school.pupils)
        room.links[slow] = Link(room.links[slow].signal_dbm, draw.rng.uniform(0.1, 0.9), SLOWEST)
    elif draw.near or not draw.holds:
        crowd(room, school.pupils, draw.close())
    draw.fit([sitting])
    assert (air_margin(sitting) >= 1.0) is draw.holds
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
