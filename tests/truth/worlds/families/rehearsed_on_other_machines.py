"""A rehearsal goes well on machines that are not there at the sitting: lent ones, and those of the staff."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """The school's own machines are as many, and as fit, as the world wants."""
    school = draw.school(pupils=draw.rng.randint(10, 32))
    own = draw.machines(school, draw.count(school.pupils))
    others = draw.machines(school, school.pupils, begin=len(own))
    gone_at = draw.asked_at.replace(hour=5)
    for machine in others:
        machine.sits = False
        if draw.rng.random() < 0.5:
            machine.role = "staff"
        else:
            machine.revoked_at = gone_at
    if not draw.holds and draw.rng.random() < 0.5:
        own += draw.machines(school, 4, begin=len(own) + len(others))
        for machine in own[-draw.rng.randint(5, 9) :]:
            machine.old_browser = True
    school.machines, school.owned = own + others, len(own)
    sitting = draw.sitting(school)
    draw.fit([sitting])
    draw.rehearse(sitting, others)
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
