"""The channels that a room's radios talk on: how many pupils come to each, and how busy others make it. Pure.

Radios on one channel share its time, whatever they are called. One that serves several rooms gets the pupils of all.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from collector.readiness.domain.figures import kind_end
from collector.readiness.domain.model import AirRule, Figure
from collector.readiness.rooms.carriers import Carrier
from collector.readiness.rooms.seating import Seating
from collector.readiness.rooms.unclear import carriers_of
from collector.readiness.rooms.utilisation import busy_percent

_WHOLE = 100.0


@dataclass(frozen=True)
class AirChannel:
    """One that radios of a room talk on; no `carriers` where nobody knows which they are. `pupils` of each room come to
    it, of every room that one of its radios serves.
    """

    carriers: Sequence[Carrier]
    pupils: Mapping[str, int]

    @property
    def name(self) -> str:
        """What people call its access points."""
        return ", ".join(dict.fromkeys(one.name for one in self.carriers)) or "?"

    @property
    def told_percent(self) -> float | None:
        """How busy it is at most, by gear or a survey; None where nobody tells."""
        told = [percent for one in self.carriers if (percent := busy_percent(one)) is not None]
        return max(told, default=None)

    def busy(self, air: AirRule) -> float:
        """The share of its time that others take, at the unkind end."""
        told = self.told_percent
        return (self.untold_busy(air).value if told is None else told * air.busy_share.value) / _WHOLE

    def least_busy(self, air: AirRule) -> float:
        """The same at the kind end."""
        told = self.told_percent
        return (kind_end(self.untold_busy(air)) if told is None else told * kind_end(air.busy_share)) / _WHOLE

    def untold_busy(self, air: AirRule) -> Figure:
        """What is assumed where nobody tells: by the band, and where that is not known either, of the busier one."""
        bands = {one.band for one in self.carriers}
        return air.busy_5 if bands and bands <= {"5", "6"} else air.busy_2_4


def channels_of(seating: Seating, room: str) -> list[AirChannel]:
    """Those that matter: pupils spread over the radios as the room's devices do. While too few devices have told which
    they use, all pupils come to one.
    """
    carriers = carriers_of(seating, room)
    if not carriers:
        return [AirChannel((), {room: seating.seated(room)})]
    return [AirChannel(alike, _pupils(seating, room, alike)) for alike in _by_channel(carriers)]


def count_of_channels(seating: Seating, room: str) -> int | None:
    """How many channels the room's devices use; None while too few have told."""
    known = bool(carriers_of(seating, room))
    return len(_by_channel(seating.air(room).carriers)) if known else None


def _by_channel(carriers: Iterable[Carrier]) -> list[list[Carrier]]:
    found: dict[object, list[Carrier]] = defaultdict(list)
    for one in carriers:
        found[one.key if one.channel is None else (one.band, one.channel)].append(one)
    return list(found.values())


def _pupils(seating: Seating, room: str, alike: Sequence[Carrier]) -> dict[str, int]:
    keys = {one.key for one in alike}
    here = {**seating.in_room, room: seating.seated(room)}
    found = {
        name: min(pupils, sum(_share(pupils, one) for one in seating.air(name).carriers if one.key in keys))
        for name, pupils in here.items()
        if pupils
    }
    return {name: pupils for name, pupils in found.items() if pupils}


def _share(pupils: int, carrier: Carrier) -> int:
    return math.ceil(round(pupils * carrier.share, 9))
