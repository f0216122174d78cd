"""Some machines are the teachers': in order, heard every day, and no pupil will sit at one."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """So many are pupils' machines as are wanted; whose each is has been told."""
    school = draw.school()
    pupils = draw.machines(school, draw.count(school.pupils))
    staff = draw.machines(school, draw.rng.randint(4, 8), begin=len(pupils))
    for machine in pupils:
        machine.role = "pupil"
    for machine in staff:
        machine.role, machine.sits = "staff", False
    school.machines = pupils + staff
    sitting = draw.sitting(school)
    draw.fit([sitting])
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
