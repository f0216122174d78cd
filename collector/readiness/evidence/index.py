"""The evidence of one school, laid out once so that every requirement finds what it asks for without searching."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar, cast

import msgspec

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import (
    CountedRun,
    DeviceSeen,
    Evidence,
    EvidenceSummary,
    Figure,
    MachineEnrolment,
    Observation,
    RadioSeen,
    UplinkLoad,
    UplinkPort,
)
from collector.readiness.domain.school_days import SchoolDays
from collector.readiness.domain.strands import Strand, Strands, strands_of
from collector.readiness.evidence.grades import graded
from collector.readiness.evidence.rehearsals import HeldRehearsal, climbs, held_rehearsals
from collector.readiness.evidence.set_aside import SetAside, Sieve

NEVER_MEASURED = "never_measured"
STALE = "stale"
PROBE_FAILED = "probe_failed"
UNSUPPORTED = "unsupported"
NOT_TOLD = "not_told"
NOT_INSTALLED = "not_installed"
NOT_COMPARABLE = "not_comparable"
MAYBE_SUPPORTED = "maybe_supported_longer"
RELEASES_AGING = "releases_aging"
RELEASES_TOO_OLD = "releases_too_old"

Worked = TypeVar("Worked")
Newest = Mapping[str, Observation]
"""The newest observation of one probe per device."""


@dataclass(frozen=True)
class HintIndex:
    """What browsers said that nobody supervised, by probe and device. No rule reads it: it is shown, as a hint."""

    devices: Mapping[str, DeviceSeen]
    newest: Mapping[str, Newest]


@dataclass(frozen=True)
class EvidenceIndex:
    """What a school's devices said, by probe and room; `reporting` devices have said anything at all. Devices that
    are not (or no longer) enrolled do not count, nor do browsers outside a supervised session: what they say are
    `hints`. What can not be is not here either, but among what was `set_aside`. `radios`, `uplink` and `uplink_ports`
    are what network gear told, `counted` what the measurement point counted, `rehearsals` those that were held,
    `enrolled` where the machines were and are enrolled, `access_points` the operator's map (rooms by address). Devices
    that are `left_out` are none of the machines that pupils can have. `moving` devices have no room of their own: where
    an observation of theirs has one, it is that of the access point that they heard. `school_days` are those of the
    school.
    """

    now: datetime
    devices: Mapping[str, DeviceSeen]
    reporting: frozenset[str]
    by_probe: Mapping[str, list[Observation]]
    newest: Mapping[str, Newest]
    newest_in_room: Mapping[tuple[str, str], Newest]
    in_room: Mapping[tuple[str, str], list[Observation]]
    radios: Sequence[RadioSeen] = ()
    uplink: Sequence[UplinkLoad] = ()
    uplink_ports: Sequence[UplinkPort] = ()
    hints: HintIndex = field(default_factory=lambda: HintIndex({}, {}))
    set_aside: Sequence[SetAside] = ()
    counted: Sequence[CountedRun] = ()
    enrolled: Sequence[MachineEnrolment] = ()
    left_out: Collection[str] = ()
    access_points: Mapping[str, str] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()
    rehearsals: Sequence[HeldRehearsal] = ()
    school_days: SchoolDays = field(default_factory=SchoolDays)
    _worked_out: dict[object, object] = field(init=False, default_factory=dict, repr=False, compare=False)

    def once(self, work: Callable[..., Worked], *arguments: object) -> Worked:
        """What `work` makes of this index and the arguments: worked out once, as each sitting of a school asks anew."""
        key = (work, *arguments)
        if key in self._worked_out:
            return cast("Worked", self._worked_out[key])
        found = work(self, *arguments)
        if found is not self:  # a circle would keep a whole school in memory
            self._worked_out[key] = found
        return found


@dataclass(frozen=True)
class FactReading:
    """One fact of one device: its value, or None and the reason why there is none."""

    value: FactValue
    reason: str
    observation: Observation | None


def index_evidence(evidence: Evidence, now: datetime) -> EvidenceIndex:
    """Sorts the evidence by probe, device and room. What was observed after `now` is not there yet, and what anybody
    may have sent, and what can not be, is put aside here, for all that judges.
    """
    own = _own(evidence)
    known = graded(_said_by(own, evidence, now), own)
    hints = HintIndex(known.hinting, _newest_by_probe(known.hints))
    sieve = Sieve(known.devices, [run for run in evidence.counted if run.received_at <= now], evidence.contract)
    rehearsals = held_rehearsals(evidence.rehearsals, own, now)
    counting = [*sieve.passed(known.counting), *strands_of(climbs(rehearsals, own))]
    taking_part = {one.device_id: own[one.device_id] for held in rehearsals for one in held.counts}
    laid_out = _laid_out(evidence, now, {**known.devices, **taking_part}, counting, hints)
    return replace(laid_out, set_aside=sieve.caught, rehearsals=rehearsals)


def index_of_itself(evidence: Evidence, now: datetime) -> EvidenceIndex:
    """As `index_evidence`, for what a device says to whoever sits at it: there it counts, whoever that is."""
    own = _own(evidence)
    return _laid_out(evidence, now, own, _said_by(own, evidence, now))


def _own(evidence: Evidence) -> dict[str, DeviceSeen]:
    return {device.device_id: device for device in evidence.devices if device.school == evidence.school}


def _said_by(devices: Mapping[str, DeviceSeen], evidence: Evidence, now: datetime) -> list[Strand]:
    """What these devices had said by `now`."""
    said = (one for one in strands_of(evidence.observations) if one.device_id in devices)
    return [known for one in said if (known := _known_by(one, now)) is not None]


def _known_by(strand: Strand, now: datetime) -> Strand | None:
    if strand.once(_last_known) <= now:
        return strand
    return strand.only([one for one in strand if _known_at(one) <= now])


def _last_known(strand: Strand) -> datetime:
    return max(map(_known_at, strand))


def _known_at(one: Observation) -> datetime:
    return one.first_at if one.received_at is None else max(one.first_at, one.received_at)


def _laid_out(
    evidence: Evidence,
    now: datetime,
    devices: Mapping[str, DeviceSeen],
    observations: Sequence[Strand],
    hints: HintIndex | None = None,
) -> EvidenceIndex:
    by_probe: dict[str, list[Strand]] = defaultdict(list)
    newest_in_room: dict[tuple[str, str], dict[str, Observation]] = defaultdict(dict)
    in_room: dict[tuple[str, str], list[Strand]] = defaultdict(list)
    for strand in observations:
        by_probe[strand.probe].append(strand)
        for room, there in strand.once(_by_room):
            part = strand if there is None else there
            in_room[strand.probe, room].append(part)
            keep_newest(newest_in_room[strand.probe, room], part.once(_newest))
    newest = _newest_by_probe(observations)
    return EvidenceIndex(
        now=now,
        devices=devices,
        reporting=frozenset(device for found in newest.values() for device in found),
        by_probe={probe: Strands(parts) for probe, parts in by_probe.items()},
        newest=newest,
        newest_in_room=dict(newest_in_room),
        in_room={where: Strands(parts) for where, parts in in_room.items()},
        radios=[radio for radio in evidence.radios if radio.at <= now],
        uplink=[load for load in evidence.uplink if load.at <= now],
        uplink_ports=evidence.uplink_ports,
        hints=hints or HintIndex({}, {}),
        counted=[one for one in evidence.counted if one.received_at <= now],
        enrolled=[one for one in evidence.enrolled if one.enrolled_at <= now],
        access_points=evidence.access_points,
        school_days=evidence.school_days,
    )


def _by_room(strand: Strand) -> Sequence[tuple[str, Strand | None]]:
    """What it found in each room; None where that is all of it."""
    found: dict[str, list[Observation]] = {}
    for one in strand:
        if one.room is not None:
            found.setdefault(one.room, []).append(one)
    return [(room, None if len(ones) == len(strand) else Strand(ones)) for room, ones in found.items()]


def _newest(strand: Strand) -> Observation:
    found: dict[str, Observation] = {}
    for one in strand:
        keep_newest(found, one)
    return found[strand.device_id]


def _newest_by_probe(strands: Iterable[Strand]) -> dict[str, dict[str, Observation]]:
    newest: dict[str, dict[str, Observation]] = defaultdict(dict)
    for one in strands:
        keep_newest(newest[one.probe], one.once(_newest))
    return dict(newest)


def keep_newest(found: dict[str, Observation], one: Observation) -> None:
    """Keeps it if its device has told nothing newer."""
    before = found.get(one.device_id)
    if before is None or _is_newer(one, before):
        found[one.device_id] = one


def _is_newer(one: Observation, before: Observation) -> bool:
    """By when it was last seen to hold, when it began and when it came in; else by what it says, so that of two at the
    same time the same one is taken in whatever order they come.
    """
    when, earlier = (one.last_at, one.first_at), (before.last_at, before.first_at)
    if when != earlier:
        return when > earlier
    return _came_in(one) > _came_in(before)


def _came_in(one: Observation) -> tuple[datetime, bytes]:
    return one.received_at or one.last_at, msgspec.json.encode(one, order="deterministic")


def is_fresh(observation: Observation, now: datetime, days: Figure) -> bool:
    """Whether it still counts: evidence that is exactly `days` old does."""
    return now - observation.last_at <= timedelta(days=days.value)


def read(found: Newest, device_id: str, name: str, now: datetime, days: Figure) -> FactReading:
    """The fact `name` of a device from its newest observation of a probe, or why it is not known."""
    one = found.get(device_id)
    if one is None:
        return FactReading(None, NEVER_MEASURED, None)
    if not is_fresh(one, now, days):
        return FactReading(None, STALE, one)
    if one.status != "ok":
        return FactReading(None, _why_no_result(one), one)
    value = one.facts.get(name)
    if value is None:
        return FactReading(None, one.missing.get(name, NOT_TOLD), one)
    return FactReading(value, "", one)


def _why_no_result(observation: Observation) -> str:
    """A probe that the machine cannot run says why (`no_wifi_interface`); any other failure is one for a technician."""
    return (observation.error_code or UNSUPPORTED) if observation.status == "unsupported" else PROBE_FAILED


def summary(observations: Iterable[Observation | None]) -> EvidenceSummary:
    """How many observations there were, and when the newest of them was last seen to hold."""
    times = [one.last_at for one in observations if one is not None]
    return EvidenceSummary(count=len(times), newest_at=max(times, default=None))
