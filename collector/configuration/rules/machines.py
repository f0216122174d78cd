"""Rules of what is written of machines, in `devices.csv` and by their labels: schools and rooms are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from collector.configuration.problems import ConfigurationProblem, DocumentPath, problem
from collector.readiness.domain.model import ListedMachine, MachineRule, School


def machine_problems(
    index: int, machine: ListedMachine, schools: Mapping[str, School] | None
) -> Iterator[ConfigurationProblem]:
    """All that is wrong with a line of the list; `schools` is None where those could not be read."""
    if schools is None:
        return
    school = schools.get(machine.school)
    if school is None:
        yield problem((index, "school"), "config_machine_unknown_school", id=machine.device, school=machine.school)
        return
    yield from room_problems((index, "room"), machine.room, school)


def rule_problems(index: int, school: School) -> Iterator[ConfigurationProblem]:
    """All that is wrong with the rules of a school."""
    for position, rule in enumerate(school.machines):
        yield from room_problems(("schools", index, "machines", position, "room"), rule.room, school)


def room_problems(place: DocumentPath, room: str | None, school: School) -> Iterator[ConfigurationProblem]:
    """Of a room that the school does not have."""
    rooms = [one.id for one in school.rooms]
    if room is not None and room not in rooms:
        yield problem(
            place, "config_machine_unknown_room", room=room, school=school.name, known=", ".join(rooms) or "–"
        )


def groups_of(school: School, listed: Iterable[ListedMachine]) -> set[str]:
    """Every group that machines of the school are said to be of."""
    told: list[ListedMachine | MachineRule] = [*school.machines, *(one for one in listed if one.school == school.code)]
    return {one.group for one in told if one.group is not None}
