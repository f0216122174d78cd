"""The machines' clocks are wrong, by minutes or by days; and the line is slow in the sitting's hour or in another."""

from __future__ import annotations

from tests.truth.worlds.draw import SPARE, Draw
from tests.truth.worlds.slowness import slow_in
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Half of the machines have a wrong clock, which no login takes; there are enough of the others. Whoever believes
    the clocks finds the slow hour at another time.
    """
    school = draw.school()
    school.machines = draw.machines(school, 2 * round(school.pupils * SPARE) + 2)
    for machine in school.machines[::2]:
        machine.clock_ahead_s = draw.rng.choice((-1, 1)) * draw.rng.choice((600, 3_600, 7_200, 86_400, 30 * 86_400))
    sitting = draw.sitting(school, hour=draw.rng.choice((9.0, 10.0, 13.0)))
    if draw.rng.random() < 0.5:
        school.line.factor = slow_in(draw.rng.uniform(0.2, 0.4), hours={int(sitting.hour)})
    draw.fit([sitting], draw.headroom(), up=draw.plenty())
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
