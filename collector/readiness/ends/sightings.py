"""Ends that machines tell with what they find on their way: of certificates, signing keys and metadata. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

from agent.protocol.wire import Facts
from collector.readiness.domain.fact_values import end_of, number_of
from collector.readiness.domain.model import Figure, Observation
from collector.readiness.domain.strands import Strand, strands_of
from collector.readiness.ends.ending import NEVER, Ending
from collector.readiness.evidence.index import EvidenceIndex

_TOGETHER = timedelta(days=1)
"""Machines that looked within a day of the last one have a say; an older look may be from before a renewal."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sighting:
    """What one machine was told of an end, from `first_at` to `last_at`: it lies between the two."""

    what: str
    device_id: str
    least: datetime
    most: datetime
    first_at: datetime
    last_at: datetime


ReadEnd = Callable[[Observation, Facts], tuple[str, datetime, datetime] | None]
"""What a row tells of an end: of what, and between when and when; None where it tells of none."""


@cache
def days_left(days_key: str, what_key: str = "target") -> ReadEnd:
    """Reads whole days that were left. A key that is there and empty says that it never ends."""

    def read(seen: Observation, row: Facts) -> tuple[str, datetime, datetime] | None:
        what = row.get(what_key) or row.get("rung")
        if days_key not in row or what is None:
            return None
        days = number_of(row[days_key])
        if days is None or abs(days) > 40_000:
            return str(what), NEVER, NEVER
        return str(what), seen.last_at + days * _ONE_DAY, seen.first_at + (days + 1) * _ONE_DAY

    return read


@cache
def moment_told(key: str, what_key: str) -> ReadEnd:
    """Reads the very moment of an end."""

    def read(_: Observation, row: Facts) -> tuple[str, datetime, datetime] | None:
        what, end = row.get(what_key), end_of(row.get(key))
        return None if what is None or end is None else (str(what), end, end)

    return read


def sightings(observed: EvidenceIndex, probe: str, wanted: Callable[[Facts], bool], read: ReadEnd) -> list[Sighting]:
    """All that devices which count have told, by the rows that are wanted."""
    strands = strands_of(observed.by_probe.get(probe, []))
    return [one for strand in strands for one in strand.once(_seen_by, wanted, read)]


def _seen_by(strand: Strand, wanted: Callable[[Facts], bool], read: ReadEnd) -> Sequence[Sighting]:
    """All that one device told."""
    found = []
    for one in strand:
        for row in one.rows if one.status == "ok" else []:
            told = read(one, row) if wanted(row) else None
            if told is not None:
                what, least, most = told
                found.append(Sighting(what, one.device_id, least, most, one.first_at, one.last_at))
    return found


def endings(seen: Iterable[Sighting], now: datetime, days: Figure) -> list[Ending]:
    """One for each thing that ends: the earliest of what machines saw when it was last looked at."""
    by_what: dict[str, list[Sighting]] = {}
    for one in seen:
        by_what.setdefault(one.what, []).append(one)
    return [_ending(what, ones, now, days) for what, ones in sorted(by_what.items())]


def _ending(what: str, ones: Sequence[Sighting], now: datetime, days: Figure) -> Ending:
    newest = max(one.last_at for one in ones)
    last = _last_of_each(one for one in ones if newest - one.last_at <= _TOGETHER)
    first = min(last.values(), key=lambda one: (one.least, one.device_id))
    fresh = now - newest <= timedelta(days=days.value)
    return Ending(what, first.least, min(one.most for one in last.values()), newest, not fresh, _renewed(ones))


def _last_of_each(ones: Iterable[Sighting]) -> Mapping[str, Sighting]:
    last: dict[str, Sighting] = {}
    for one in sorted(ones, key=lambda one: (one.last_at, one.first_at)):
        last[one.device_id] = one
    return last


def _renewed(ones: Sequence[Sighting]) -> bool:
    """Whether a later look found a later end while the earlier had not come yet."""
    ordered = sorted(ones, key=lambda one: (one.first_at, one.last_at))
    return any(
        later.least - earlier.most > _ONE_DAY and later.first_at < earlier.least
        for earlier, later in pairwise(ordered)
        if later.first_at > earlier.last_at
    )
