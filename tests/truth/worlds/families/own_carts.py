"""Two classes sit at the same time, each at the machines of its own cart. One cart may be too small while the other has
more than enough: together there are machines for all.
"""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.groups import groups
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """The carts stand in `devices.csv`, and each sitting names its own; there is plenty of line."""
    school, sittings = groups(draw, 2)
    own = [draw.count(one.pupils) for one in sittings]
    if not draw.holds:
        own[0] = sittings[0].pupils + draw.rng.randint(4, 8)
    school.machines = draw.machines(school, own[0]) + draw.machines(school, own[1], begin=own[0])
    for index, machine in enumerate(school.machines):
        machine.group = "vagn-1" if index < own[0] else "vagn-2"
    school.owned = len(school.machines)
    for number, sitting in enumerate(sittings, 1):
        sitting.groups = [f"vagn-{number}"]
    draw.fit(sittings)
    return World([school], sittings, Watch(draw.days), [draw.asked_at])
