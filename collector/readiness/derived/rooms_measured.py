"""rooms.measured_ratio: the share of the sitting's rooms where enough devices measured the network lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Bounds, Computed, DerivedFact, target
from collector.readiness.domain.model import ExplanationStep, Observation, Requirement, Status, Text
from collector.readiness.domain.strands import Strand, strands_of
from collector.readiness.evidence.index import summary
from collector.readiness.explanation.trail import computed, configured, from_profile, measured, wanted
from collector.readiness.machines.count import machines
from collector.readiness.rooms.samples import OF_ROOMS, ages_in_rooms


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    fresh = _fresh_by_room(case)
    found = {room: fresh.get(room, []) for room in case.sitting.rooms}
    machines_in = {room: _machines(case, room, observations) for room, observations in found.items()}
    missing = [room for room, there in machines_in.items() if there < case.seating.machines_needed(room)]
    total, done = len(found), len(found) - len(missing)
    asked = target(requirement, 1.0)
    ratio = done / total if total else 0.0
    evidence = summary(one for observations in found.values() for one in observations)
    names = ", ".join(case.room_name(room) for room in missing)
    return Computed(
        # A room without measurements is not known to be bad: the requirement can still turn out to be met.
        value=Bounds(ratio, 1.0) if done else None,
        wanted=asked,
        measured=ratio,
        required=asked,
        unit="ratio",
        evidence=evidence,
        steps=[
            *wanted(requirement),
            configured("step_rooms", total, "rooms", f"sitting {case.sitting.id}"),
            measured("step_rooms_measured", done, "rooms", ", ".join(OF_ROOMS), evidence.newest_at),
            *(_room_step(room, machines_in[room], observations) for room, observations in found.items()),
            from_profile("step_room_devices", case.profile.evidence.room_devices),
            computed("step_rooms_ratio", ratio, "ratio", "rooms measured / rooms of the sitting"),
            from_profile("step_device_days", case.profile.evidence.device_days),
            from_profile("step_line_days", case.profile.evidence.line_days),
        ],
        unknown=None if done else Text("why_rooms_none_measured", {"rooms": total}),
        sentences={
            Status.READY: "why_rooms_measured",
            Status.UNKNOWN: "why_rooms_some_measured",
        },
        values={"done": done, "rooms": total},
        advice=[Text("advice_rooms_measure", {"rooms": names, "count": len(missing)})] if missing else [],
    )


def _machines(case: Assessment, room: str, observations: list[Observation]) -> int:
    """At least so many, those that took part in a rehearsal there included: pupils who share one machine make it no
    more than one.
    """
    devices = {one.device_id for one in observations} | case.seating.rehearsed(room).good
    return machines(case.observed, devices, case.profile.evidence.device_days).certain


def _room_step(room: str, machines_there: int, observations: list[Observation]) -> ExplanationStep:
    at = max((one.last_at for one in observations), default=None)
    return measured("step_devices_told", machines_there, "devices", f"room {room}, machines for certain", at)


def _fresh_by_room(case: Assessment) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = defaultdict(list)
    for probe, days in ages_in_rooms(case.profile.evidence).items():
        since = case.now - timedelta(days=days.value)
        for strand in strands_of(case.observed.by_probe.get(probe, [])):
            for room, there in strand.once(_telling):
                found[room] += there.lasting(since) or ()
    return found


def _telling(strand: Strand) -> Sequence[tuple[str, Strand]]:
    """What says anything, by room."""
    by_room: dict[str, list[Observation]] = defaultdict(list)
    for one in strand:
        if one.room is not None and one.status == "ok" and _says_anything(one):
            by_room[one.room].append(one)
    return [(room, Strand(ones)) for room, ones in by_room.items()]


def _says_anything(observation: Observation) -> bool:
    return any(value is not None for value in observation.facts.values())


DERIVED = DerivedFact("rooms.measured_ratio", "ratio", "share of the sitting's rooms with fresh measurements", _compute)
