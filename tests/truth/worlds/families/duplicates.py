"""Many reports come twice, as on a bad connection. Nothing becomes more by that."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Few days are watched, so that counting twice would be enough where counting once is not."""
    draw.watched = draw.rng.randint(2, 4)
    school = draw.school()
    sitting = draw.sitting(school)
    draw.fit([sitting], draw.headroom())
    return World([school], [sitting], Watch(draw.days, twice=0.7), [draw.asked_at])
