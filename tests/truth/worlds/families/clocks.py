"""The machines' clocks are wrong, by minutes or by days; and the line is slow in the sitting's hour or in another."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.slowness import slow_in
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Whoever believes the clocks finds the slow hour at another time."""
    school = draw.school()
    for machine in school.machines:
        machine.clock_ahead_s = draw.rng.choice((-1, 1)) * draw.rng.choice((180, 3_600, 7_200, 86_400, 30 * 86_400))
    sitting = draw.sitting(school, hour=draw.rng.choice((9.0, 10.0, 13.0)))
    if draw.rng.random() < 0.5:
        school.line.factor = slow_in(draw.rng.uniform(0.2, 0.4), hours={int(sitting.hour)})
    draw.fit([sitting], draw.headroom(), up=draw.plenty())
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
