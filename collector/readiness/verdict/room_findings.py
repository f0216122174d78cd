"""Requirements on rooms: is it good enough where the pupils sit, for nine devices out of ten?

Facts about rooms are worked out in `rooms/`. Of any other fact the device counts that a tenth of the room's devices
lie at or beyond, on the bad side (an order statistic, no average): a room is as good as its bad corner. A requirement
on the whole school reads all its devices as one room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agent.protocol.quantiles import tail_rank
from agent.protocol.wire import FactValue
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.devices.findings import SHOWN_DEVICES, device_step
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Finding, Requirement, Status, Text
from collector.readiness.domain.operators import OPERATORS
from collector.readiness.domain.share_names import share_of
from collector.readiness.domain.verdicts import badness_of_rooms
from collector.readiness.evidence.compliance import (
    DeviceCompliance,
    Fulfilment,
    Standard,
    answer_of,
    facts_of,
    probe_and_name,
)
from collector.readiness.evidence.index import Newest, summary
from collector.readiness.evidence.reasons import missing_values
from collector.readiness.explanation.trail import computed, measured, wanted
from collector.readiness.rooms import ROOM_FACTS
from collector.readiness.rooms.coverage import too_few_devices
from collector.readiness.rooms.fact import UnknownReason, status_of
from collector.readiness.rooms.samples import OF_ROOMS
from collector.readiness.rooms.seating import Seating

SHOWN_ROOMS = 5
"""How many rooms a finding gives advice about one by one."""

BAD_TAIL = 0.1
"""The share of a room's devices that may be worse than the value that counts."""
_STATUSES = {Fulfilment.OK: Status.READY, Fulfilment.RISKY: Status.AT_RISK, Fulfilment.FAILED: Status.NOT_READY}


@dataclass(frozen=True)
class RoomResult:
    """What one requirement came to in one room. `room` is None for the whole school; `devices` told something;
    `unknown` says why it is not known, and `reasons` are the codes of devices that told nothing. `said` is a sentence
    about what is known of it. `required` is what was asked of it, where that is other than of a usual room.
    """

    room: str | None
    status: Status
    measured: FactValue
    devices: int
    evidence: EvidenceSummary
    steps: list[ExplanationStep]
    unknown: UnknownReason | None = None
    reasons: Sequence[str] = ()
    advice: Sequence[Text] = ()
    said: Text | None = None
    required: FactValue | list[str] = None


def room_finding(requirement: Requirement, case: Assessment) -> Finding:
    """One finding for the worst of the sitting's rooms."""
    rooms = [room_answer(requirement, case.seating, room) for room in case.sitting.rooms]
    return finding_of_rooms(requirement, case.seating, rooms)


def school_finding(requirement: Requirement, case: Assessment) -> Finding:
    """A measured fact held against all of the school's devices together."""
    return finding_of_rooms(requirement, case.seating, [_of_devices(requirement, case.seating, None)])


def room_answer(requirement: Requirement, seating: Seating, room: str) -> RoomResult:
    """What the requirement comes to in one room. Where as many as will sit there were carried at once when they
    rehearsed, its air will do, unless something newer says otherwise.
    """
    is_of_air = all(probe_and_name(fact)[0] in {"room", *OF_ROOMS} for fact in facts_of(requirement))
    if is_of_air and room in seating.cabled:
        return RoomResult(room, Status.READY, None, 0, summary([]), [])
    found, rehearsed = _measured_in(requirement, seating, room), seating.rehearsed(room)
    newest, is_known = found.evidence.newest_at, found.status is not Status.UNKNOWN
    is_newer = newest is not None and rehearsed.at is not None and newest > rehearsed.at
    if found.status is Status.READY or (is_known and is_newer) or not is_of_air:
        return found
    if not rehearsed.carries(seating.seated(room)):
        return found
    said = Text("why_room_rehearsed", {"room": seating.name(room), "devices": len(rehearsed.good)})
    step = measured("step_rehearsal_room", len(rehearsed.good), "devices", f"room {room}", rehearsed.at)
    return replace(
        found, status=Status.READY, unknown=None, reasons=(), advice=(), said=said, steps=[*found.steps, step]
    )


