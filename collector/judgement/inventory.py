"""Lays what the operator has written down of machines beside what they told themselves."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from collector.configuration.model import Configuration
from collector.readiness.domain.inventory import MachineNotes, told_of
from collector.readiness.domain.model import DeviceSeen, Evidence
from collector.readiness.domain.strands import Strand, Strands, strands_of


def with_machines(evidence: Evidence, configuration: Configuration) -> Evidence:
    """The evidence with whom each machine is for, its group and its room, where somebody has written that down."""
    told = {one.device_id: _told(one, configuration) for one in evidence.devices}
    told = {device: one for device, one in told.items() if one != MachineNotes()}
    if not told:
        return evidence
    devices = [_with(one, told.get(one.device_id)) for one in evidence.devices]
    rooms = {device: one.room for device, one in told.items() if one.room is not None}
    said = (_placed(one, rooms.get(one.device_id)) for one in strands_of(evidence.observations))
    return msgspec.structs.replace(evidence, devices=devices, observations=Strands(said))


def as_written_down(devices: Iterable[DeviceSeen], configuration: Configuration) -> list[DeviceSeen]:
    """The devices, each with what is written down of it."""
    return [_with(one, _told(one, configuration)) for one in devices]


def _told(device: DeviceSeen, configuration: Configuration) -> MachineNotes:
    school = configuration.schools.get(device.school)
    rules = school.machines if school is not None else []
    return told_of(device.device_id, device.label, rules, configuration.machines.get(device.school, {}))


def _with(device: DeviceSeen, told: MachineNotes | None) -> DeviceSeen:
    """What a machine says of the room that it is in counts before the list; so does an inventory's word, where the
    configuration has none.
    """
    if told is None:
        return device
    return msgspec.structs.replace(
        device, role=told.role or device.role, group=told.group or device.group, room=device.room or told.room
    )


def _placed(strand: Strand, room: str | None) -> Strand:
    return strand if room is None or strand.once(_is_placed) else strand.once(_in_room, room)


def _is_placed(strand: Strand) -> bool:
    return all(one.room is not None for one in strand)


def _in_room(strand: Strand, room: str) -> Strand:
    return Strand(one if one.room is not None else msgspec.structs.replace(one, room=room) for one in strand)
