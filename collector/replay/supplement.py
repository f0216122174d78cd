"""What evidence holds beside what the store keeps: told by lines of a replay, and laid beside what the store reads."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from collector.readiness.domain.model import DeviceSeen, Evidence, Role
from collector.replay.lines import KnownDevice, RehearsalHeld


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
        self.rehearsals: dict[str, RehearsalHeld] = {}

    def enrol(self, device: KnownDevice) -> None:
        """Notes what is told of a machine."""
        self._machines[device.device_id] = MachineTold(device.machine, device.role, device.group)

    def beside(self, evidence: Evidence) -> Evidence:
        """The evidence with what is known here of its school."""
        return replace(evidence, devices=[self._with_machine(one) for one in evidence.devices])

    def _with_machine(self, device: DeviceSeen) -> DeviceSeen:
        told = self._machines[device.device_id]
        return replace(device, machine=told.machine, role=told.role, group=told.group)
