"""What evidence holds beside what the store keeps: told by lines of a replay, and laid beside what the store reads."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from msgspec.structs import replace

from collector.readiness.domain.model import DeviceSeen, Evidence, MachineEnrolment, Role
from collector.replay.lines import KnownDevice


class MachineTold(msgspec.Struct, frozen=True):
    """Who a machine is and what it is for, as `DeviceSeen` has it."""

    machine: str | None
    role: Role | None
    group: str | None


class Supplement:
    """Grows as lines are taken; like the store, it hands out what was known by then."""

    def __init__(self) -> None:
        """Knows nothing."""
        self._machines: dict[str, MachineTold] = {}
        self._enrolments: dict[str, MachineEnrolment] = {}
        self._without_agent: set[str] = set()

    def enrol(self, told: KnownDevice, device: DeviceSeen) -> None:
        """Notes what is told of a machine."""
        self._machines[device.device_id] = MachineTold(told.machine, told.role, told.group)
        if told.machine is not None:
            enrolment = MachineEnrolment(told.machine, device.device_id, device.school, device.enrolled_at)
            self._enrolments[device.device_id] = enrolment

    def revoke(self, device_id: str, at: datetime) -> None:
        """Notes that it is heard no longer."""
        if device_id in self._enrolments:
            self._enrolments[device_id] = replace(self._enrolments[device_id], revoked_at=at)

    def note_without_agent(self, browsers: Collection[str]) -> None:
        """Notes browsers whose machines have no agent, as staff said."""
        self._without_agent |= {*browsers}

    def beside(self, evidence: Evidence) -> Evidence:
        """The evidence with what is known here of its school, and of where its machines were and are enrolled."""
        devices = [self._with_machine(one) for one in evidence.devices]
        here = {one.machine for one in devices}
        enrolled = [one for one in self._enrolments.values() if one.machine in here]
        return replace(evidence, devices=devices, enrolled=[*evidence.enrolled, *enrolled])

    def _with_machine(self, device: DeviceSeen) -> DeviceSeen:
        told = self._machines[device.device_id]
        without_agent = device.device_id in self._without_agent
        return replace(device, machine=told.machine, role=told.role, group=told.group, without_agent=without_agent)
