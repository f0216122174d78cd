"""Where pupils sit: the rooms that are judged together, with all that is known of their air laid out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from collector.readiness.domain.model import Profile, Releases, School
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.rooms.carriers import RoomAir, room_air
from collector.readiness.rooms.places import Guests, RoomPlaces, room_places
from collector.readiness.rooms.samples import FactSource
from collector.readiness.rooms.supervised import measured_in_session
from collector.readiness.rooms.whereabouts import Stay, visits


@dataclass(frozen=True)
class Seating:
    """How many pupils sit `in_room` at the same time, by room, of all sittings that go on at once."""

    school: School
    profile: Profile
    observed: EvidenceIndex
    releases: Releases
    in_room: Mapping[str, int]
    _air: dict[str, RoomAir] = field(default_factory=dict, repr=False, compare=False)
    _places: dict[tuple[str, tuple[FactSource, ...]], RoomPlaces] = field(
        default_factory=dict, repr=False, compare=False
    )

    def name(self, room_id: str) -> str:
        """What people call the room."""
        return next((room.name or room.id for room in self.school.rooms if room.id == room_id), room_id)

    def seats(self, room_id: str) -> int:
        """How many seats the room has; 0 where that is not told."""
        return next((room.seats for room in self.school.rooms if room.id == room_id), 0)

    def seated(self, room_id: str) -> int:
        """How many pupils sit in the room; whoever asks about a room asks about somebody there."""
        return max(1, self.in_room.get(room_id, 0))

    def machines_needed(self, room_id: str) -> int:
        """So many must have measured before the room counts as measured; of a small class, as many as it has pupils."""
        return max(1, min(int(self.profile.evidence.room_devices.value), self.seated(room_id)))

    @cached_property
    def _visits(self) -> Mapping[str, Sequence[Stay]]:
        return visits(self.observed, self.profile.evidence)

    def air(self, room_id: str) -> RoomAir:
        """Which access points carry the room."""
        if room_id not in self._air:
            self._air[room_id] = room_air(self.observed, room_id, self.profile.evidence)
        return self._air[room_id]

    def places(self, room_id: str, sources: tuple[FactSource, ...]) -> RoomPlaces:
        """Where in the room it was measured."""
        key = (room_id, sources)
        if key not in self._places:
            rule = self.profile.evidence
            session = measured_in_session(self.observed, room_id, rule, self.profile.air.session_rtt)
            guests = Guests(self._visits.get(room_id, ()), session)
            self._places[key] = room_places(self.observed, room_id, sources, rule, guests)
        return self._places[key]
