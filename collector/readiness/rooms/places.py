"""The places of a room where its network was met: what each came to, and how many different ones they are. Pure.

A machine that stands in a room is one place, however many days it reports. One that moves is at a new place each time
that it comes (a visit). A machine on cable needs no air: its place is good for certain. So is that of a browser that
measured well while staff watched (a supervised session); a whole class at once is as many places.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from agent.protocol.quantiles import tail_rank
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceRule, Figure, Observation
from collector.readiness.domain.strands import Strand
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.machines.count import machines
from collector.readiness.rooms.cable import on_cable
from collector.readiness.rooms.counting import Drawn, certain_rank, doubtless_rank
from collector.readiness.rooms.samples import (
    FactSource,
    begun_before,
    days_of,
    days_of_each,
    days_of_strand,
    fresh_in_room,
    last_at,
    why_silent,
)
from collector.readiness.rooms.supervised import WatchedRoom
from collector.readiness.rooms.whereabouts import Stay

GOOD, BAD = math.inf, -math.inf
"""What a place comes to that is good, or bad, whatever number is asked for."""

_VISITS_OF_A_PLACE = 4

_Reading = tuple[float, int]
"""What was read, and how many times: what stood for many readings weighs as much as they did."""


@dataclass(frozen=True)
class Place:
    """Where `device` met the network, and what it came to there. It `moves` if another may have been at the same."""

    device: str
    value: float
    moves: bool = False


@dataclass(frozen=True)
class RoomPlaces:
    """All measured places of a room, on so many `days`. `watched` are good ones that browsers in a session add to those
    of agents; `wired` of the places are on cable. `reasons` says of every other device there why it told nothing.
    """

    places: Sequence[Place]
    watched: int
    wired: int
    days: int
    reasons: Sequence[str]
    readings: int
    newest_at: datetime | None

    @property
    def devices(self) -> int:
        """How many machines told something."""
        return len({place.device for place in self.places}) + self.watched

    @property
    def drawn(self) -> Drawn:
        """How many places, and how they were come by."""
        moving = sum(place.moves for place in self.places)
        return Drawn(len(self.places) - moving + self.watched, moving)

    @property
    def numbers(self) -> list[float]:
        """What was measured, the worst first; places that are good or bad for certain have no number."""
        return sorted(place.value for place in self.places if math.isfinite(place.value))

    @property
    def _values(self) -> list[float]:
        return sorted([*(place.value for place in self.places), *[GOOD] * self.watched])

    def least(self, pupils: int, share: float, confidence: float) -> float | None:
        """What all places of so many pupils reach for certain, but those of a `share`; None: too few places to say."""
        rank = certain_rank(self.drawn, pupils, share, confidence) if self.drawn.measured else None
        return None if rank is None else self._values[rank - 1]

    def most(self, pupils: int, seats: int, share: float, confidence: float) -> float | None:
        """What that can come to at best, wherever the pupils sit; None: too few places to say."""
        rank = doubtless_rank(self.drawn, pupils, seats, share, confidence)
        return self._values[rank - 1] if rank <= self.drawn.measured else None

    def has_lacking(self, limit: float, pupils: int) -> bool:
        """Whether a place is known that does not reach the limit. Of visits it takes more than a few, as a machine on
        its way may still hear the room that it left: more than a quarter of what one bad place among all would give.
        """
        bad = [place.moves for place in self.places if place.value < limit]
        return bad.count(False) > 0 or bad.count(True) > self.drawn.visits / (_VISITS_OF_A_PLACE * pupils)


@dataclass(frozen=True)
class Guests:
    """Who was in a room and does not stand there: machines that move, and browsers in a session."""

    visits: Sequence[Stay]
    session: WatchedRoom


def room_places(
    observed: EvidenceIndex,
    room: str,
    sources: Sequence[FactSource],
    rule: EvidenceRule,
    guests: Guests,
) -> RoomPlaces:
    """The places where any of the `sources` was told within the last `device_days`, and those of the `guests`."""
    visited, session = guests.visits, guests.session
    told = _told(observed, room, sources, rule)
    wired = on_cable(observed, room, rule, told.keys() | observed.moving)
    standing = _standing(observed, told, sources, rule)
    standing |= {_machine(observed, device): Place(device, GOOD) for device in sorted(wired)}
    moving = _moving(visited, sources)
    agents = {place.device for place in standing.values()}
    together = machines(observed, agents | session.good, rule.device_days).certain
    standing_still = [part for parts in told.values() for part in parts]
    others = [*wired.values(), *session.observations, *(one for visit in visited for one in visit.heard)]
    since = _since(observed, rule)
    days = {day for one in others for day in days_of(one, since)}
    known = told.keys() | wired.keys() | session.good | session.bad | {place.device for place in moving}
    return RoomPlaces(
        places=[*standing.values(), *moving, *(Place(device, BAD) for device in sorted(session.bad))],
        watched=max(0, together - len(agents)),
        wired=len(wired),
        days=len(days.union(*(days_of_strand(part, since) for part in standing_still))),
        reasons=why_silent(observed, room, sources[0], rule, known),
        readings=sum(one.count for one in others) + sum(part.once(_times_told) for part in standing_still),
        newest_at=max([*(one.last_at for one in others), *map(last_at, standing_still)], default=None),
    )


def _since(observed: EvidenceIndex, rule: EvidenceRule) -> datetime:
    return observed.now - timedelta(days=rule.device_days.value)


def _told(
    observed: EvidenceIndex, room: str, sources: Sequence[FactSource], rule: EvidenceRule
) -> Mapping[str, Sequence[Strand]]:
    """By machine that stands in the room, what it told."""
    told: dict[str, list[Strand]] = defaultdict(list)
    for probe, name in sources:
        for strand in fresh_in_room(observed, probe, room, rule).parts:
            telling = strand.once(_telling, name) if strand.device_id not in observed.moving else None
            if telling is not None:
                told[strand.device_id].append(telling)
    return told


def _telling(strand: Strand, name: str) -> Strand | None:
    """Those that tell the fact."""
    kept = [one for one in strand if number_of(one.facts.get(name)) is not None]
    return Strand(kept) if kept else None


def _times_told(strand: Strand) -> int:
    return sum(one.count for one in strand)


def _standing(
    observed: EvidenceIndex,
    told: Mapping[str, Sequence[Strand]],
    sources: Sequence[FactSource],
    rule: EvidenceRule,
) -> dict[str, Place]:
    """One place for each machine, whatever systems were put on it: what its bad days come to."""
    parts: dict[str, list[Strand]] = defaultdict(list)
    newest: dict[str, str] = {}
    for device, found in sorted(told.items()):
        machine = _machine(observed, device)
        newest[machine] = device
        parts[machine] += found
    since = _since(observed, rule)
    return {
        machine: Place(newest[machine], _of_bad_days(found, sources, since, rule)) for machine, found in parts.items()
    }


def _of_bad_days(parts: Sequence[Strand], sources: Sequence[FactSource], since: datetime, rule: EvidenceRule) -> float:
    names, share = dict(sources), rule.room_quantile
    if len(parts) == 1:
        return parts[0].once(_low_end_of_days, names[parts[0].probe], begun_before(parts[0], since), share)
    together: dict[date, list[_Reading]] = defaultdict(list)
    for part in parts:
        for day, values in _by_day(part, names[part.probe], begun_before(part, since)).items():
            together[day] += values
    return _of_days(together, share)


def _low_end_of_days(strand: Strand, name: str, older: int, share: Figure) -> float:
    return _of_days(_by_day(strand, name, older), share)


def _of_days(by_day: Mapping[date, Sequence[_Reading]], share: Figure) -> float:
    """What the bad days come to, each by its bad readings."""
    return _low_end([(_low_end(told, share), 1) for told in by_day.values()], share)


def _by_day(strand: Strand, name: str, older: int) -> Mapping[date, Sequence[_Reading]]:
    """What it told on each day; the `older` began before any that counts."""
    found: dict[date, list[_Reading]] = defaultdict(list)
    for one, days in zip(strand, days_of_each(strand, older), strict=True):
        value = number_of(one.facts.get(name))
        if value is not None:
            for day in days:
                found[day].append((value, one.count))
    return found


def _machine(observed: EvidenceIndex, device: str) -> str:
    seen = observed.devices.get(device)
    return device if seen is None or seen.machine is None else seen.machine


def _moving(visited: Sequence[Stay], sources: Sequence[FactSource]) -> list[Place]:
    """One place for each visit: what it mostly heard."""
    told = [(visit.device, _readings(visit.heard, sources)) for visit in visited]
    return [Place(device, _of_rank(found, (_count(found) + 1) // 2), moves=True) for device, found in told if found]


def _readings(observations: Collection[Observation], sources: Sequence[FactSource]) -> list[_Reading]:
    names = dict(sources)
    told = ((number_of(one.facts.get(names.get(one.probe, ""))), one.count) for one in observations)
    return [(value, count) for value, count in told if value is not None]


def _low_end(told: Sequence[_Reading], share: Figure) -> float:
    return _of_rank(told, tail_rank(_count(told), share.value))


def _count(told: Sequence[_Reading]) -> int:
    return sum(count for _, count in told)


def _of_rank(told: Sequence[_Reading], rank: int) -> float:
    """The reading of that rank, of which 1 is the least."""
    worst_first = sorted(told)
    passed = accumulate(count for _, count in worst_first)
    return next(value for (value, _), so_many in zip(worst_first, passed, strict=True) if so_many >= rank)