def _measured_in(requirement: Requirement, seating: Seating, room: str) -> RoomResult:
    fact = ROOM_FACTS.get(requirement.fact) if isinstance(requirement.fact, str) else None
    if fact is None:
        return _of_devices(requirement, seating, room)
    worked = fact.compute(seating, room, requirement)
    asked = worked.asked or requirement
    status = status_of(asked, worked.value, Standard(seating.releases, seating.observed.now))
    if worked.at_most_at_risk and status is Status.READY:
        status = Status.AT_RISK
    return RoomResult(
        room=room,
        status=status,
        measured=worked.measured,
        devices=worked.devices,
        evidence=worked.evidence,
        steps=worked.steps,
        unknown=worked.unknown if status is Status.UNKNOWN else None,
        reasons=worked.reasons,
        advice=worked.advice,
        said=worked.said.get(status),
        required=asked.value,
    )


def _of_devices(requirement: Requirement, seating: Seating, room: str | None) -> RoomResult:
    """The worst tenth of the devices' newest values; of one room only from as many devices as make it measured."""
    answers = _newest_answers(requirement, seating, room)
    told = [answer for answer in answers.values() if answer.outcome is not Fulfilment.UNKNOWN]
    needed = 1 if room is None else seating.machines_needed(room)
    deciding = _worst_first(requirement, told)[tail_rank(len(told), BAD_TAIL) - 1] if told else None
    enough = deciding is not None and len(told) >= needed
    return RoomResult(
        room=room,
        status=_STATUSES[deciding.outcome] if deciding is not None and enough else Status.UNKNOWN,
        measured=None if deciding is None else deciding.value,
        devices=len(told),
        evidence=summary(answer.observation for answer in told),
        steps=_device_steps(requirement, seating, room, answers, deciding),
        unknown=_too_few(seating, room, len(told), needed) if told and not enough else None,
        reasons=[answer.reason for answer in answers.values() if answer.outcome is Fulfilment.UNKNOWN],
    )


def _newest_answers(requirement: Requirement, seating: Seating, room: str | None) -> dict[str, DeviceCompliance]:
    observed, days = seating.observed, seating.profile.evidence.device_days
    probes = [probe_and_name(fact)[0] for fact in facts_of(requirement)]
    found: dict[str, Newest] = {
        probe: observed.newest.get(probe, {}) if room is None else observed.newest_in_room.get((probe, room), {})
        for probe in probes
    }
    standard = Standard(seating.releases, observed.now)
    devices = sorted({device for newest in found.values() for device in newest})
    return {device: answer_of(requirement, device, found, standard, days) for device in devices}


def _too_few(seating: Seating, room: str | None, devices: int, needed: int) -> UnknownReason | None:
    return None if room is None else too_few_devices(seating.name(room), devices, needed)


def _worst_first(requirement: Requirement, told: Sequence[DeviceCompliance]) -> list[DeviceCompliance]:
    sign = -1.0 if OPERATORS[requirement.operator].better == "lower" else 1.0
    return sorted(told, key=lambda answer: (answer.outcome, sign * (number_of(answer.value) or 0.0)))


def _device_steps(
    requirement: Requirement,
    seating: Seating,
    room: str | None,
    answers: Mapping[str, DeviceCompliance],
    deciding: DeviceCompliance | None,
) -> list[ExplanationStep]:
    where = f"room {room}" if room is not None else f"school {seating.school.code}"
    told = sum(answer.outcome is not Fulfilment.UNKNOWN for answer in answers.values())
    steps = [computed("step_devices_told", told, "devices", where)]
    if deciding is not None:
        steps.append(computed("step_worst_tenth", deciding.value, requirement.unit, f"{deciding.fact} in {where}"))
    worst_first = sorted(answers.items(), key=lambda item: (item[1].outcome, item[0]))[:SHOWN_DEVICES]
    return [*steps, *(device_step(device, answer, requirement.unit) for device, answer in worst_first)]


