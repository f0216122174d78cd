"""Two sittings at the same time out of one pool of machines, which is enough for each of them."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.groups import groups
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """The machines decide; there is plenty of line."""
    school, sittings = groups(draw, 2)
    school.machines = draw.machines(school, draw.count(sum(one.pupils for one in sittings)))
    draw.fit(sittings)
    return World([school], sittings, Watch(draw.days), [draw.asked_at])
