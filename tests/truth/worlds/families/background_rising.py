"""The rest of the school takes more every day: a new service, new machines. The line stays as it is."""

from __future__ import annotations

from tests.truth.worlds.days import at
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """By 3 to 12 per cent of the first day's load a day, until the sitting and beyond. Half of the schools count it."""
    draw.watched = 10
    school = draw.school()
    school.has_counters = draw.rng.random() < 0.5
    school.others.each = school.others.each[0] * 2, school.others.each[1] * 2
    begin, per_day = at(draw.days[0], 0), draw.rng.uniform(0.03, 0.12)
    school.others.growth = lambda moment: 1.0 + per_day * (moment - begin).total_seconds() / 86_400
    sitting = draw.sitting(school, draw.later(3, 6))
    draw.fit([sitting], draw.headroom())
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
