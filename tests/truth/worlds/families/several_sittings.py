"""Two or three sittings of one school at the same time. Each by itself would do; together they may not."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.groups import groups
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """The line decides; machines there are for all."""
    count = draw.rng.choice((2, 2, 3))
    school, sittings = groups(draw, count)
    draw.fit(sittings, draw.headroom())
    return World([school], sittings, Watch(draw.days), [draw.asked_at])
