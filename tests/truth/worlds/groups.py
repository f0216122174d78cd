"""Several groups of a school that sit at the same time, each in rooms of its own."""

from __future__ import annotations

from tests.truth.worlds.draw import SPARE, Draw
from tests.truth.worlds.school import School
from tests.truth.worlds.sitting import Sitting


def groups(draw: Draw, count: int) -> tuple[School, list[Sitting]]:
    """A school and so many sittings of it that overlap; its line is not fitted yet."""
    pupils = draw.rng.randint(6, 12)
    school = draw.school(pupils=pupils * count, machines=round(pupils * count * SPARE) + 1)
    day, hour = draw.later(), draw.rng.choice((8.5, 9.0, 13.0))
    school.rooms = draw.rooms(pupils, school.code, times=count)
    for index, machine in enumerate(school.machines):
        machine.room, machine.seat = school.rooms[index % len(school.rooms)].id, index // len(school.rooms)
    own = len(school.rooms) // count
    sittings = []
    for number in range(count):
        sitting = draw.sitting(school, day, hour + draw.rng.choice((0.0, 0.25, 0.5)), pupils)
        sitting.id = f"{school.code}-prov-{number + 1}"
        sitting.rooms = [room.id for room in school.rooms[number * own : (number + 1) * own]]
        sittings.append(sitting)
    return school, sittings
