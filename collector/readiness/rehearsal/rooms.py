"""What rehearsals say of one room: who was carried there at once, and who was not. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Observation
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.evidence.rehearsals import HeldRehearsal
from collector.readiness.rehearsal.parts import Part, PupilNeed, held_back_together, part_of, still_stands

WEAKER_DB = 6.0
"""So much weaker in the median, and the access point is not where it was, or not what it was."""
_WIFI, _SIGNAL, _BSSID = "wifi", "signal_dbm", "bssid"


@dataclass(frozen=True)
class RoomRehearsed:
    """The machines at whose places it went well, all at once, as of `at`, and those at whose places it did not."""

    good: frozenset[str] = frozenset()
    bad: frozenset[str] = frozenset()
    at: datetime | None = None

    def carries(self, pupils: int) -> bool:
        """Whether so many were carried there at once, and nobody was not."""
        return not self.bad and len(self.good) >= max(1, pupils)


def room_rehearsed(observed: EvidenceIndex, room: str, need: PupilNeed, school_days: float) -> RoomRehearsed:
    """By all rehearsals in the room: one that went badly stands until a newer one, with as many, went well."""
    known = RoomRehearsed()
    for one in observed.rehearsals:
        found = _in_room(one, room, need)
        if found.bad or len(found.good) >= len(known.good | known.bad):
            known = found if found.good | found.bad else known
    stands = known.at is not None and any(
        still_stands(one, observed, school_days) for one in observed.rehearsals if one.record.ends_at == known.at
    )
    if known.good and (not stands or _air_has_changed(observed, room, known.at)):
        return RoomRehearsed(frozenset(), known.bad, known.at)
    return known


def _in_room(one: HeldRehearsal, room: str, need: PupilNeed) -> RoomRehearsed:
    """Whose way broke at a rung says nothing of the place, nor do those whom the line gave too little."""
    parts = {
        part.device_id: part_of(part, one.record, need)
        for part in one.counts
        if part.room == room and part.broken is None
    }
    good = frozenset(device for device, came_to in parts.items() if came_to is Part.CARRIED)
    bad = frozenset(device for device, came_to in parts.items() if came_to is Part.FAILED)
    return RoomRehearsed(good, frozenset() if held_back_together([one]) else bad, one.record.ends_at)


def _air_has_changed(observed: EvidenceIndex, room: str, at: datetime | None) -> bool:
    """Whether most machines there hear other access points since, or the same ones much weaker."""
    told = observed.in_room.get((_WIFI, room), [])
    before = [one for one in told if at is not None and one.first_at <= at]
    since = [one for one in told if at is not None and one.last_at > at]
    known = {one.facts.get(_BSSID) for one in before}
    new = [one.facts.get(_BSSID) not in known for one in since if one.facts.get(_BSSID) is not None]
    if before and 2 * sum(new) > len(new):
        return True
    levels = _levels(before), _levels(since)
    losses = [levels[0][device] - level for device, level in levels[1].items() if device in levels[0]]
    return bool(losses) and median(losses) >= WEAKER_DB


def _levels(told: Sequence[Observation]) -> dict[str, float]:
    """The median signal of each machine."""
    by_device: dict[str, list[float]] = {}
    for one in told:
        signal = number_of(one.facts.get(_SIGNAL))
        if signal is not None:
            by_device.setdefault(one.device_id, []).append(signal)
    return {device: median(signals) for device, signals in by_device.items()}
