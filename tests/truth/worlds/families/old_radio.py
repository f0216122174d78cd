"""A radio of the old kind, at 2.4 GHz: its signal is strong, and it talks slowly and says much again.

Where it fails, the class is more than it carries, though no meter of signals shows that.
"""

from __future__ import annotations

from tests.truth.worlds.air import FULL, Link, Room
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.sitting import air_margin, each_takes
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World

RATES = {"b": (1.0, 2.0, 5.5, 11.0), "g": (12.0, 24.0, 36.0, 54.0), "n": (39.0, 52.0, 65.0, 130.0)}
LEAST, MOST = 0.02, 0.92
"""The share of frames that such a radio repeats."""


def age(draw: Draw, room: Room, phy: str, rate: float) -> None:
    """Puts an old radio there; all seats are near it."""
    assert room.radio is not None
    room.radio.band, room.radio.phy, room.radio.channel = "2.4", phy, draw.rng.choice((1, 6, 11))
    room.radio.busy = draw.rng.uniform(0.1, 0.3)
    room.links = [Link(round(draw.rng.uniform(-58, -45), 1), LEAST, rate) for _ in room.links]


def uncapped(room: Room, pupils: int) -> float:
    """The margin of the room's air, however large."""
    assert room.radio is not None
    return (FULL - room.radio.busy) / room.airtime(pupils, each_takes())


def can_have(room: Room, pupils: int, margin: float, *, at_least: bool) -> bool:
    """Whether the pupils can have that margin, or more, with few repeats; or that or less, with many."""
    fastest = uncapped(room, pupils)
    return fastest >= margin if at_least else fastest * (1 - MOST) / (1 - LEAST) <= margin


def repeat(room: Room, pupils: int, margin: float) -> None:
    """So much is sent again that the pupils have that margin, or the one that there is if that is less."""
    fastest = uncapped(room, pupils) / (1 - LEAST)
    retries = min(MOST, max(LEAST, 1 - margin / fastest))
    room.links = [Link(link.signal_dbm, retries, link.talks_at) for link in room.links]


def build(draw: Draw) -> World:
    """All seats of one room; in half of the worlds a controller tells how busy the channel is."""
    school = draw.school(pupils=draw.rng.randint(4, 16))
    school.has_controller = draw.rng.random() < 0.5
    sitting, [room], margin = draw.sitting(school), school.rooms, draw.close()
    kinds = [(phy, rate) for phy, rates in RATES.items() for rate in rates]
    draw.rng.shuffle(kinds)
    for phy, rate in kinds:
        age(draw, room, phy, rate)
        if can_have(room, school.pupils, margin, at_least=draw.holds):
            break
    repeat(room, school.pupils, margin)
    draw.fit([sitting])
    assert (air_margin(sitting) >= 1.0) is draw.holds
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
