"""A disk was copied with the agent's identity on it: several machines report under one id, in turn."""

from __future__ import annotations

from dataclasses import replace

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Where it holds there are more machines than ids, and fewer ids than pupils. Where it fails the clones are not
    fit, and whoever believes the newest report of an id may take the one for the other.
    """
    school = draw.school()
    wanted = draw.count(school.pupils)
    cloned = draw.rng.randint(3, 5)
    own = draw.machines(school, wanted - cloned if draw.holds else wanted)
    clones = [
        replace(machine, hardware=f"{machine.hardware}-clone", old_browser=not draw.holds)
        for machine in draw.rng.sample(own, min(cloned, len(own)))
    ]
    school.machines = own + clones
    sitting = draw.sitting(school)
    draw.fit([sitting])
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
