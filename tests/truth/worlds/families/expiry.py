"""A certificate of the service, a key of the login or its metadata ends: before the sitting is over, or after it."""

from __future__ import annotations

from datetime import timedelta

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """All is well while it is watched; near the threshold the end lies less than three days from the sitting."""
    school = draw.school()
    sitting = draw.sitting(school, draw.later(5, 8))
    draw.fit([sitting])
    between = sitting.begins_at - draw.asked_at
    if draw.holds:
        ends = sitting.ends_at + timedelta(days=draw.rng.uniform(0.5, 3) if draw.near else draw.rng.uniform(40, 300))
    else:
        ends = sitting.begins_at - (timedelta(hours=1) if draw.near else between * draw.rng.uniform(0.2, 0.9))
    setattr(school.way, draw.rng.choice(("service_until", "login_until", "metadata_until")), ends)
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
