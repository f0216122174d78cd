"""Chance, and the usual school that families change: small, in order, its line fitted to what a world wants to show."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.truth.worlds.air import Link, Radio, Room
from tests.truth.worlds.days import FIRST_MONDAYS, at, school_days
from tests.truth.worlds.line import Line, Noise, Others
from tests.truth.worlds.machines import Machine
from tests.truth.worlds.school import LOADS, Rehearsing, School, Way
from tests.truth.worlds.sitting import Sitting, rates_for

SEATS = 16
ASKED_AT = 16.6
"""After the last lesson."""
HIDES_QUEUE = 0.2
"""The share of routers that give each its turn: a full line does not show in others' round trips."""
SHORT_LOADS = ((10, 1.35), (3, 2.0), (3, 3.0), (3, 4.5), (3, 6.5))
"""For half an hour."""
SPARE = 1.25
"""Machines for a pupil, where nothing else is said."""


@dataclass
class Draw:
    """`holds` and `near` say which world is wanted: whether the sitting could be held, and whether it is a close thing.
    What is true is not this but what the simulation of the sitting says.
    """

    rng: random.Random
    holds: bool
    near: bool
    name: str
    watched: int = field(init=False)
    first: date = field(init=False)

    def __post_init__(self) -> None:
        """Which days are watched."""
        self.watched = self.rng.randint(6, 10)
        self.first = self.rng.choice(FIRST_MONDAYS) + timedelta(days=self.rng.randrange(5))

    # --- times ----------------------------------------------------------------------------------------------------

    @property
    def days(self) -> list[date]:
        """The school days that are watched."""
        return school_days(self.first, self.watched)

    @property
    def asked_at(self) -> datetime:
        """When somebody asks: after school on the last of them."""
        return at(self.days[-1], ASKED_AT)

    def later(self, least: int = 2, most: int = 8) -> date:
        """A school day after that, for the sitting."""
        return school_days(self.days[-1] + timedelta(days=1), most)[self.rng.randint(least, most) - 1]

    def later_on(self, weekday: int) -> date:
        """The first such weekday after that, two days ahead at least."""
        return next(day for day in school_days(self.days[-1] + timedelta(days=2), 9) if day.weekday() == weekday)

    # --- how much -------------------------------------------------------------------------------------------------

    def headroom(self) -> float:
        """How many times over there shall be what is needed."""
        if self.holds:
            return self.rng.uniform(1.03, 1.7) if self.near else self.rng.uniform(1.8, 5.0)
        return self.rng.uniform(0.82, 0.96) if self.near else self.rng.uniform(0.25, 0.7)

    def close(self) -> float:
        """How many times over there shall be what is needed, of what varies little."""
        if self.holds:
            return self.rng.uniform(1.05, 1.4) if self.near else self.rng.uniform(1.8, 4.0)
        return self.rng.uniform(0.82, 0.96) if self.near else self.rng.uniform(0.25, 0.7)

    def plenty(self) -> float:
        """Enough, where it is not what the world is about."""
        return self.rng.uniform(1.9, 4.0)

    def count(self, pupils: int) -> int:
        """Machines for so many pupils."""
        if self.holds:
            return pupils + (self.rng.randint(0, 3) if self.near else self.rng.randint(4, 8))
        return pupils - (1 if self.near else max(2, pupils // self.rng.randint(2, 4)))

    # --- the usual school -----------------------------------------------------------------------------------------

    def school(self, number: int = 1, pupils: int | None = None, machines: int | None = None) -> School:
        """A school in order, whose line is not fitted yet."""
        rng = self.rng
        pupils = pupils or rng.randint(8, 20)
        younger, staff = rng.randint(2 * pupils, 5 * pupils), rng.randint(4, 12)
        each = rng.lognormvariate(-1.9, 0.6)
        others = Others(
            pupils + younger + staff, (each, each * rng.uniform(0.1, 0.3)), self.noise(f"others{number}", 0.25)
        )
        code = f"9900{rng.randrange(10_000):04d}"[:7] + str(number)
        far = self.asked_at + timedelta(days=400)
        school = School(
            code=code,
            name=f"Skola {number}",
            pupils=pupils,
            younger=younger,
            staff=staff,
            rooms=self.rooms(pupils, code),
            line=Line((0.0, 0.0), [others], self.noise(f"line{number}", 0.02), gives_way=rng.uniform(0.0, 0.3)),
            others=others,
            way=Way(service_until=far, login_until=far, metadata_until=far),
            has_counters=rng.random() < 0.25,
        )
        school.machines = self.machines(school, machines or round(pupils * SPARE) + 1)
        return school

    def noise(self, name: str, sigma: float) -> Noise:
        """Of this world."""
        return Noise(f"{self.name}/{name}", sigma)

    def rooms(self, pupils: int, code: str, times: int = 1) -> list[Room]:
        """As many as the pupils fill, so many `times`, each with a good access point."""
        count = -(-pupils // SEATS) * times
        rooms = []
        for number in range(count):
            mac = f"02:{int(code[-4:]) % 256:02x}:00:00:{number:02x}:10"
            radio = Radio(mac, self.rng.choice((36, 44, 52, 100)), busy=self.rng.uniform(0.05, 0.25))
            radio.access_point = f"AP-{code}-{number}"
            links = [Link(round(self.rng.uniform(-63, -46), 1), self.rng.uniform(0.02, 0.12)) for _ in range(SEATS)]
            rooms.append(Room(f"S{number + 1}", SEATS, radio, links))
        return rooms

    def machines(self, school: School, count: int, begin: int = 0) -> list[Machine]:
        """Machines in order, spread over the rooms."""
        rooms = school.rooms
        return [
            Machine(
                id=f"{school.code}-{index}",
                school=school.code,
                room=rooms[index % len(rooms)].id,
                seat=index // len(rooms),
                hardware=f"hw-{school.code}-{index}",
                label=f"m{index}",
            )
            for index in range(begin, begin + count)
        ]

    def sitting(
        self, school: School, day: date | None = None, hour: float | None = None, pupils: int | None = None
    ) -> Sitting:
        """The whole year group in all rooms."""
        hour = hour or float(self.rng.choice((8.5, 9.0, 10.0, 13.0)))
        rooms = [room.id for room in school.rooms]
        return Sitting(f"{school.code}-prov", school, day or self.later(), hour, pupils or school.pupils, rooms)

    def fit(self, sittings: Sequence[Sitting], headroom: float | None = None, up: float | None = None) -> None:
        """Gives the line of these sittings the rates at which the worst of them has this headroom, down or up; in the
        other direction, and by default, there is plenty.
        """
        wanted = [headroom or self.plenty(), up or self.plenty()]
        if headroom is not None and up is None and self.rng.random() < 0.4:
            wanted.reverse()
        needed = [rates_for(one, sittings, wanted[0], wanted[1]) for one in sittings]
        sittings[0].school.line.rates = max(down for down, _ in needed), max(up for _, up in needed)

    # --- rehearsals -------------------------------------------------------------------------------------------------

    def rehearse(self, sitting: Sitting, machines: Sequence[Machine] | None = None, **otherwise: Any) -> None:
        """The year group rehearses, on the last watched day that is the sitting's weekday (or on `day`), in each clock
        hour of the sitting (or at `hours`). By default each pupil sits at a machine that is fit.
        """
        school = sitting.school
        fit = [one for one in school.machines if one.is_fit and one.school == school.code]
        taking_part = list(machines or fit[: sitting.pupils])
        of_weekday = [one for one in self.days[:-1] if one.weekday() == sitting.day.weekday()]
        day: date = otherwise.get("day") or (of_weekday or self.days)[-1]
        hours = [sitting.hour] if sitting.hour == int(sitting.hour) else [sitting.hour, int(sitting.hour) + 1.0]
        school.line.hides_queue = self.rng.random() < HIDES_QUEUE
        for hour in otherwise.get("hours") or hours:
            loads = LOADS if hour == int(hour) else SHORT_LOADS
            begins_at = at(day, hour) + timedelta(minutes=2)
            school.rehearsals.append(Rehearsing(sitting.id, begins_at, sitting.rooms, taking_part, loads))
