"""Where pupils sit: the rooms that are judged together, with all that is known of their air laid out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.readiness.domain.model import EvidenceRule, Figure, Profile, Releases, School
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.rooms.carriers import RoomAir, room_air
from collector.readiness.rooms.places import Guests, RoomPlaces, room_places
from collector.readiness.rooms.samples import FactSource
from collector.readiness.rooms.supervised import measured_in_session
from collector.readiness.rooms.whereabouts import visits


@dataclass(frozen=True)
class Seating:
    """How many pupils sit `in_room` at the same time, by room, of all sittings that go on at once."""

    school: School
    profile: Profile
    observed: EvidenceIndex
    releases: Releases
    in_room: Mapping[str, int]

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

    def air(self, room_id: str) -> RoomAir:
        """Which access points carry the room."""
        return self.observed.once(room_air, room_id, self.profile.evidence)

    def places(self, room_id: str, sources: tuple[FactSource, ...]) -> RoomPlaces:
        """Where in the room it was measured."""
        rule, session_rtt = self.profile.evidence, self.profile.air.session_rtt
        return self.observed.once(_places, room_id, sources, rule, session_rtt)


def _places(
    observed: EvidenceIndex, room: str, sources: tuple[FactSource, ...], rule: EvidenceRule, session_rtt: Figure
) -> RoomPlaces:
    visited = observed.once(visits, rule)
    guests = Guests(visited.get(room, ()), measured_in_session(observed, room, rule, session_rtt))
    return room_places(observed, room, sources, rule, guests)
