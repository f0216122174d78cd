"""Some machines are lent to another place: they are heard every day, from a network that is not the school's."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.machines import AWAY
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """So many are at the school as are wanted; the lent ones come from elsewhere and will not be back."""
    school = draw.school()
    school.networks = ["10.0.0.0/8"]
    here = draw.count(school.pupils)
    lent = draw.machines(school, draw.rng.randint(4, 8), begin=here)
    school.machines = draw.machines(school, here) + lent
    for machine in lent:
        machine.sits, machine.address = False, AWAY
    sitting = draw.sitting(school)
    draw.fit([sitting])
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
