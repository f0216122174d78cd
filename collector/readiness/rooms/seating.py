"""Where pupils sit: the rooms that are judged together, with all that is known of their air laid out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.readiness.domain.model import Profile, Releases, School
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.rooms.carriers import RoomAir, room_air
from collector.readiness.rooms.samples import FactSource, RoomSamples, room_samples


@dataclass(frozen=True)
class Seating:
    """`pupils` sit in `rooms` at the same time; how many in each is not said, so any room may be full."""

    school: School
    profile: Profile
    observed: EvidenceIndex
    releases: Releases
    rooms: Sequence[str]
    pupils: int
    _air: dict[str, RoomAir] = field(default_factory=dict, repr=False, compare=False)
    _samples: dict[tuple[str, tuple[FactSource, ...]], RoomSamples] = field(
        default_factory=dict, repr=False, compare=False
    )

    def name(self, room_id: str) -> str:
        """What people call the room."""
        return next((room.name or room.id for room in self.school.rooms if room.id == room_id), room_id)

    def seated(self, room_id: str) -> int:
        """The most pupils that can sit in the room: as many as it has seats, or all where its seats are not told."""
        seats = next((room.seats for room in self.school.rooms if room.id == room_id), 0)
        return min(seats or self.pupils, self.pupils)

    def air(self, room_id: str) -> RoomAir:
        """Which access points carry the room."""
        if room_id not in self._air:
            self._air[room_id] = room_air(self.observed, room_id, self.profile.evidence)
        return self._air[room_id]

    def samples(self, room_id: str, sources: tuple[FactSource, ...]) -> RoomSamples:
        """What was measured in the room."""
        key = (room_id, sources)
        if key not in self._samples:
            self._samples[key] = room_samples(self.observed, room_id, sources, self.profile.evidence)
        return self._samples[key]
