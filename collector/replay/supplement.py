"""What evidence holds beside what the store keeps: told by lines of a replay, and laid beside what the store reads."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from collector.readiness.domain.model import CountedRun, DeviceSeen, Evidence, Role
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
        self._counted: dict[str, list[CountedRun]] = {}
        self.rehearsals: dict[str, RehearsalHeld] = {}

    def enrol(self, device: KnownDevice) -> None:
        """Notes what is told of a machine."""
        self._machines[device.device_id] = MachineTold(device.machine, device.role, device.group)

    def count(self, school: str, run: CountedRun) -> None:
        """Notes what the measurement point counted of a run."""
        self._counted.setdefault(school, []).append(run)

    def beside(self, evidence: Evidence, as_of: datetime, since: datetime) -> Evidence:
        """The evidence with what is known here of its school."""
        counted = [run for run in self._counted.get(evidence.school, []) if since <= run.at <= as_of]
        return replace(evidence, devices=[self._with_machine(one) for one in evidence.devices], counted=counted)

    def _with_machine(self, device: DeviceSeen) -> DeviceSeen:
        told = self._machines[device.device_id]
        return replace(device, machine=told.machine, role=told.role, group=told.group)
