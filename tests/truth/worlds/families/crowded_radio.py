"""The channel of a room is full of others, or the links there are so slow that the pupils fill it themselves."""

from __future__ import annotations

from tests.truth.worlds.air import FULL, Link, Room
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.sitting import air_margin, each_takes
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World

WEAK_DBM = -78.5


def crowd(room: Room, pupils: int, margin: float) -> None:
    """Others take so much of the channel that the pupils have that margin."""
    assert room.radio is not None
    room.radio.busy = max(0.0, FULL - margin * room.airtime(min(pupils, room.seats), each_takes()))
    room.radio.strangers = round(60 * room.radio.busy)


def slow_down(room: Room, pupils: int, margin: float) -> None:
    """Weak links repeat so many frames that the pupils have that margin."""
    assert room.radio is not None
    room.links = [Link(WEAK_DBM, 0.0)] * len(room.links)
    fastest = room.margin(min(pupils, room.seats), each_takes())
    room.links = [Link(WEAK_DBM, max(0.02, 1 - margin / fastest))] * len(room.links)


def build(draw: Draw) -> World:
    """Where it holds far from the threshold, the room is as usual. A controller tells what its radios do."""
    school = draw.school()
    school.has_controller = True
    sitting = draw.sitting(school)
    draw.fit([sitting])
    if draw.holds and not draw.near:
        return World([school], [sitting], Watch(draw.days), [draw.asked_at])
    margin = draw.rng.uniform(1.05, 1.4) if draw.holds else draw.rng.uniform(0.3, 0.9)
    (crowd if draw.holds or draw.rng.random() < 0.5 else slow_down)(school.rooms[0], school.pupils, margin)
    assert (air_margin(sitting) >= 1.0) is draw.holds
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
