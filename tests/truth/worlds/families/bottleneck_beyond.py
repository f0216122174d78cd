"""The line to the measurement point is fast; what lies beyond it, towards the test, may not be."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Tests towards the public internet show it; near the threshold the point is said to stand inside, and in half of
    those worlds nobody tests beyond it. The way beyond is fitted as the line would be; the line has plenty.
    """
    school = draw.school()
    sitting = draw.sitting(school)
    draw.fit([sitting], draw.headroom(), up=draw.plenty())
    narrow = school.line.rates
    school.line.beyond = narrow
    school.line.rates = narrow[0] * draw.rng.uniform(2.5, 6.0), narrow[1] * draw.rng.uniform(2.5, 6.0)
    is_tested = not draw.near or draw.rng.random() < 0.5
    watch = Watch(draw.days, tests_internet=is_tested)
    return World([school], [sitting], watch, [draw.asked_at], point_is_inside=draw.near)