def finding_of_rooms(requirement: Requirement, seating: Seating, rooms: Sequence[RoomResult]) -> Finding:
    """One finding for the worst of the rooms."""
    unknown = [room for room in rooms if room.status is Status.UNKNOWN]
    nothing = RoomResult(None, Status.UNKNOWN, None, 0, summary([]), [])
    badness = badness_of_rooms(requirement.severity)
    worst = max(rooms, key=lambda room: badness[room.status], default=nothing)
    rule = requirement.value if worst.required is None else worst.required
    return Finding(
        requirement=requirement.id,
        title=requirement.title,
        failing=requirement.failing,
        owner=requirement.owner,
        severity=requirement.severity,
        status=worst.status,
        measured=worst.measured,
        required=", ".join(rule) if isinstance(rule, list) else rule,
        unit=requirement.unit,
        headroom=None,
        why=_why(seating, worst, len(unknown), len(rooms)),
        remedy=requirement.remedy,
        advice=_advice(seating, rooms),
        evidence=_together(rooms),
        steps=[*wanted(requirement), *(step for room in rooms for step in room.steps)],
        room=worst.room,
        share_of=share_of(requirement.fact),
    )


def _together(rooms: Sequence[RoomResult]) -> EvidenceSummary:
    times = [room.evidence.newest_at for room in rooms if room.evidence.newest_at is not None]
    return EvidenceSummary(sum(room.evidence.count for room in rooms), max(times, default=None))


def _why(seating: Seating, worst: RoomResult, unknown: int, rooms: int) -> Text:
    if worst.room is None:
        told = worst.devices
        return Text("why_school_unknown") if told == 0 else Text(_SCHOOL[worst.status], {"devices": told})
    return why_in_room(worst, seating.name(worst.room), unknown, rooms)


def why_in_room(answer: RoomResult, room: str, unknown: int, rooms: int) -> Text:
    """The room in a sentence, beside how many of the rooms are not known."""
    if answer.status is Status.UNKNOWN:
        if answer.unknown is not None:
            return answer.unknown.why
        if rooms == 1:
            return Text("why_room_nothing_told", {"room": room})
        return Text("why_room_unknown", {"room": room, "unknown": unknown, "rooms": rooms})
    if answer.said is not None and (rooms == 1 or answer.status is not Status.READY):
        return answer.said
    code = _ROOM[answer.status]
    return Text(code, {"room": room, "devices": answer.devices, "unknown": unknown, "rooms": rooms})


def _advice(seating: Seating, rooms: Sequence[RoomResult]) -> list[Text]:
    weak = [room for room in rooms if room.status in (Status.NOT_READY, Status.AT_RISK) and room.room is not None]
    unknown = [room for room in rooms if room.status is Status.UNKNOWN and room.room is not None]
    nothing_told = [room for room in unknown if room.unknown is None]
    named = [("advice_rooms_weak", weak), ("advice_rooms_measure", nothing_told)]
    return [
        *(text for room in weak for text in room.advice),
        *(Text(code, {"rooms": _names(seating, some), "count": len(some)}) for code, some in named if some),
        *to_know_more(rooms),
    ]


def to_know_more(rooms: Sequence[RoomResult]) -> list[Text]:
    """What to do about rooms that are not known: by room where that can be said, then by why devices told nothing."""
    unknown = [room for room in rooms if room.status is Status.UNKNOWN]
    told = [room.unknown.advice for room in unknown if room.unknown is not None]
    return [*told[:SHOWN_ROOMS], *missing_values(reason for room in unknown for reason in room.reasons)]


def _names(seating: Seating, rooms: Sequence[RoomResult]) -> str:
    return ", ".join(seating.name(room.room) for room in rooms if room.room is not None)


_ROOM = {
    Status.READY: "why_room_ready",
    Status.AT_RISK: "why_room_at_risk",
    Status.NOT_READY: "why_room_not_ready",
}
_SCHOOL = {
    Status.READY: "why_school_ready",
    Status.AT_RISK: "why_school_at_risk",
    Status.NOT_READY: "why_school_not_ready",
}
