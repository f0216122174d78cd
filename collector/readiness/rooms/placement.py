"""Whether access points stand where the operator (or LLDP) says, by what the devices of each room hear.

An access point is heard strongest where it stands. Where another room hears it much better, or the devices of its own
room do not hear it at all, the map is wrong or the access point has been moved: people should look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceRule, Observation, RadioSeen
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.rooms.radios import same_radio
from collector.readiness.rooms.samples import AIR, fresh_in_room

DOUBT_DB = 10.0
"""How much better another room must hear it: about a wall's worth, so that a neighbour across it is no doubt."""


@dataclass(frozen=True)
class Misplaced:
    """An access point that is said to stand in the room `placed`, and is heard best in the room `heard`. `placed_dbm`
    is None where its own room's devices do not hear it.
    """

    access_point: str
    placed: str
    heard: str
    heard_dbm: float
    placed_dbm: float | None


@dataclass(frozen=True)
class _Room:
    """What one room's devices hear: signals in dBm by BSSID and device. `devices` have told of any own BSSID at all."""

    devices: set[str] = field(default_factory=set)
    signals: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))


def misplaced(observed: EvidenceIndex, rule: EvidenceRule) -> list[Misplaced]:
    """Every access point whose place the rooms' devices contradict, by name."""
    radios: dict[tuple[str, str], list[RadioSeen]] = defaultdict(list)
    for radio in observed.radios:
        if radio.mac is not None and radio.room is not None:
            radios[radio.device, radio.access_point].append(radio)
    rooms = _rooms(observed, rule) if radios else {}
    found = [_contradicted(alike, rooms, rule) for alike in radios.values()]
    return sorted((one for one in found if one is not None), key=lambda one: one.access_point)


def _rooms(observed: EvidenceIndex, rule: EvidenceRule) -> dict[str, _Room]:
    rooms: dict[str, _Room] = defaultdict(_Room)
    for probe, room in observed.in_room:
        for one in fresh_in_room(observed, probe, room, rule) if probe in AIR else []:
            for bssid, signal_dbm in _heard(one):
                rooms[room].devices.add(one.device_id)
                rooms[room].signals[bssid][one.device_id].append(signal_dbm)
    return rooms


def _heard(one: Observation) -> Iterator[tuple[str, float]]:
    """Own BSSIDs with their signals: the one in use, and those of the scan or the survey."""
    linked = {"bssid": one.facts.get("bssid"), "signal_dbm": one.facts.get("signal_dbm")}
    for row in [linked, *one.rows]:
        bssid, signal_dbm = row.get("bssid"), number_of(row.get("signal_dbm", row.get("signal_median_dbm")))
        if isinstance(bssid, str) and signal_dbm is not None:
            yield bssid, signal_dbm


def _contradicted(radios: list[RadioSeen], rooms: Mapping[str, _Room], rule: EvidenceRule) -> Misplaced | None:
    placed = radios[0].room
    assert placed is not None
    needed = rule.room_devices.value
    levels = {name: level for name, room in rooms.items() if (level := _level(radios, room, needed)) is not None}
    best = max(levels, key=levels.__getitem__, default=None)
    if best is None or best == placed:
        return None
    own = rooms.get(placed)
    if own is None or len(own.devices) < needed:
        return None
    here = levels.get(placed)
    if here is not None and levels[best] - here < DOUBT_DB:
        return None
    return Misplaced(radios[0].access_point, placed, best, levels[best], here)


def _level(radios: list[RadioSeen], room: _Room, needed: float) -> float | None:
    """The middle of what the room's devices hear of any of the radios; None where too few hear it."""
    by_device: dict[str, list[float]] = defaultdict(list)
    for bssid, heard in room.signals.items():
        if any(radio.mac is not None and same_radio(radio.mac, bssid) for radio in radios):
            for device, values in heard.items():
                by_device[device] += values
    return median(map(median, by_device.values())) if len(by_device) >= needed else None
