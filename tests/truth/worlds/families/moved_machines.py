"""Some machines were given to another school and enrolled there; here nobody has taken them off the list."""

from __future__ import annotations

from dataclasses import replace

from tests.truth.worlds.days import at
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.machines import before
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """So many have stayed as are wanted; the others went within the last three days, so that both enrolments are heard
    of lately.
    """
    school, other = draw.school(), draw.school(2, machines=4)
    here = draw.count(school.pupils)
    gone = draw.machines(school, draw.rng.randint(4, 8), begin=here)
    school.machines = draw.machines(school, here) + gone
    went_at = at(draw.days[-draw.rng.randint(1, 3)], 9.5)
    for machine in gone:
        there = replace(machine, id=f"{other.code}-from-{machine.id}", school=other.code, room=other.rooms[0].id)
        other.machines.append(replace(there, enrolled_at=went_at))
        machine.sits, machine.awake = False, before(went_at)
    sitting = draw.sitting(school)
    draw.fit([sitting])
    other.line.rates = school.line.rates
    return World([school, other], [sitting], Watch(draw.days), [draw.asked_at])
