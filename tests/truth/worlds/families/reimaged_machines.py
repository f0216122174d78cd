"""Machines get a new system and enrol anew: the same machine under a second id, and the first goes silent."""

from __future__ import annotations

from dataclasses import replace

from tests.truth.worlds.days import at
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.machines import before
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """There are so many machines as are wanted, and up to half of them have two ids that were heard of lately."""
    school = draw.school()
    school.machines = draw.machines(school, draw.count(school.pupils))
    renewed = draw.rng.sample(school.machines, len(school.machines) // 2)
    for number, machine in enumerate(renewed):
        done_at = at(draw.days[-draw.rng.randint(1, 4)], draw.rng.uniform(8, 15))
        school.machines.append(replace(machine, id=f"{school.code}-n{number}", enrolled_at=done_at))
        machine.awake = before(done_at)
    sitting = draw.sitting(school)
    draw.fit([sitting])
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
