"""Two schools hang on one line and sit at the same time. The configuration says that they share it."""

from __future__ import annotations

from dataclasses import replace

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """The line would do for each of them. Both measure it; each sees what the other school's people take of it."""
    school, other = draw.school(), draw.school(2)
    other.line = school.line
    school.line.others.append(other.others)
    day, hour = draw.later(), draw.rng.choice((8.5, 9.0, 13.0))
    sitting = draw.sitting(school, day, hour)
    beside = replace(draw.sitting(other, day, hour), hour=hour + draw.rng.choice((0.0, 0.25, 0.5)))
    draw.fit([sitting, beside], draw.headroom())
    shared = {"fiber": [school.code, other.code]}
    return World([school, other], [sitting, beside], Watch(draw.days), [draw.asked_at], shared_lines=shared)
