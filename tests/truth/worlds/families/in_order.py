"""Nothing but the usual: a line as fast as it was yesterday, and machines that are there. How much there is differs."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """The line decides."""
    school = draw.school()
    sitting = draw.sitting(school)
    draw.fit([sitting], draw.headroom())
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
