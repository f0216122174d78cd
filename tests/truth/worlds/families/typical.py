"""No trap: schools as most are. They tell how soon a verdict is known, and whether those that are ready are called so.

From 20 to 120 pupils sit. Machines move in half of the schools. A third of the machines are Chromebooks, which come to
a session that staff hold in all rooms in one lesson, for those without an agent; half of the others have one, and the
rest come to the session too. A
quarter of the schools count their line, some machines are slow, and four schools in five are fit for the sitting.
"""

from __future__ import annotations

from tests.truth.worlds.days import at
from tests.truth.worlds.draw import ASKED_AT, SPARE, Draw
from tests.truth.worlds.machines import Machine
from tests.truth.worlds.school import School, Session
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World

DAYS = 5
SLOW, FIT = 0.15, 0.8


def agents(draw: Draw, school: School, moves: bool) -> list[Machine]:
    """Every machine, of which some have an agent and the others come to the session as a browser."""
    found = draw.machines(school, round(school.pupils * SPARE) + 1)
    for index, machine in enumerate(found):
        machine.system = "chromeos" if index % 3 == 0 else "windows"
        if index % 3 == 1:
            machine.room = None if moves else machine.room
            slow = draw.rng.random() < SLOW
            machine.ceiling = (draw.rng.uniform(15, 60), draw.rng.uniform(8, 30)) if slow else machine.ceiling
        else:
            machine.id, machine.kind = f"{school.code}-w{index}", "web"
            machine.comes_to_session, machine.tells_machine, machine.measures = True, False, False
    return found


def build(draw: Draw) -> World:
    """Asked on each of five school days. Three in four of those that hold have plenty of everything."""
    draw.watched, draw.holds = DAYS, draw.rng.random() < FIT
    school = draw.school(pupils=draw.rng.randint(20, 120), machines=1)
    school.machines = agents(draw, school, moves=draw.rng.random() < 0.5)
    school.owned = len(school.machines)
    begins_at = at(draw.days[draw.rng.randint(1, 3)], draw.rng.choice((8.2, 9.2, 10.2)))
    school.sessions = [Session(room.id, begins_at, without_agents=True) for room in school.rooms]
    sitting = draw.sitting(school)
    headroom = draw.rng.uniform(1.6, 6.0) if draw.holds and draw.rng.random() < 0.75 else draw.headroom()
    draw.fit([sitting], headroom)
    asked = [at(day, ASKED_AT) for day in draw.days]
    return World([school], [sitting], Watch(draw.days), asked, is_typical=True)
