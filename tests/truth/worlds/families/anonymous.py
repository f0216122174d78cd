"""Browsers that nobody supervises say what they like: that all is well where it is not, and that nothing works where it
does.
"""

from __future__ import annotations

from dataclasses import replace

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.machines import never
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World

GREAT, AWFUL = (800.0, 700.0), (0.4, 0.2)


def build(draw: Draw) -> World:
    """Where it fails, half of the schools have no agent at all."""
    school = draw.school()
    sitting = draw.sitting(school)
    draw.fit([sitting], draw.headroom())
    browsers = [
        replace(
            machine,
            id=f"{school.code}-b{index}",
            hardware=f"browser-{index}",
            kind="web",
            sits=False,
            claims=AWFUL if draw.holds else GREAT,
            old_browser=draw.holds,
            tells_machine=False,
        )
        for index, machine in enumerate(draw.machines(school, 24))
    ]
    if not draw.holds and draw.rng.random() < 0.5:
        for machine in school.machines:
            machine.awake = never
    school.machines += browsers
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
