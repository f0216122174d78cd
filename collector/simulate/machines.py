"""Draws the machines of a simulated school: what they are, where they stand and what is wrong with them. Pure."""

from __future__ import annotations

import random

from collector.readiness.domain.model import Releases, School
from collector.simulate.hardware import browser_facts, device_facts, model_for
from collector.simulate.model import SimulatedDevice, SimulatedWireless, Trouble
from collector.simulate.probes import that_break

MEASURING_MACHINES = 2
"""Stationary machines on cable at each school, which measure the line; all others measure everything else."""

_BAD_ROOMS = {"bad_rooms": 0.6}
_SILENT = {"not_measured": 1.0}
"""Shares by trouble; what schools have without it is below."""

_FEW = 0.04


def devices_of(
    school: School, trouble: Trouble, size: int, *, rng: random.Random, releases: Releases
) -> list[SimulatedDevice]:
    """The machines of `school`, spread over its rooms; the first ones are those that measure the line."""
    rooms = [room.id for room in school.rooms]
    bad = {room for room in rooms if rng.random() < _BAD_ROOMS.get(trouble, _FEW)}
    if trouble == "bad_rooms":
        bad.add(rooms[0])
    draw = _Draw(rng, school.code, trouble, releases)
    return [
        draw.measuring(index, rooms[index % len(rooms)])
        if index < MEASURING_MACHINES
        else draw.pupils(index, rooms[index % len(rooms)], bad_room=rooms[index % len(rooms)] in bad)
        for index in range(size)
    ]


class _Draw:
    """Draws one machine after another of the same school."""

    def __init__(self, rng: random.Random, school: str, trouble: Trouble, releases: Releases) -> None:
        self._rng = rng
        self._school = school
        self._trouble = trouble
        self._releases = releases

    def measuring(self, index: int, room: str) -> SimulatedDevice:
        """A stationary machine on cable: kept in order, as somebody depends on it."""
        model = model_for(self._rng, small_screen=False, stationary=True)
        return SimulatedDevice(
            label=self._label(index),
            school=self._school,
            room=room,
            device=device_facts(model, self._rng),
            browsers=browser_facts(model, self._releases, self._rng, neglected=False),
            wireless=None,
            on_battery=False,
            measures_line=True,
            silent_days=self._silent_days(_SILENT.get(self._trouble, 0.0)),
        )

    def pupils(self, index: int, room: str, *, bad_room: bool) -> SimulatedDevice:
        """A pupil's machine, with the faults that such machines have."""
        rng = self._rng
        model = model_for(rng, small_screen=rng.random() < _FEW, stationary=False)
        neglected = (self._trouble == "old_browsers" and index % 5 < 3) or rng.random() < _FEW
        return SimulatedDevice(
            label=self._label(index),
            school=self._school,
            room=room,
            device=device_facts(model, rng),
            browsers=browser_facts(model, self._releases, rng, neglected=neglected),
            wireless=_wireless(rng, f"{self._school}/{room}", bad_room=bad_room),
            on_battery=rng.random() < 0.5,
            measures_line=False,
            clock_offset_s=rng.choice((-86_400.0, -3_600.0, 3_600.0)) if rng.random() < _FEW else 0.0,
            silent_days=self._silent_days(_SILENT.get(self._trouble, _FEW)),
            failing_probe=rng.choice(that_break()) if rng.random() < _FEW / 2 else None,
        )

    def _label(self, index: int) -> str:
        return f"{self._school}-{index + 1:04d}"

    def _silent_days(self, share: float) -> int:
        return self._rng.randint(15, 40) if self._rng.random() < share else 0


def _wireless(rng: random.Random, place: str, *, bad_room: bool) -> SimulatedWireless:
    """The link to the room's access point: one per room, on a channel of its own."""
    signal_dbm = rng.gauss(-77, 3) if bad_room else rng.gauss(-57, 5)
    access_point = random.Random(place)
    channel = access_point.choice((36, 40, 44, 48, 52, 56, 60, 64, 100, 104, 108, 112))
    address = ":".join(f"{access_point.randrange(256):02x}" for _ in range(5))
    return SimulatedWireless(
        signal_dbm=round(min(-35.0, max(-88.0, signal_dbm)), 1),
        frequency_mhz=5000 + 5 * channel,
        channel=channel,
        width_mhz=40,
        phy_mbit_s=round(min(574.0, max(14.0, 574.0 * 10 ** ((signal_dbm + 55) / 22))), 1),
        bssid=f"02:{address}",
    )
