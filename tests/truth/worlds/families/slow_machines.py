"""The machines' own links are slower than the line: old radios, a port that has fallen back."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Each has its own ceiling, which lets through less than the sitting needs but more than a pupil does."""
    school = draw.school()
    sitting = draw.sitting(school)
    draw.fit([sitting], draw.headroom())
    for machine in school.machines:
        share = draw.rng.uniform(0.15, 0.8)
        machine.ceiling = max(2.0, school.line.rates[0] * share), max(1.0, school.line.rates[1] * share)
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
