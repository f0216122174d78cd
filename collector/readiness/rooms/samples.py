"""What was told in a room and still counts, on which days, and by whom it was not told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import lru_cache

from collector.facts.catalogue import that_show_rooms
from collector.readiness.domain.model import EvidenceRule, Figure, Observation
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.evidence.index import EvidenceIndex, read

_SECONDS_PER_HOUR = 3_600
FactSource = tuple[str, str]
"""A probe and one of its facts."""

AIR, LINE = that_show_rooms("air"), that_show_rooms("line")
OF_ROOMS = (*AIR, *LINE)
"""What says something about the network of the room in which it was measured."""


def ages_in_rooms(rule: EvidenceRule) -> dict[str, Figure]:
    """How old each of those may be."""
    return dict.fromkeys(AIR, rule.device_days) | dict.fromkeys(LINE, rule.line_days)


def fresh_in_room(observed: EvidenceIndex, probe: str, room: str, rule: EvidenceRule) -> list[Observation]:
    """What the probe found in the room and still counts."""
    since = observed.now - timedelta(days=rule.device_days.value)
    found = observed.in_room.get((probe, room), [])
    return [one for one in found if one.status == "ok" and one.last_at >= since]


def days_of(one: Observation, since: datetime) -> set[date]:
    """The days on which it is certain that it held: those of the first time and of the last."""
    last = day_of(one.last_at)
    return {last} if one.first_at == one.last_at or one.first_at < since else {last, day_of(one.first_at)}


def day_of(at: datetime) -> date:
    """The day of local time."""
    return _day(int(at.timestamp()) // _SECONDS_PER_HOUR)


@lru_cache(maxsize=4_096)
def _day(hour: int) -> date:
    """The local day of an hour since 1970: asked of the same few hours again and again."""
    return datetime.fromtimestamp(hour * _SECONDS_PER_HOUR, SCHOOL_TIME).date()


def why_silent(
    observed: EvidenceIndex, room: str, source: FactSource, rule: EvidenceRule, told: Collection[str]
) -> list[str]:
    """The reason codes of the room's devices that have not `told` the fact."""
    probe, name = source
    newest = observed.newest_in_room.get((probe, room), {})
    silent = [device for device in newest if device not in told]
    return [read(newest, device, name, observed.now, rule.device_days).reason for device in silent]
