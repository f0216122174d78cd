"""Every pupil has a machine and takes it from room to room; only the access point that it hears says where it is."""

from __future__ import annotations

from tests.truth.worlds.air import Link
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """One of three rooms is the sitting's: its air decides."""
    draw.watched = 10
    school = draw.school(pupils=draw.rng.randint(10, 16))
    school.rooms = draw.rooms(4, school.code, times=3)
    for machine in school.machines:
        machine.room = None
    sitting = draw.sitting(school)
    sitting.rooms = [draw.rng.choice(school.rooms).id]
    room = school.room(sitting.rooms[0])
    assert room is not None
    if not draw.holds:
        weakest = -82.0 if draw.near else -86.0
        room.links = [Link(weakest + draw.rng.uniform(-2.0, 1.5)) for _ in room.links]
    draw.fit([sitting])
    return World([school], [sitting], Watch(draw.days, report_hours=(8, 10, 13)), [draw.asked_at])
