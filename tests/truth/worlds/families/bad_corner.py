"""A room with a far corner, and a few machines that stand near its access point. All others stand in another room."""

from __future__ import annotations

from tests.truth.worlds.air import Link
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Up to a third of the seats are too far away; nobody has ever measured there. The sitting fills the room."""
    school = draw.school(pupils=draw.rng.randint(12, 16), machines=24)
    store = draw.rooms(4, school.code, times=2)[1]
    school.rooms.append(store)
    room, standing = school.rooms[0], draw.rng.randint(3, 5)
    for index, machine in enumerate(school.machines):
        machine.room, machine.seat = (room.id, index) if index < standing else (store.id, index)
    corner = draw.rng.randint(1, 2) if draw.near else draw.rng.randint(3, 5)
    if not draw.holds:
        room.links[school.pupils - corner : school.pupils] = [Link(draw.rng.uniform(-90, -82)) for _ in range(corner)]
    sitting = draw.sitting(school)
    sitting.rooms = [room.id]
    draw.fit([sitting])
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
