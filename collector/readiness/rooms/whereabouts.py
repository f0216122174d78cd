"""Where machines without a room of their own were: in the room whose access point they heard. Pure.

Which room an access point stands in is told by the operator's map, or by LLDP; else it is learned from machines that
stand still: where all that use it stand in one room. One that serves several rooms says of nobody where they are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import msgspec

from collector.readiness.domain.model import EvidenceRule, Observation
from collector.readiness.domain.strands import Strand, Strands, strands_of
from collector.readiness.evidence.index import EvidenceIndex, keep_newest
from collector.readiness.rooms.radios import same_radio
from collector.readiness.rooms.samples import OF_ROOMS, day_of

_PROBE = "wifi"
_STANDING_NEEDED = 2
"""So many machines that stand in a room make it the room of the access point that they use."""

_NEAR = timedelta(minutes=45)
"""What a machine found so near to when it heard an access point, it found in the same lesson."""


@dataclass
class AccessPointRooms:
    """The room of each access point, by BSSID."""

    observed: EvidenceIndex
    since: datetime
    _known: dict[str, str | None] = field(default_factory=dict)
    _standing: Mapping[str, Mapping[str, set[str]]] | None = None

    def room_of(self, bssid: str) -> str | None:
        """None where nobody can tell, or where it may be several."""
        if bssid not in self._known:
            told = self._told(bssid)
            self._known[bssid] = _only(told) if told else self._learned(bssid)
        return self._known[bssid]

    def _told(self, bssid: str) -> set[str]:
        """By the map and by network gear, which knows the map and the cables."""
        by_gear = {one.room for one in self.observed.radios if one.mac is not None and same_radio(one.mac, bssid)}
        by_map = {room for mac, room in self.observed.access_points.items() if same_radio(mac, bssid)}
        return by_map | {room for room in by_gear if room is not None}

    def _learned(self, bssid: str) -> str | None:
        if self._standing is None:
            self._standing = self._who_stands_where()
        rooms = self._standing.get(bssid, {})
        room, devices = next(iter(rooms.items()), (None, set()))
        return room if len(rooms) == 1 and len(devices) >= _STANDING_NEEDED else None

    def _who_stands_where(self) -> Mapping[str, Mapping[str, set[str]]]:
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for one in self.observed.by_probe.get(_PROBE, []):
            bssid = one.facts.get("bssid")
            if one.room is not None and isinstance(bssid, str) and one.last_at >= self.since:
                found[bssid][one.room].add(one.device_id)
        return found


def _only(rooms: set[str]) -> str | None:
    return next(iter(rooms)) if len(rooms) == 1 else None


def with_moving_placed(observed: EvidenceIndex, rule: EvidenceRule) -> EvidenceIndex:
    """The same evidence, where what machines without a room of their own found has the room that they were in; what
    nobody can place stays without.
    """
    since = observed.now - timedelta(days=max(rule.device_days.value, rule.line_days.value))
    rooms = AccessPointRooms(observed, since)
    ways = _ways(observed, since, rooms)
    if not ways:
        return observed
    placed = {
        probe: Strands(_placed(one, ways) for one in strands_of(observed.by_probe[probe]))
        for probe in OF_ROOMS
        if probe in observed.by_probe
    }
    moved = [
        ((probe, room), after)
        for probe, found in placed.items()
        for before, after in zip(observed.by_probe[probe], found, strict=True)
        if before is not after and (room := after.room) is not None
    ]
    return replace(
        observed,
        by_probe={**observed.by_probe, **placed},
        in_room=_added(observed.in_room, moved),
        newest_in_room=_newest_added(observed.newest_in_room, moved),
        moving=frozenset(ways),
    )


@dataclass(frozen=True)
class _Way:
    """When a machine was where, in the order of time."""

    times: Sequence[datetime]
    rooms: Sequence[str | None]

    def room_at(self, at: datetime) -> str | None:
        after = bisect_left(self.times, at)
        near = [place for place in (after - 1, after) if 0 <= place < len(self.times)]
        nearest = min(near, key=lambda place: abs(self.times[place] - at))
        return self.rooms[nearest] if abs(self.times[nearest] - at) <= _NEAR else None


def _ways(observed: EvidenceIndex, since: datetime, rooms: AccessPointRooms) -> dict[str, _Way]:
    """Of each machine that has no room of its own and told of its Wi-Fi."""
    heard: dict[str, list[tuple[datetime, str | None]]] = defaultdict(list)
    for one in observed.by_probe.get(_PROBE, []):
        seen = observed.devices.get(one.device_id)
        if (
            one.room is None
            and seen is not None
            and seen.room is None
            and seen.kind == "agent"
            and one.last_at >= since
        ):
            bssid = one.facts.get("bssid")
            heard[one.device_id].append((one.last_at, rooms.room_of(bssid) if isinstance(bssid, str) else None))
    return {device: _way(found) for device, found in heard.items()}


def _way(heard: list[tuple[datetime, str | None]]) -> _Way:
    in_order = sorted(heard, key=lambda one: one[0])
    return _Way([at for at, _ in in_order], [room for _, room in in_order])


def _placed(strand: Strand, ways: Mapping[str, _Way]) -> Strand:
    way = ways.get(strand.device_id)
    return strand if way is None else strand.once(_on_way, way) or strand


def _on_way(strand: Strand, way: _Way) -> Strand | None:
    """As found on that way; None where it places nothing."""
    found = strand.only([_in_room_on(way, one) for one in strand])
    return None if found is strand else found


def _in_room_on(way: _Way, one: Observation) -> Observation:
    room = way.room_at(one.last_at) if one.room is None else None
    return one if room is None else msgspec.structs.replace(one, room=room)


_InRoom = Mapping[tuple[str, str], list[Observation]]
_NewestInRoom = Mapping[tuple[str, str], Mapping[str, Observation]]


def _added(in_room: _InRoom, moved: Iterable[tuple[tuple[str, str], Observation]]) -> _InRoom:
    found = {key: list(ones) for key, ones in in_room.items()}
    for key, one in moved:
        found.setdefault(key, []).append(one)
    return found


def _newest_added(newest: _NewestInRoom, moved: Iterable[tuple[tuple[str, str], Observation]]) -> _NewestInRoom:
    found = {key: dict(ones) for key, ones in newest.items()}
    for key, one in moved:
        keep_newest(found.setdefault(key, {}), one)
    return found


@dataclass
class Stay:
    """One stay of a machine that moves in a room, with what it heard there, and on which days."""

    device: str
    heard: list[Observation] = field(default_factory=list)
    days: set[date] = field(default_factory=set)


def visits(observed: EvidenceIndex, rule: EvidenceRule) -> Mapping[str, Sequence[Stay]]:
    """Every visit of a machine that moves, by room. It comes anew when it was in another room since, and at most once a
    day: one that stands still between two access points and hears now one, now the other, has not moved.
    """
    since = observed.now - timedelta(days=rule.device_days.value)
    heard: dict[str, list[Observation]] = defaultdict(list)
    for one in observed.by_probe.get(_PROBE, []):
        if one.device_id in observed.moving and one.room is not None and one.last_at >= since:
            heard[one.device_id].append(one)
    found: dict[str, list[Stay]] = defaultdict(list)
    for device in sorted(heard):
        for room, visit in _of_machine(device, sorted(heard[device], key=lambda one: one.last_at)):
            found[room].append(visit)
    return found


def _of_machine(device: str, heard: Iterable[Observation]) -> Iterator[tuple[str, Stay]]:
    last: dict[str, Stay] = {}
    left: set[str] = set()
    for one in heard:
        room, day = one.room or "", day_of(one.last_at)
        visit = last.get(room)
        if visit is None or (room in left and day not in visit.days):
            visit = last[room] = Stay(device)
            left.discard(room)
            yield room, visit
        visit.heard.append(one)
        visit.days.add(day)
        left |= last.keys() - {room}
