"""Where pupils sit: the rooms that are judged together, with all that is known of their air laid out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from collector.readiness.domain.model import EvidenceRule, Figure, Profile, Releases, School
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.rehearsal.parts import PupilNeed
from collector.readiness.rehearsal.rooms import RoomRehearsed, room_rehearsed
from collector.readiness.rooms.carriers import RoomAir, room_air
from collector.readiness.rooms.places import Guests, RoomPlaces, room_places
from collector.readiness.rooms.samples import FactSource
from collector.readiness.rooms.supervised import measured_in_session
from collector.readiness.rooms.whereabouts import visits


@dataclass(frozen=True)
class Seating:
    """How many pupils sit `in_room` at the same time, by room, of all sittings that go on at once. Rooms that are
    `cabled` ask nothing of the air, as if all machines there were on cable.
    """

    school: School
    profile: Profile
    observed: EvidenceIndex
    releases: Releases
    in_room: Mapping[str, int]
    cabled: frozenset[str] = frozenset()

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

    @property
    def pupil_need(self) -> PupilNeed:
        """What a pupil takes by the profile."""
        capacity = self.profile.capacity
        return PupilNeed(capacity.down_per_pupil.value, capacity.up_per_pupil.value)

    def rehearsed(self, room_id: str) -> RoomRehearsed:
        """Who was carried in the room when pupils rehearsed there, and who was not."""
        days = self.profile.evidence.rehearsal_days.value
        return self.observed.once(room_rehearsed, room_id, self.pupil_need, days)

    def places(self, room_id: str, sources: tuple[FactSource, ...]) -> RoomPlaces:
        """Where in the room it was measured."""
        rule, session_rtt = self.profile.evidence, self.profile.air.session_rtt
        return self.observed.once(_places, room_id, sources, RoomRules(rule, session_rtt, self.pupil_need))


class RoomRules(NamedTuple):
    """What of a profile the places of a room hang on."""

    evidence: EvidenceRule
    session_rtt: Figure
    need: PupilNeed


def _places(observed: EvidenceIndex, room: str, sources: tuple[FactSource, ...], rules: RoomRules) -> RoomPlaces:
    rule = rules.evidence
    session = measured_in_session(observed, room, rule, rules.session_rtt)
    rehearsed = observed.once(room_rehearsed, room, rules.need, rule.rehearsal_days.value)
    watched = replace(session, good=session.good | rehearsed.good, bad=session.bad | rehearsed.bad)
    guests = Guests(observed.once(visits, rule).get(room, ()), watched)
    return room_places(observed, room, sources, rule, guests)
