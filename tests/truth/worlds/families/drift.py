"""The line gives a little less every day, or a little more, and goes on doing so until the sitting."""

from __future__ import annotations

from tests.truth.worlds.days import at
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.slowness import drifting
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Between 1 and 4 per cent of the line a day."""
    draw.watched = 10
    school = draw.school()
    sitting = draw.sitting(school, draw.later(4, 8))
    sign = 1 if draw.holds and draw.rng.random() < 0.3 else -1
    school.line.factor = drifting(at(draw.days[0], 0), sign * draw.rng.uniform(0.01, 0.04))
    draw.fit([sitting], draw.headroom())
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
