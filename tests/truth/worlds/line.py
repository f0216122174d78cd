"""A line to the internet and those who use it. Rates in Mbit/s, always as (down, up)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.truth.worlds.days import local

Rates = tuple[float, float]
Factor = Callable[[datetime], float]

BUSY = {8: 0.7, 9: 1.0, 10: 0.95, 11: 0.8, 12: 0.6, 13: 1.0, 14: 0.9, 15: 0.5}
"""How much others use the line, by clock hour of a school day; what is not here is a night or a weekend."""
QUIET = 0.03
STRETCH_S = 300
"""What others do stays alike for so long."""
_DRAWN = 1_009


def always(_: datetime) -> float:
    """As ever."""
    return 1.0


def holding(_: datetime) -> bool:
    """Nothing breaks."""
    return False


@dataclass
class Noise:
    """A number for each stretch of five minutes, the same whenever it is asked for; around 1, never below a tenth."""

    seed: str
    sigma: float
    _drawn: list[float] = field(default_factory=list)

    def at(self, moment: datetime) -> float:
        """The number of the stretch that the moment lies in."""
        if not self._drawn:
            rng = random.Random(self.seed)
            self._drawn = [max(0.1, rng.gauss(1.0, self.sigma)) for _ in range(_DRAWN)]
        return self._drawn[(int(moment.timestamp()) // STRETCH_S * 7_919) % _DRAWN]


@dataclass
class Others:
    """The people of a school who are not at the test. `each` is what one of them takes in a busy lesson, on average."""

    users: int
    each: Rates
    noise: Noise
    growth: Factor = always

    def load(self, moment: datetime, without: int = 0) -> Rates:
        """What they take, `without` so many who sit the test."""
        clock = local(moment)
        busy = BUSY.get(clock.hour, QUIET) if clock.weekday() < 5 else QUIET
        amount = max(0, self.users - without) * busy * self.noise.at(moment) * self.growth(moment)
        return amount * self.each[0], amount * self.each[1]


@dataclass
class Line:
    """`rates` is what it carries, times `factor`; 0 of that is an outage. Others give way to a run by the share
    `gives_way` of what they take. What lies `beyond` the measurement point carries no more than that. `breaks`: when
    whatever loads the line breaks off. Where it `hides_queue`, a full line does not show in others' round trips.
    """

    rates: Rates
    others: list[Others]
    noise: Noise
    gives_way: float = 0.1
    factor: Factor = always
    beyond: Rates = (1e9, 1e9)
    breaks: Callable[[datetime], bool] = holding
    hides_queue: bool = False

    def carries(self, moment: datetime) -> Rates:
        """All that gets to the measurement point."""
        part = self.factor(moment) * self.noise.at(moment)
        return self.rates[0] * part, self.rates[1] * part

    def is_dead(self, moment: datetime) -> bool:
        """Nobody gets anywhere."""
        return self.factor(moment) <= 0.0

    def load(self, moment: datetime) -> Rates:
        """What everybody takes when nobody sits a test."""
        loads = [one.load(moment) for one in self.others]
        return sum(down for down, _ in loads), sum(up for _, up in loads)

    def run(self, moment: datetime, ceiling: Rates) -> Rates:
        """What a test gets that fills the line, from a machine that gets no more than `ceiling` itself."""
        got = []
        for carried, load, most in zip(self.carries(moment), self.load(moment), ceiling, strict=True):
            free = carried - load + self.gives_way * load
            got.append(min(most, max(free, 0.05 * carried)))
        return got[0], got[1]

    def left(self, moment: datetime, missing: Callable[[Others], int]) -> Rates:
        """What is left for those who sit, on the whole way to the service; others who sit are `missing`."""
        if self.breaks(moment):
            return 0.0, 0.0
        loads = [one.load(moment, missing(one)) for one in self.others]
        down, up = self.carries(moment)
        return (
            min(down, self.beyond[0]) - sum(load[0] for load in loads),
            min(up, self.beyond[1]) - sum(load[1] for load in loads),
        )
