"""Some machines have gone silent: broken, stolen, in a cupboard. They are still enrolled."""

from __future__ import annotations

from tests.truth.worlds.days import at
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.machines import before
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """So many live as are wanted; the dead ones were heard for the last time four to nine school days ago."""
    draw.watched = 12
    school = draw.school()
    living = draw.count(school.pupils)
    dead = draw.machines(school, draw.rng.randint(4, 8), begin=living)
    school.machines = draw.machines(school, living) + dead
    for machine in dead:
        machine.sits = False
        machine.awake = before(at(draw.days[draw.rng.randint(3, 8)], 8))
    sitting = draw.sitting(school)
    draw.fit([sitting])
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
