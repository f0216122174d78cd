"""The counters of the line fell silent after some days in which they showed how much the others take."""

from __future__ import annotations

from tests.truth.worlds.days import at
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """The others go on as before."""
    draw.watched = 10
    school = draw.school()
    school.has_counters = True
    school.others.each = school.others.each[0] * 3, school.others.each[1] * 3
    sitting = draw.sitting(school)
    draw.fit([sitting], draw.headroom())
    lost_at = at(draw.days[draw.rng.randint(3, 8)], draw.rng.uniform(8, 15))
    return World([school], [sitting], Watch(draw.days, polled=lambda moment: moment < lost_at), [draw.asked_at])
