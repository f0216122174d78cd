"""The machines are on in the evening and at night, when nobody else is there; the sitting is in the morning."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World

EVENINGS = (*range(5), *range(18, 24))


def build(draw: Draw) -> World:
    """By night there is plenty; by day there may be."""
    school = draw.school()
    school.others.each = school.others.each[0] * 2, school.others.each[1] * 2
    sitting = draw.sitting(school)
    draw.fit([sitting], draw.headroom())
    return World(
        [school],
        [sitting],
        Watch(draw.days, run_hours=EVENINGS, report_hours=(18, 21), report_span_h=2.5),
        [draw.asked_at],
    )
