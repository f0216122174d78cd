"""Which of the enrolled are machines that pupils can have: each once, where it is, while it lives. Pure.

Left out is what is known to be none: a machine of the staff, and an id whose machine is enrolled anew, here or at
another school. In doubt is what may be one: nothing that it said speaks for it, and what is wrong with it stays wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Literal

from collector.facts.catalogue import DECLARED
from collector.readiness.domain.machine_enrolments import MachineEnrolment
from collector.readiness.domain.model import DeviceSeen, Figure, Observation, School
from collector.readiness.evidence.index import EvidenceIndex

LeftOut = Literal["staff", "replaced", "moved"]
InDoubt = Literal["silent", "away", "twice", "several"]

MACHINE_PROBE, MACHINE_FACT = "device", "machine_id"
CLOCK_TOLERANCE = timedelta(seconds=60)
"""Clocks that differ by less are left as they are."""

_OF_THE_NETWORK = [probe for probe, declared in DECLARED.items() if declared.about == "network"]


@dataclass(frozen=True)
class Roll:
    """By device: why it is `left_out`, and why it is in `doubt`.

    `staff`: it is for the staff. `replaced`, `moved`: its machine is enrolled anew, here or at another school.
    `silent`: not heard for some school days. `away`: nor from the school's own networks. `twice`: its machine is heard
    under another id too, which counts. `several`: several machines are heard under its id. `machines` says which
    machine each is, where that is known, and `successors` under which id it is enrolled now, where that is another.
    """

    left_out: Mapping[str, LeftOut] = field(default_factory=dict)
    doubt: Mapping[str, InDoubt] = field(default_factory=dict)
    machines: Mapping[str, str] = field(default_factory=dict, compare=False)
    successors: Mapping[str, MachineEnrolment] = field(default_factory=dict, compare=False)


def roll_of(observed: EvidenceIndex, school: School, days: Figure) -> Roll:
    """The machines with an agent; `days` is for how many school days one may be silent. A browser is heard only when
    somebody opens the page, so its silence says nothing.
    """
    heard = _heard(observed, observed.newest)
    here = _heard(observed, _OF_THE_NETWORK) if school.networks else heard
    is_silent = partial(_is_silent, observed=observed, days=days)
    shared, machines = _under_one_id(observed), _machines(observed)
    by_machine = _by_machine([*observed.enrolled, *_enrolled_here(observed, machines)])
    left_out, doubt, successors = dict[str, LeftOut](), dict[str, InDoubt](), dict[str, MachineEnrolment]()
    for device_id, device in observed.devices.items():
        if device.kind != "agent":
            continue
        anew = _enrolled_anew(device, machines.get(device_id), heard.get(device_id), by_machine)
        if anew is not None:
            successors[device_id] = anew
        if device.role == "staff":
            left_out[device_id] = "staff"
        elif anew is not None and not _is_heard_since(heard.get(device_id), anew.enrolled_at):
            left_out[device_id] = "replaced" if anew.school == school.code else "moved"
        elif anew is not None:
            doubt[device_id] = "twice"
        elif device_id in shared:
            doubt[device_id] = "several"
        elif is_silent(heard.get(device_id)):
            doubt[device_id] = "silent"
        elif school.networks and device_id in heard and (device_id not in here or is_silent(here[device_id])):
            doubt[device_id] = "away"
    return Roll(left_out, doubt, machines, successors)


def _heard(observed: EvidenceIndex, probes: Iterable[str]) -> dict[str, datetime]:
    """When each device last told anything by these probes."""
    newest: dict[str, datetime] = {}
    for probe in probes:
        for device, one in observed.newest.get(probe, {}).items():
            newest[device] = max(one.last_at, newest.get(device, one.last_at))
    return newest


def _is_silent(heard_at: datetime | None, *, observed: EvidenceIndex, days: Figure) -> bool:
    """One that was never heard is not silent: nothing is known of it anyway. Nor is one that was heard so lately that
    no more than `days` days can have passed, whatever days they are.
    """
    if heard_at is None or observed.now - heard_at < timedelta(days=days.value - 1):
        return False
    return observed.school_days.between(heard_at, observed.now) > days.value


def _is_heard_since(heard_at: datetime | None, at: datetime) -> bool:
    return heard_at is not None and heard_at > at + CLOCK_TOLERANCE


def _by_machine(enrolments: Iterable[MachineEnrolment]) -> dict[str, list[MachineEnrolment]]:
    found: dict[str, list[MachineEnrolment]] = defaultdict(list)
    for one in enrolments:
        found[one.machine].append(one)
    return found


def _machines(observed: EvidenceIndex) -> dict[str, str]:
    """Which machine each device is, where that is known: by its inventory, else as its agent told last."""
    told = observed.newest.get(MACHINE_PROBE, {})
    said = {device: _machine(one) for device, one in told.items()}
    known = {device: one.machine or said.get(device) for device, one in observed.devices.items()}
    return {device: machine for device, machine in known.items() if machine}


def _enrolled_here(observed: EvidenceIndex, machines: Mapping[str, str]) -> Iterator[MachineEnrolment]:
    for device, machine in machines.items():
        one = observed.devices[device]
        yield MachineEnrolment(machine, device, one.school, one.enrolled_at)


def _enrolled_anew(
    device: DeviceSeen,
    machine: str | None,
    heard_at: datetime | None,
    by_machine: Mapping[str, Sequence[MachineEnrolment]],
) -> MachineEnrolment | None:
    """The last enrolment of its machine after this one. One that was revoked before the machine was last heard under
    this id is none: it came back.
    """
    if machine is None:
        return None
    own = (device.enrolled_at, device.device_id)
    later = [
        one
        for one in by_machine.get(machine, ())
        if (one.enrolled_at, one.device_id) > own
        and not (one.revoked_at is not None and _is_heard_since(heard_at, one.revoked_at))
    ]
    return max(later, key=lambda one: (one.enrolled_at, one.device_id), default=None)


def _under_one_id(observed: EvidenceIndex) -> set[str]:
    """The ids under which several machines are heard in turn: each tells who it is, and what one is told to be ends
    after the next begins.
    """
    first: dict[str, str] = {}
    told = [(one, machine) for one in observed.by_probe.get(MACHINE_PROBE, []) if (machine := _machine(one))]
    changing = {one.device_id for one, machine in told if first.setdefault(one.device_id, machine) != machine}
    spans: dict[str, dict[str, tuple[datetime, datetime]]] = defaultdict(dict)
    for one, machine in told:
        if one.device_id in changing:
            spans[one.device_id][machine] = _stretched(spans[one.device_id].get(machine), one)
    return {device for device, machines in spans.items() if _any_overlap(list(machines.values()))}


def _machine(one: Observation) -> str | None:
    told = one.facts.get(MACHINE_FACT)
    return told if isinstance(told, str) else None


def _stretched(span: tuple[datetime, datetime] | None, one: Observation) -> tuple[datetime, datetime]:
    begins_at, ends_at = span or (one.first_at, one.last_at)
    return min(begins_at, one.first_at), max(ends_at, one.last_at)


def _any_overlap(spans: Sequence[tuple[datetime, datetime]]) -> bool:
    ordered = sorted(spans)
    return any(later[0] <= earlier[1] for earlier, later in pairwise(ordered))
