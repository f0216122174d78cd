"""The line is slow in one hour of every school day, when something is backed up: the sitting's hour, or another one."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.slowness import slow_in
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Where the sitting holds, the slow hour is another one, or still fast enough."""
    school = draw.school()
    sitting = draw.sitting(school, hour=draw.rng.choice((9.0, 10.0, 13.0)))
    elsewhere = draw.holds and draw.rng.random() < 0.3
    hour = int(sitting.hour) + (2 if elsewhere else 0)
    school.line.factor = slow_in(draw.rng.uniform(0.15, 0.4), hours={hour})
    draw.fit([sitting], draw.headroom(), up=draw.plenty())
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
