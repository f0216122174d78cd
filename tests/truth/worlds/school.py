"""A school: people, rooms, machines, a line, and the way to the test service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.truth.worlds.air import Room
from tests.truth.worlds.line import Line, Others, Rates
from tests.truth.worlds.machines import Machine


@dataclass
class Way:
    """The way to the test service and its login. The service's certificate ends, the key that the login signs with, and
    the login's metadata; `blocked` is the share of the machines that the service is kept from.
    """

    service_until: datetime
    login_until: datetime
    metadata_until: datetime
    login_works: bool = True
    blocked: float = 0.0


@dataclass(frozen=True)
class Session:
    """Staff let browsers in a room measure under their eyes, for some minutes from then on: those of these `machines`,
    by default the school's, that are there.
    """

    room: str
    begins_at: datetime
    minutes: int = 40
    without_agents: bool = False
    machines: Sequence[Machine] | None = None


LOADS = ((10, 1.35), (3, 1.7), (3, 2.2), (3, 2.9), (3, 3.8), (3, 5.0), (3, 6.5))
"""Of a rehearsal: minutes, and how many times what a pupil needs."""


@dataclass
class Rehearsing:
    """The `machines`, a pupil at each, fill the `rooms` from then on, and ask for one load after the other."""

    sitting: str
    begins_at: datetime
    rooms: list[str]
    machines: list[Machine]
    loads: tuple[tuple[int, float], ...] = LOADS

    @property
    def lasts(self) -> timedelta:
        """At most."""
        return timedelta(minutes=sum(minutes + 1 for minutes, _ in self.loads))


@dataclass
class School:
    """`pupils` are the year group 9, `younger` the year group 8. `has_counters`: network gear tells what the line
    carries; `has_controller`: and what the radios do; `maps_air`: access points stand in the map. `owned` machines and
    the `contract` are what the operator has told, None where nothing. `networks` are the school's own.
    In each of `sessions` the browsers of its room take part. What is held in `rehearsals` is what it says.
    """

    code: str
    name: str
    pupils: int
    younger: int
    staff: int
    rooms: list[Room]
    line: Line
    others: Others
    way: Way
    machines: list[Machine] = field(default_factory=list)
    has_counters: bool = False
    has_controller: bool = False
    maps_air: bool = True
    owned: int | None = None
    contract: Rates | None = None
    networks: list[str] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    rehearsals: list[Rehearsing] = field(default_factory=list)

    def room(self, name: str | None) -> Room | None:
        """The room of that name."""
        return next((room for room in self.rooms if room.id == name), None)
