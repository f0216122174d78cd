"""Requirements on rooms: is it good enough where the pupils sit, for nine devices out of ten?

Of a room's devices the one counts that a tenth of them lie at or beyond, on the bad side (an order statistic, no
average): a room is as good as its bad corner. A requirement on the whole school reads all its devices as one room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.readiness.case import Case
from collector.readiness.compliance import Answer, Outcome, Standard, answer_of, facts_of, probe_and_name
from collector.readiness.device_findings import SHOWN_DEVICES, device_step
from collector.readiness.domain import Finding, Requirement, Status, Step, Text
from collector.readiness.observed import Newest, number_of, summary
from collector.readiness.quantiles import tail_rank
from collector.readiness.reasons import missing_values
from collector.readiness.steps import computed, wanted
from collector.readiness.verdicts import BADNESS

BAD_TAIL = 0.1
"""The share of a room's devices that may be worse than the value that counts."""
_STATUSES = {Outcome.OK: Status.READY, Outcome.RISKY: Status.AT_RISK, Outcome.FAILED: Status.NOT_READY}


@dataclass(frozen=True)
class RoomAnswer:
    """What a room came to. `room` is None for the whole school; `deciding` is None where nothing is known."""

    room: str | None
    status: Status
    deciding: Answer | None
    answers: Mapping[str, Answer]

    @property
    def told(self) -> list[Answer]:
        """The devices that gave a value to judge by."""
        return [answer for answer in self.answers.values() if answer.outcome is not Outcome.UNKNOWN]


def room_finding(requirement: Requirement, case: Case) -> Finding:
    """One finding for the worst of the sitting's rooms."""
    rooms = [_answer(requirement, case, room) for room in case.sitting.rooms]
    return _finding(requirement, case, rooms)


def school_finding(requirement: Requirement, case: Case) -> Finding:
    """A measured fact held against all of the school's devices together."""
    return _finding(requirement, case, [_answer(requirement, case, None)])


def _answer(requirement: Requirement, case: Case, room: str | None) -> RoomAnswer:
    found = _newest_there(requirement, case, room)
    standard = Standard(case.releases, case.now)
    days = case.profile.evidence.device_days
    devices = sorted({device for newest in found.values() for device in newest})
    answers = {device: answer_of(requirement, device, found, standard, days) for device in devices}
    told = [answer for answer in answers.values() if answer.outcome is not Outcome.UNKNOWN]
    if not told:
        return RoomAnswer(room, Status.UNKNOWN, None, answers)
    deciding = _worst_first(requirement, told)[tail_rank(len(told), BAD_TAIL) - 1]
    return RoomAnswer(room, _STATUSES[deciding.outcome], deciding, answers)


def _newest_there(requirement: Requirement, case: Case, room: str | None) -> dict[str, Newest]:
    probes = [probe_and_name(fact)[0] for fact in facts_of(requirement)]
    if room is None:
        return {probe: case.observed.newest.get(probe, {}) for probe in probes}
    return {probe: case.observed.newest_in_room.get((probe, room), {}) for probe in probes}


def _worst_first(requirement: Requirement, told: Sequence[Answer]) -> list[Answer]:
    sign = -1.0 if requirement.operator == "at_most" else 1.0
    return sorted(told, key=lambda answer: (answer.outcome, sign * (number_of(answer.value) or 0.0)))


def _finding(requirement: Requirement, case: Case, rooms: Sequence[RoomAnswer]) -> Finding:
    unknown = [room for room in rooms if room.status is Status.UNKNOWN]
    worst = max(rooms, key=lambda room: BADNESS[room.status], default=RoomAnswer(None, Status.UNKNOWN, None, {}))
    observations = [answer.observation for room in rooms for answer in room.told]
    rule = requirement.value
    return Finding(
        requirement=requirement.id,
        title=requirement.title,
        severity=requirement.severity,
        status=worst.status,
        measured=worst.deciding.value if worst.deciding else None,
        required=", ".join(rule) if isinstance(rule, list) else rule,
        unit=requirement.unit,
        headroom=None,
        why=_why(case, worst, len(unknown), len(rooms)),
        remedy=requirement.remedy,
        advice=_advice(case, rooms),
        evidence=summary(observations),
        steps=[*wanted(requirement), *_steps(requirement, case, rooms)],
        room=worst.room,
    )


def _why(case: Case, worst: RoomAnswer, unknown: int, rooms: int) -> Text:
    told = len(worst.told)
    if worst.room is None:
        return Text("why_school_unknown") if told == 0 else Text(_SCHOOL[worst.status], {"devices": told})
    room = case.room_name(worst.room)
    if worst.status is Status.UNKNOWN:
        return Text("why_room_unknown", {"room": room, "unknown": unknown, "rooms": rooms})
    return Text(_ROOM[worst.status], {"room": room, "devices": told, "unknown": unknown, "rooms": rooms})


def _advice(case: Case, rooms: Sequence[RoomAnswer]) -> list[Text]:
    weak = [room for room in rooms if room.status in (Status.NOT_READY, Status.AT_RISK) and room.room is not None]
    unknown = [room for room in rooms if room.status is Status.UNKNOWN and room.room is not None]
    reasons = [
        answer.reason
        for room in rooms
        if room.status is Status.UNKNOWN
        for answer in room.answers.values()
    ]  # fmt: skip
    named = [("advice_rooms_weak", weak), ("advice_rooms_measure", unknown)]
    return [
        *(Text(code, {"rooms": _names(case, some), "count": len(some)}) for code, some in named if some),
        *missing_values(reasons),
    ]


def _names(case: Case, rooms: Sequence[RoomAnswer]) -> str:
    return ", ".join(case.room_name(room.room) for room in rooms if room.room is not None)


def _steps(requirement: Requirement, case: Case, rooms: Sequence[RoomAnswer]) -> list[Step]:
    steps: list[Step] = []
    for room in rooms:
        where = f"room {room.room}" if room.room is not None else f"school {case.school.code}"
        steps.append(computed("step_devices_told", len(room.told), "devices", where))
        if room.deciding is not None:
            value = room.deciding.value
            steps.append(computed("step_worst_tenth", value, requirement.unit, f"{room.deciding.fact} in {where}"))
    shown = {device: answer for room in rooms for device, answer in room.answers.items()}
    worst_first = sorted(shown.items(), key=lambda item: (item[1].outcome, item[0]))[:SHOWN_DEVICES]
    return [*steps, *(device_step(device, answer, requirement.unit) for device, answer in worst_first)]


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
