"""The simulation of a sitting: whether it would succeed, and by what margin. All that is called true is from here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache, partial
from pathlib import Path

import yaml

from tests.truth.worlds.days import at
from tests.truth.worlds.line import Others
from tests.truth.worlds.school import School

SHIPPED = Path(__file__).parents[3] / "config"
PROFILE = "skoldigiguide-2023"
COMFORT = {"down": 1.3, "up": 1.3, "machines": 1.1, "air": 1.3, "way": 1.0}
"""From these margins on nobody would doubt that a sitting can be held: what the requirements ask for."""
STEP = timedelta(minutes=5)


@dataclass(frozen=True)
class Need:
    """What a pupil takes, in Mbit/s, and in the first minute of the test; and in what share of the time a line may be
    short of it, by what the profile asks of lines.
    """

    down: float
    up: float
    burst: float
    short_share: float


@lru_cache(maxsize=1)
def need() -> Need:
    """As the profile asks for."""
    told = yaml.safe_load((SHIPPED / "profiles" / f"{PROFILE}.yaml").read_text("utf-8"))["capacity"]
    burst = told["start_burst_per_pupil"]["value"] * 8 / told["start_burst_within"]["value"]
    down, up, short = (told[name]["value"] for name in ("down_per_pupil", "up_per_pupil", "line_quantile"))
    return Need(down, up, burst, short)


def each_takes() -> float:
    """What a pupil takes of the air, both ways together, in Mbit/s."""
    takes = need()
    return max(takes.down, takes.burst) + takes.up


@dataclass
class Sitting:
    """`pupils` of a school sit in `rooms`, for `minutes` from `hour` by the clock; at the machines of `groups`, if it
    has any, which no other sitting has. They begin in `start_groups`, one in each stretch; of `moves` each says from
    which room to which how many of them go.
    """

    id: str
    school: School
    day: date
    hour: float
    pupils: int
    rooms: list[str]
    minutes: int = 60
    grade: str = "9"
    groups: list[str] = field(default_factory=list)
    start_groups: int = 1
    moves: list[tuple[str, str, int]] = field(default_factory=list)

    @cached_property
    def begins_at(self) -> datetime:
        """In UTC."""
        return at(self.day, self.hour)

    @cached_property
    def ends_at(self) -> datetime:
        """In UTC."""
        return self.begins_at + timedelta(minutes=self.minutes)

    def goes_on(self, moment: datetime) -> bool:
        """Whether pupils sit then."""
        return self.begins_at <= moment < self.ends_at

    def touches(self, other: Sitting) -> bool:
        """Whether they go on at the same time."""
        return self.begins_at < other.ends_at and other.begins_at < self.ends_at


@dataclass(frozen=True)
class Outcome:
    """How many times over there is what the sitting needs: of the line down and up, of machines, of the air in its
    worst room, and of the way to the service (1 or 0). Below 1 it fails.
    """

    margins: dict[str, float]

    @property
    def succeeds(self) -> bool:
        """Whether it could be held."""
        return all(margin >= 1.0 for margin in self.margins.values())

    @property
    def is_comfortable(self) -> bool:
        """Whether all is there that the requirements ask for."""
        return all(margin >= COMFORT[name] for name, margin in self.margins.items())


def held(sitting: Sitting, occasion: Sequence[Sitting]) -> Outcome:
    """What comes of it beside all sittings of the `occasion`, which the world has."""
    beside = [one for one in occasion if one.touches(sitting)]
    down, up = line_margins(sitting, beside)
    return Outcome(
        {
            "down": down,
            "up": up,
            "machines": _machines(sitting, beside),
            "air": air_margin(sitting),
            "way": _way(sitting),
        }
    )


def line_margins(sitting: Sitting, beside: Sequence[Sitting]) -> tuple[float, float]:
    """What there is down and up in all stretches of the sitting but the share that the profile allows."""
    line, downs, ups = sitting.school.line, [], []
    for moment, on_line in _stretches(sitting, beside):
        left_down, left_up = line.left(moment, partial(_sitters, on_line))
        down, up = _wanted(on_line, moment)
        downs.append(left_down / down)
        ups.append(left_up / up)
    short = int(len(downs) * need().short_share)
    return min(9.0, sorted(downs)[short]), min(9.0, sorted(ups)[short])


def left_for(sitting: Sitting, beside: Sequence[Sitting]) -> tuple[float, float]:
    """What is left down and up in all stretches of the sitting but the share that the profile allows, in Mbit/s."""
    stretches = _stretches(sitting, [one for one in beside if one.touches(sitting)])
    left = [sitting.school.line.left(moment, partial(_sitters, on_line)) for moment, on_line in stretches]
    short = int(len(left) * need().short_share)
    return sorted(down for down, _ in left)[short], sorted(up for _, up in left)[short]


def rates_for(sitting: Sitting, beside: Sequence[Sitting], down: float, up: float) -> tuple[float, float]:
    """The rates that the line must have for these margins, if it never stands still."""
    line, downs, ups = sitting.school.line, [], []
    for moment, on_line in _stretches(sitting, beside):
        loads = [one.load(moment, _sitters(on_line, one)) for one in line.others]
        part, wanted = line.factor(moment) * line.noise.at(moment), _wanted(on_line, moment)
        downs.append((sum(load[0] for load in loads) + down * wanted[0]) / part)
        ups.append((sum(load[1] for load in loads) + up * wanted[1]) / part)
    enough = -1 - int(len(downs) * need().short_share)
    return sorted(downs)[enough], sorted(ups)[enough]


def _stretches(sitting: Sitting, beside: Sequence[Sitting]) -> Iterator[tuple[datetime, list[Sitting]]]:
    """Every five minutes of the sitting, with all who sit then on its line."""
    moment = sitting.begins_at
    while moment < sitting.ends_at:
        yield moment, [one for one in beside if one.school.line is sitting.school.line and one.goes_on(moment)]
        moment += STEP


def _sitters(now: Sequence[Sitting], others: Others) -> int:
    return sum(one.pupils for one in now if one.school.others is others)


def _wanted(now: Sequence[Sitting], moment: datetime) -> tuple[float, float]:
    """What all pupils take who sit then."""
    return sum(_down(one, moment) for one in now), sum(one.pupils * need().up for one in now)


def _down(sitting: Sitting, moment: datetime) -> float:
    """Groups begin one in each stretch; those who have begun take what a test takes, those who wait nothing less."""
    takes, begun = need(), (moment - sitting.begins_at) // STEP
    starting = -(-sitting.pupils // sitting.start_groups) if begun < sitting.start_groups else 0
    return starting * max(takes.down, takes.burst) + (sitting.pupils - starting) * takes.down


def _machines(sitting: Sitting, beside: Sequence[Sitting]) -> float:
    """Each machine of the school once, for all who sit at the same time; of a group, for those who sit at that."""
    here = [one for one in beside if one.school is sitting.school and one.groups == sitting.groups]
    fit = {
        one.hardware
        for one in sitting.school.machines
        if one.is_fit and one.school == sitting.school.code and (not sitting.groups or one.group in sitting.groups)
    }
    return min(9.0, len(fit) / sum(one.pupils for one in here))


def air_margin(sitting: Sitting) -> float:
    """Of the worst room; pupils fill the rooms in their order."""
    worst = 9.0
    for name, here in seated(sitting).items():
        room = sitting.school.room(name)
        assert room is not None
        worst = min(worst, room.margin(here, each_takes()))
    return worst


def seated(sitting: Sitting) -> dict[str, int]:
    """How many sit in each room."""
    waiting, found = sitting.pupils, dict[str, int]()
    for name in sitting.rooms:
        room = sitting.school.room(name)
        assert room is not None
        found[name] = min(waiting, room.seats)
        waiting -= found[name]
    for source, target, pupils in sitting.moves:
        found[source] -= min(pupils, found[source])
        found[target] = found.get(target, 0) + pupils
    return found


def _way(sitting: Sitting) -> float:
    """Whether the service and the login hold until the sitting is over, for as many machines as are needed."""
    way = sitting.school.way
    lasts = min(way.service_until, way.login_until, way.metadata_until) > sitting.ends_at
    return 1.0 if lasts and way.login_works and way.blocked <= 0.0 else 0.0
