"""A rehearsal went well, and then something changed: the line, what others take, the machines, or the login."""

from __future__ import annotations

from datetime import timedelta

from tests.truth.worlds.days import at
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.slowness import slow_since
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """On the day after the rehearsal, two days at least before somebody asks."""
    draw.watched = draw.rng.randint(8, 10)
    school = draw.school(pupils=draw.rng.randint(8, 40))
    sitting = draw.sitting(school)
    day = [one for one in draw.days[:-3] if one.weekday() == sitting.day.weekday()][-1:] or draw.days[2:3]
    changed_at = at(day[0], 0) + timedelta(days=1)
    kind = draw.rng.choice(("line", "line", "others", "machines", "login"))
    if kind == "line":
        school.line.factor = slow_since(draw.rng.uniform(0.3, 0.8), changed_at)
    elif kind == "others":
        grown = draw.rng.uniform(1.2, 2.5)
        school.others.growth = lambda moment: grown if moment >= changed_at else 1.0
    draw.fit([sitting], draw.headroom() if kind in {"line", "others"} else None)
    draw.rehearse(sitting, day=day[0])
    if kind == "machines":
        count = draw.count(school.pupils)
        for machine in school.machines[count:]:
            machine.sits, machine.revoked_at = False, changed_at
        new = draw.machines(school, max(0, count - len(school.machines)), begin=len(school.machines))
        school.machines += new
        school.owned = count
    elif kind == "login" and not draw.holds:
        school.way.login_until = sitting.ends_at - timedelta(hours=draw.rng.randint(1, 30))
    elif kind == "login":
        school.way.login_until = sitting.ends_at + timedelta(days=draw.rng.randint(20, 90))
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
