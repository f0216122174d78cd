"""What somebody does about a world, and what is true of it then."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.truth.worlds.air import Room
from tests.truth.worlds.machines import Machine
from tests.truth.worlds.sitting import STEP, Outcome, Sitting, held
from tests.truth.worlds.world import World

Said = Mapping[str, Any]
"""The numbers that advice names, as it names them."""


def outcomes_after(world: World, sitting_id: str, kind: str, said: Said, devices: Sequence[str]) -> list[Outcome]:
    """What would come of the sitting, or of all parts of it, if somebody did what was advised; nothing where the lab
    can not do it.
    """
    if kind not in WAYS:
        return []
    mended = copy.deepcopy(world)
    sitting = next(one for one in mended.sittings if one.id == sitting_id)
    parts = WAYS[kind](mended, sitting, said, devices)
    others = [one for one in mended.sittings if one is not sitting]
    return [held(part, [*parts, *others]) for part in parts]


def _start_in_groups(world: World, sitting: Sitting, said: Said, _: Sequence[str]) -> list[Sitting]:
    assert timedelta(minutes=said["minutes"]) >= STEP
    for one in world.sittings:
        if one.touches(sitting) and one.school.line is sitting.school.line:
            one.start_groups = said["groups"]
    return [sitting]


def _sit_in_groups(_: World, sitting: Sitting, said: Said, __: Sequence[str]) -> list[Sitting]:
    """One after the other, the last of them as large as is left."""
    parts, waiting = [], sitting.pupils
    for number in range(said["groups"]):
        pupils = min(waiting, said["pupils"])
        waiting -= pupils
        hour = sitting.hour + number * said["minutes"] / 60
        parts.append(replace(sitting, id=f"{sitting.id}-{number}", hour=hour, pupils=pupils))
    assert waiting == 0
    return [part for part in parts if part.pupils]


def _more_down(_: World, sitting: Sitting, said: Said, __: Sequence[str]) -> list[Sitting]:
    down, up = sitting.school.line.rates
    sitting.school.line.rates = down + said["more"], up
    return [sitting]


def _more_up(_: World, sitting: Sitting, said: Said, __: Sequence[str]) -> list[Sitting]:
    down, up = sitting.school.line.rates
    sitting.school.line.rates = down, up + said["more"]
    return [sitting]


def _mend_machines(_: World, sitting: Sitting, __: Said, devices: Sequence[str]) -> list[Sitting]:
    for machine in sitting.school.machines:
        if machine.id in devices:
            machine.old_browser = machine.small_screen = False
    return [sitting]


def _borrow_machines(_: World, sitting: Sitting, said: Said, __: Sequence[str]) -> list[Sitting]:
    school = sitting.school
    for number in range(said["devices"]):
        name = f"borrowed-{number}"
        group = sitting.groups[0] if sitting.groups else None
        school.machines.append(Machine(name, school.code, sitting.rooms[0], 0, name, group=group))
    return [sitting]


def _move_pupils(_: World, sitting: Sitting, said: Said, __: Sequence[str]) -> list[Sitting]:
    sitting.moves.append((said["room"], said["other"], said["pupils"]))
    return [sitting]


def _cable_room(_: World, sitting: Sitting, said: Said, __: Sequence[str]) -> list[Sitting]:
    _room(sitting, said).radio = None
    return [sitting]


def _add_access_point(_: World, sitting: Sitting, said: Said, __: Sequence[str]) -> list[Sitting]:
    _room(sitting, said).more_radios += said["more"]
    return [sitting]


def _room(sitting: Sitting, said: Said) -> Room:
    room = sitting.school.room(said["room"])
    assert room is not None
    return room


WAYS: Mapping[str, Callable[[World, Sitting, Said, Sequence[str]], list[Sitting]]] = {
    "start_in_groups": _start_in_groups,
    "sit_in_groups": _sit_in_groups,
    "more_line_down": _more_down,
    "more_line_up": _more_up,
    "update_machines": _mend_machines,
    "replace_machines": _mend_machines,
    "borrow_machines": _borrow_machines,
    "move_pupils": _move_pupils,
    "cable_room": _cable_room,
    "add_access_point": _add_access_point,
}
