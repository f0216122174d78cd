"""What was told in a room and still counts, on which days, and by whom it was not told."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence, Set
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from collector.facts.catalogue import that_show_rooms
from collector.readiness.domain.model import EvidenceRule, Figure, Observation
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.domain.strands import Strand, Strands, strands_of
from collector.readiness.evidence.index import EvidenceIndex, read

_SECONDS_PER_HOUR = 3_600
_ALL_BEFORE = datetime.max.replace(tzinfo=UTC)
FactSource = tuple[str, str]
"""A probe and one of its facts."""

AIR, LINE = that_show_rooms("air"), that_show_rooms("line")
OF_ROOMS = (*AIR, *LINE)
"""What says something about the network of the room in which it was measured."""


def ages_in_rooms(rule: EvidenceRule) -> dict[str, Figure]:
    """How old each of those may be."""
    return dict.fromkeys(AIR, rule.device_days) | dict.fromkeys(LINE, rule.line_days)


def fresh_in_room(observed: EvidenceIndex, probe: str, room: str, rule: EvidenceRule) -> Strands:
    """What the probe found in the room and still counts."""
    return observed.once(_fresh_in_room, probe, room, rule.device_days)


def _fresh_in_room(observed: EvidenceIndex, probe: str, room: str, days: Figure) -> Strands:
    since = observed.now - timedelta(days=days.value)
    well = (strand.once(_went_well) for strand in strands_of(observed.in_room.get((probe, room), [])))
    return Strands(part for one in well if one is not None and (part := one.lasting(since)) is not None)


def _went_well(strand: Strand) -> Strand | None:
    kept = [one for one in strand if one.status == "ok"]
    return Strand(kept) if kept else None


def days_of(one: Observation, since: datetime) -> set[date]:
    """The days on which it is certain that it held: those of the first time and of the last."""
    last = day_of(one.last_at)
    return {last} if one.first_at == one.last_at or one.first_at < since else {last, day_of(one.first_at)}


def last_at(strand: Strand) -> datetime:
    """When any of it was last seen to hold."""
    return strand.once(_last_at)


def _last_at(strand: Strand) -> datetime:
    return max(one.last_at for one in strand)


def begun_before(strand: Strand, since: datetime) -> int:
    """How many of it began before then: of those only the last day is certain to lie after it."""
    return bisect_left(strand.once(_first_times), since)


def days_of_strand(strand: Strand, since: datetime) -> Set[date]:
    """The days of all of it, `since` when all of it was last seen to hold."""
    return strand.once(_all_days, begun_before(strand, since))


def days_of_each(strand: Strand, older: int) -> Sequence[Set[date]]:
    """The days of each, where the `older` that began first began before any day that counts."""
    times = strand.once(_first_times)
    since = times[older] if older < len(times) else _ALL_BEFORE
    return [days_of(one, since) for one in strand]


def _first_times(strand: Strand) -> Sequence[datetime]:
    return sorted(one.first_at for one in strand)


def _all_days(strand: Strand, older: int) -> Set[date]:
    return frozenset().union(*days_of_each(strand, older))


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
