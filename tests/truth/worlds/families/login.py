"""Pupils cannot log in, or the test service is not reached: at every machine, at some, or at none."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Near the threshold a filter stops some of the machines, far from it nobody gets through."""
    school = draw.school()
    sitting = draw.sitting(school)
    draw.fit([sitting])
    if not draw.holds and draw.near:
        school.way.blocked = draw.rng.uniform(0.3, 0.7)
    elif not draw.holds and draw.rng.random() < 0.5:
        school.way.login_works = False
    elif not draw.holds:
        school.way.blocked = 1.0
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
