"""A rehearsal in a world: who sits where, asks for what, gets what of air and line, and whom it holds up."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.truth.worlds.air import DEAD_DBM, FULL, Room
from tests.truth.worlds.machines import LOGIN_VALID_S, Machine
from tests.truth.worlds.results import stamp
from tests.truth.worlds.school import Rehearsing, School
from tests.truth.worlds.sitting import STEP, each_takes, need

REACHED = ("link", "gateway", "dns", "internet", "tls", "login", "service")
LOST_WHEN_FULL = (0.03, 0.1)
Broken = Callable[[Machine], tuple[str | None, str | None]]
"""The rung that a machine does not get past, and why."""


@dataclass(frozen=True)
class Seat:
    """Who sits where."""

    machine: Machine
    room: Room
    number: int


def seats_of(school: School, plan: Rehearsing) -> list[Seat]:
    """Pupils fill the rooms in their order, as at a sitting."""
    waiting, found = list(plan.machines), list[Seat]()
    for name in plan.rooms:
        room = school.room(name)
        assert room is not None
        here, waiting = waiting[: room.seats], waiting[room.seats :]
        found += [Seat(machine, room, number) for number, machine in enumerate(here)]
    return found


@dataclass
class Hold:
    """So many `times` what a pupil needs, held for some minutes by all who sit."""

    rng: random.Random
    school: School
    seats: Sequence[Seat]
    begins_at: datetime
    minutes: int
    times: float
    broken: Broken

    def __post_init__(self) -> None:
        """Who asks for anything: whoever gets to the test, and has a link."""
        self.asking = [one for one in self.seats if not self._is_cut_off(one) and self.broken(one.machine)[0] is None]

    def _is_cut_off(self, seat: Seat) -> bool:
        radio, links = seat.room.radio, seat.room.links
        return radio is not None and links[seat.number % len(links)].signal_dbm < DEAD_DBM

    @property
    def stretches(self) -> Iterator[datetime]:
        """Every five minutes of it."""
        moment = self.begins_at
        while moment < self.begins_at + timedelta(minutes=self.minutes):
            yield moment
            moment += STEP

    def wanted(self) -> tuple[float, float]:
        """What all ask for of the line, down and up, as far as the air of their rooms lets it through."""
        parts = [self._air(one.room) for one in self.asking]
        return self.times * need().down * sum(parts), self.times * need().up * sum(parts)

    def _air(self, room: Room) -> float:
        """The share of what is asked for that a room's air carries."""
        if room.radio is None:
            return 1.0
        links = [room.links[one.number % len(room.links)] for one in self.asking if one.room is room]
        taken = sum(self.times * each_takes() / link.carries for link in links)
        return min(1.0, max(0.0, FULL - room.radio.busy) / taken) if taken else 1.0

    def line_gives(self, moment: datetime) -> tuple[float, float]:
        """The share of it that the line lets through, down and up."""
        line, wanted = self.school.line, self.wanted()
        if line.is_dead(moment) or line.breaks(moment):
            return 0.0, 0.0
        loads = [one.load(moment, self._sitters(one)) for one in line.others]
        shares = []
        for way in (0, 1):
            load = sum(one[way] for one in loads)
            free = line.carries(moment)[way] - (1 - line.gives_way) * load
            shares.append(min(1.0, max(0.0, free) / wanted[way]) if wanted[way] else 1.0)
        return shares[0], shares[1]

    def _sitters(self, others: object) -> int:
        return len(self.asking) if others is self.school.others else 0

    def is_full(self) -> bool:
        """Whether the line was, at any time of it: whoever does not take part waits."""
        line, wanted = self.school.line, self.wanted()
        for moment in self.stretches:
            loads = [one.load(moment, self._sitters(one)) for one in line.others]
            if any(sum(load[way] for load in loads) + wanted[way] > line.carries(moment)[way] for way in (0, 1)):
                return True
        return False

    def shows_full(self) -> bool:
        """Whether those who wait can tell."""
        return self.is_full() and not self.school.line.hides_queue

    def share_of(self, begin: datetime, end: datetime) -> float:
        """How much of that time it went on."""
        both = min(end, self.begins_at + timedelta(minutes=self.minutes)) - max(begin, self.begins_at)
        return max(timedelta(0), both) / (end - begin)

    def moved(self) -> tuple[float, float]:
        """What all got of the line, down and up, in its first five minutes."""
        gives, wanted = self.line_gives(self.begins_at), self.wanted()
        return gives[0] * wanted[0], gives[1] * wanted[1]

    def told(self, name: str, sitting: str) -> dict[str, Any]:
        """The record."""
        ends_at = self.begins_at + timedelta(minutes=self.minutes)
        record: dict[str, Any] = {
            "id": name,
            "sitting": sitting,
            "from": stamp(self.begins_at),
            "until": stamp(ends_at),
        }
        record |= {"down_mbit_s": self.times * need().down, "up_mbit_s": self.times * need().up}
        return record | {"participants": [self._participant(one) for one in self.seats], "others": self._others()}

    def _participant(self, seat: Seat) -> dict[str, Any]:
        told: dict[str, Any] = {"device_id": seat.machine.id, "room": seat.room.id}
        rung, code = self.broken(seat.machine)
        if self._is_cut_off(seat):
            return told | {"reached": ["link"], "code": "stalled", "down_mbit_s": 0.0, "up_mbit_s": 0.0}
        if rung is not None:
            return told | {"reached": list(REACHED[: REACHED.index(rung)]), "broken": rung, "code": code}
        slowest = [min(shares) for shares in zip(*(self.line_gives(moment) for moment in self.stretches), strict=True)]
        air, takes = self._air(seat.room), need()
        got = [self.times * each * air * share for each, share in zip((takes.down, takes.up), slowest, strict=True)]
        told |= {"reached": list(REACHED), "down_mbit_s": round(got[0], 4), "up_mbit_s": round(got[1], 4)}
        return told if min(slowest) > 0 else told | {"code": "no_answer"}

    def _others(self) -> dict[str, Any]:
        before = self.rng.uniform(12.0, 18.0)
        if self.shows_full():
            meanwhile, lost = before * self.rng.uniform(3.0, 8.0), self.rng.uniform(*LOST_WHEN_FULL)
        else:
            meanwhile, lost = before * self.rng.uniform(0.95, 1.35), 0.0
        told = {"rtt_before_ms": before, "rtt_meanwhile_ms": meanwhile, "loss_meanwhile_ratio": lost}
        return {name: round(value, 3) for name, value in told.items()}


def holds(rng: random.Random, school: School, plan: Rehearsing, broken: Broken) -> Iterator[Hold]:
    """One after the other, each with more, until somebody is held up: who leads it stops there."""
    seats, begins_at = seats_of(school, plan), plan.begins_at
    for minutes, times in plan.loads:
        hold = Hold(rng, school, seats, begins_at, minutes, times, broken)
        yield hold
        begins_at += timedelta(minutes=minutes, seconds=20)
        if hold.shows_full() or min(hold.line_gives(hold.begins_at)) < 1:
            return


def is_turned_away(machine: Machine) -> bool:
    """By a login that is valid for minutes."""
    return abs(machine.clock_ahead_s) >= LOGIN_VALID_S
