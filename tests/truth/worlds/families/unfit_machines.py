"""Some machines are not fit for a test: a browser of years ago, a screen that is too small."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """So many are fit as are wanted."""
    school = draw.school()
    fit = draw.machines(school, draw.count(school.pupils))
    unfit = draw.machines(school, draw.rng.randint(4, 8), begin=len(fit))
    for machine in unfit:
        machine.old_browser = draw.rng.random() < 0.5
        machine.small_screen = not machine.old_browser
    school.machines = fit + unfit
    school.owned = len(school.machines)
    sitting = draw.sitting(school)
    draw.fit([sitting])
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
