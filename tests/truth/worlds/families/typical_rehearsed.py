"""The typical schools again, each with one rehearsal: by the whole year group, at the sitting's weekday and hour."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.families import typical
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Within the five days, so the last moment asked is after it."""
    world = typical.build(draw)
    [sitting] = world.sittings
    day = next(one for one in draw.days if one.weekday() == sitting.day.weekday())
    draw.rehearse(sitting, day=day)
    world.is_rehearsed = True
    return world
