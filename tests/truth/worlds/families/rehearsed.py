"""The year group rehearses at the sitting's weekday and hour; what decides is the line, the air, the way or nothing."""

from __future__ import annotations

from tests.truth.worlds.air import Link
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Where it fails, the rehearsal mostly shows it; what nobody saw else is a seat without a link."""
    draw.watched = draw.rng.randint(6, 10)
    school = draw.school(pupils=draw.rng.randint(8, 60))
    sitting = draw.sitting(school)
    trouble = "line" if draw.holds else draw.rng.choice(("line", "line", "seats", "blocked", "login"))
    if trouble == "seats":
        room = school.rooms[0]
        room.links[: draw.rng.randint(1, 3)] = [Link(-84.0)] * draw.rng.randint(1, 3)
    elif trouble == "blocked":
        school.way.blocked = draw.rng.uniform(0.2, 0.7)
    elif trouble == "login":
        school.way.login_works = False
    draw.fit([sitting], draw.headroom() if trouble == "line" else None)
    draw.rehearse(sitting)
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
