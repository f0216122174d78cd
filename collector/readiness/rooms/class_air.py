"""What share of a channel's time each pupil of a class takes, from kind to unkind. Pure.

A pupil takes rate / what the link carries. Of the class's places some were measured: those count by themselves. Where a
machine is known to have a good place and tells no rate (a browser in a session), its rate is assumed. Nobody knows the
places that were not measured, but by counting few of them are worse than all that were: these count as slower than any,
the others as the worst that was met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from collector.readiness.domain.figures import kind_end
from collector.readiness.domain.model import AirRule, Profile
from collector.readiness.rooms.counting import may_be_worse
from collector.readiness.rooms.links import RoomLink, carried, links_in
from collector.readiness.rooms.places import BAD, GOOD, Place, RoomPlaces
from collector.readiness.rooms.seating import Seating
from collector.readiness.rooms.signal_p10 import SOURCES as PLACES

BURST_FACT = "line.start_burst_headroom"
_BITS = 8

Basis = Literal["told", "wired", "untold", "unmeasured", "slowest"]
"""How what a pupil takes is known: by the own link or cable, by a place that is good, by those that were met, or by
what there may be at worst.
"""
_TOLD: Basis = "told"
_WIRED: Basis = "wired"
_UNTOLD: Basis = "untold"
_SLOWEST: Basis = "slowest"


class Pupil(NamedTuple):
    """One pupil's share of the air's time, and how it is known."""

    share: float
    basis: Basis


class Takes(NamedTuple):
    """What a pupil takes of the air, both ways together, in Mbit/s."""

    unkind: float
    kind: float


@dataclass(frozen=True)
class ClassAir:
    """`unkind`: every pupil, the costliest first; `kind`: the shares of so many at the seats that cost least. `links`
    are those that were told, the one that carries least first.
    """

    unkind: Sequence[Pupil]
    kind: Sequence[float]
    links: Sequence[RoomLink]

    def of_costliest(self, pupils: int, *, all_met: bool = False) -> float:
        """What so many take together, whoever they are; or would, if no place were worse than those that were met."""
        if not all_met:
            return sum(pupil.share for pupil in self.unkind[:pupils])
        met = [pupil.share for pupil in self.unkind if pupil.basis != _SLOWEST]
        worst = max(met, default=self.unkind[0].share)
        return sum(sorted([*met, *[worst] * (len(self.unkind) - len(met))], reverse=True)[:pupils])


def pupil_takes(profile: Profile) -> Takes:
    """Down, at the start more where the profile asks for that, and up."""
    capacity = profile.capacity
    burst_mbit = capacity.start_burst_per_pupil.value * _BITS
    if not any(one.fact == BURST_FACT for one in profile.requirements):
        burst_mbit = 0.0
    ends = (capacity.start_burst_within.value, kind_end(capacity.start_burst_within))
    return Takes(*(max(capacity.down_per_pupil.value, burst_mbit / s) + capacity.up_per_pupil.value for s in ends))


def class_air(seating: Seating, room: str) -> ClassAir | None:
    """What the pupils of a room take of its air; None where nothing was measured there."""
    found = seating.places(room, PLACES)
    if not found.drawn.measured:
        return None
    links, air = seating.observed.once(links_in, room, seating.profile.evidence), seating.profile.air
    told = {device: links[device] for place in found.places if (device := place.device) in links}
    met = _Met(found, _Costs(air, pupil_takes(seating.profile), told))
    pupils, confidence = seating.seated(room), seating.profile.capacity.confidence.value
    return ClassAir(
        unkind=met.unkind(pupils, confidence),
        kind=met.kind(max(pupils, seating.seats(room)), confidence)[:pupils],
        links=sorted(told.values(), key=lambda one: one.bad.carried(air)),
    )


@dataclass(frozen=True)
class _Costs:
    """What links cost, by what is assumed and by all that were `told` in the room."""

    air: AirRule
    takes: Takes
    told: Mapping[str, RoomLink]

    def of(self, device: str) -> Takes:
        """On its bad days at the unkind end, on its best at the kind one."""
        link = self.told[device]
        return self._share(link.bad.carried(self.air).unkind, link.good.carried(self.air).kind)

    @cached_property
    def slowest(self) -> float:
        """At a place that may be worse than all that were met, at the unkind end."""
        air, rate = self.air, self.air.unmet_rate.value
        if not self.told:
            return self.takes.unkind / carried(rate, None, air.packet_overhead, air).unkind
        bad = [link.bad for link in self.told.values()]
        return self.takes.unkind / min(one.carried(air, min(rate, one.rate_mbit_s)).unkind for one in bad)

    @cached_property
    def untold(self) -> Takes:
        """Of a machine at a good place that tells no rate."""
        air, (slow, fast) = self.air, (self.air.untold_rate_share.value, kind_end(self.air.untold_rate_share))
        if not self.told:
            ends = (air.untold_rate.value, kind_end(air.untold_rate))
            least, most = (carried(rate, None, air.packet_overhead, air) for rate in ends)
            return self._share(least.unkind, most.kind)
        links = self.told.values()
        return self._share(
            min(link.bad.carried(air, slow * link.bad.rate_mbit_s).unkind for link in links),
            max(link.good.carried(air, fast * link.good.rate_mbit_s).kind for link in links),
        )

    def _share(self, unkind_mbit_s: float, kind_mbit_s: float) -> Takes:
        return Takes(self.takes.unkind / unkind_mbit_s, self.takes.kind / kind_mbit_s)


@dataclass(frozen=True)
class _Met:
    """The places of a room that were met, and what each costs."""

    found: RoomPlaces
    costs: _Costs

    def unkind(self, pupils: int, confidence: float) -> list[Pupil]:
        """A pupil at each place that was met, or at the costliest of them where there are fewer pupils."""
        own = [Pupil(shares.unkind, basis) for shares, basis in self._fixed]
        worse = may_be_worse(self.found.drawn, pupils, confidence) if self._has_air else 0
        unmeasured = max(0, pupils - len(own) - worse)
        usual = Pupil(max((shares.unkind for shares, _ in self._all), default=0.0), "unmeasured")
        slowest = Pupil(max(self.costs.slowest, usual.share), _SLOWEST)
        own += [slowest] * worse + [usual] * unmeasured
        return sorted(own, reverse=True)[:pupils]

    def kind(self, seats: int, confidence: float) -> list[float]:
        """Of every seat, what it costs at least, the cheapest first."""
        own = [shares.kind for shares, _ in self._fixed]
        better = may_be_worse(self.found.drawn, seats, confidence)
        usual = min((shares.kind for shares, _ in self._all), default=0.0)
        return sorted([*own, *[0.0] * better, *[usual] * max(0, seats - len(own) - better)])

    @cached_property
    def _fixed(self) -> list[tuple[Takes, Basis]]:
        """Different places."""
        standing = [self._of(place) for place in self.found.places if not place.moves]
        return [*standing, *[(self.costs.untold, _UNTOLD)] * self.found.watched]

    @cached_property
    def _all(self) -> list[tuple[Takes, Basis]]:
        """And those of visits, which may be the same. What was met is no slowest link."""
        visits = [self._of(place) for place in self.found.places if place.moves]
        return [one for one in [*self._fixed, *visits] if one[1] != _SLOWEST]

    @property
    def _has_air(self) -> bool:
        """Whether anybody is in the air: where all are on cable, the others are taken to be so too."""
        return any(basis != _WIRED for _, basis in self._fixed) or any(place.moves for place in self.found.places)

    def _of(self, place: Place) -> tuple[Takes, Basis]:
        if place.value == GOOD:
            return Takes(0.0, 0.0), _WIRED
        if place.value == BAD:
            return Takes(self.costs.slowest, 0.0), _SLOWEST
        if place.device in self.costs.told:
            return self.costs.of(place.device), _TOLD
        return self.costs.untold, _UNTOLD
