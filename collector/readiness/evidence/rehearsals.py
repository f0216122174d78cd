"""Rehearsals as evidence: whose part in them counts, and what they show of the way to the test. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.protocol.wire import FactValue, RungKind
from collector.readiness.domain.model import DeviceSeen, Observation, Participant, Rehearsal
from collector.readiness.evidence.grades import grade_of

_PROBE = "ladder"


@dataclass(frozen=True)
class HeldRehearsal:
    """What is known of a rehearsal. Of its participants, only those that `counts` holds are evidence: enrolled agents,
    and browsers in a supervised session. `strangers` took from the line as well, and nothing else is known of them.
    """

    record: Rehearsal
    counts: Sequence[Participant]
    strangers: Sequence[Participant]


def held_rehearsals(told: Iterable[Rehearsal], devices: Mapping[str, DeviceSeen], now: datetime) -> list[HeldRehearsal]:
    """Those that were over and known by `now`, oldest first."""
    known = [one for one in told if one.received_at <= now and one.ends_at <= now]
    return [_held(one, devices) for one in sorted(known, key=lambda one: (one.ends_at, one.rehearsal_id))]


def _held(record: Rehearsal, devices: Mapping[str, DeviceSeen]) -> HeldRehearsal:
    counts, strangers = list[Participant](), list[Participant]()
    for one in record.participants:
        device = devices.get(one.device_id)
        is_known = device is not None and grade_of(device, one.session) != "anonymous"
        (counts if is_known else strangers).append(one)
    return HeldRehearsal(record, counts, strangers)


def climbs(held: Iterable[HeldRehearsal], devices: Mapping[str, DeviceSeen]) -> Iterator[Observation]:
    """How far browsers got on the way to the test, as if each had climbed a ladder at the end; an agent has its own."""
    for rehearsal in held:
        for one in rehearsal.counts:
            rungs: dict[RungKind, str | None] = dict.fromkeys(one.reached)
            if one.broken is not None:
                rungs[one.broken] = one.code or "failed"
            if rungs and devices[one.device_id].kind != "agent":
                yield _climb(rehearsal.record, one, [_row(kind, code) for kind, code in rungs.items()])


def _climb(record: Rehearsal, one: Participant, rows: list[dict[str, FactValue]]) -> Observation:
    return Observation(
        device_id=one.device_id,
        room=one.room,
        probe=_PROBE,
        status="ok",
        first_at=record.ends_at,
        last_at=record.ends_at,
        count=1,
        facts={},
        missing={},
        rows=rows,
        received_at=record.received_at,
        session=one.session,
    )


def _row(kind: RungKind, code: str | None) -> dict[str, FactValue]:
    return {"rung": kind, "kind": kind, "status": "ok" if code is None else "failed", "error_code": code}
