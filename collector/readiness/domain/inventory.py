"""What the operator has written down of machines: whom each is for, its group, its room. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Literal

import msgspec

from agent.protocol.wire import Identifier, SchoolCode

Role = Literal["pupil", "staff", "spare"]
"""Whom a machine is for."""


class MachineRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What machines are whose label is like `label` (`*` is anything, `?` one character, in capitals or not)."""

    label: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    role: Role | None = None
    group: Identifier | None = None
    room: Identifier | None = None


class ListedMachine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one machine is, by its device id or its label at the school: a line of `devices.csv`."""

    school: SchoolCode
    device: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    role: Role | None = None
    group: Identifier | None = None
    room: Identifier | None = None


class MachineNotes(msgspec.Struct, frozen=True):
    """What is known of a machine by all that was written down; None where nobody has said."""

    role: Role | None = None
    group: Identifier | None = None
    room: Identifier | None = None


Listed = Mapping[str, ListedMachine]
"""The machines of one school in `devices.csv`, by name as `name_of` writes it."""


def name_of(device: str) -> str:
    """A label or an id, as names are compared."""
    return device.strip().casefold()


def told_of(device_id: str, label: str | None, rules: Sequence[MachineRule], listed: Listed) -> MachineNotes:
    """By its line in the list (the id before the label), else by the first rule that its label is like; each of role,
    group and room by the first of them that has it.
    """
    names = (name_of(device_id), name_of(label or ""))
    told: list[ListedMachine | MachineRule] = [listed[name] for name in names if name in listed]
    told += [one for one in rules if label is not None and fnmatchcase(name_of(label), name_of(one.label))]
    return MachineNotes(
        next((one.role for one in told if one.role is not None), None),
        next((one.group for one in told if one.group is not None), None),
        next((one.room for one in told if one.room is not None), None),
    )
