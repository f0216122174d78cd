"""Seeded samples of what arrives over lines of many kinds, for tests that hold two engines to the same numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from agent.throughput.timeline import MARK_S, Lane, Timeline


class Sample(NamedTuple):
    """Arrivals as (moment in seconds, bytes in all), from `start_s` on, and how they are to be looked at."""

    kind: str
    start_s: float
    resolution_s: float
    arrivals: list[tuple[float, int]]
    rtt_s: float
    to_s: float | None

    def timeline(self) -> Timeline:
        """As an engine sees it."""
        made = Timeline(self.start_s, self.resolution_s)
        for moment_s, total in self.arrivals:
            made.add(moment_s, total)
        return made


Rate = Callable[[random.Random, int], float]


def _carrying_over(share: float) -> Rate:
    """Noise that resembles what came before it."""
    held = 0.0

    def rate(drawn: random.Random, place: int) -> float:
        nonlocal held
        held = share * held + drawn.gauss(0, 12) if place else 0.0
        return max(0.0, 100 + held)

    return rate


KINDS: dict[str, Rate] = {
    "steady": lambda drawn, _: max(0.0, drawn.gauss(80, 8)),
    "wild": lambda drawn, _: drawn.expovariate(1 / 50),
    "slow start": lambda drawn, place: min(2.0**place, 90) * drawn.uniform(0.9, 1.1),
    "bucket of tokens": lambda drawn, place: (400 if place < 25 else 30) * drawn.uniform(0.95, 1.05),
    "drifting": lambda drawn, place: 20 + place / 3 + drawn.gauss(0, 2),
    "broken": lambda drawn, place: 60 * drawn.uniform(0.9, 1.1) if place < 90 else 0.0,
    "held back and let go": lambda drawn, place: drawn.choice([0.0, 0.0, 150.0]),
    "thin": lambda drawn, _: drawn.choice([0.0, 0.6, 1.2]),
    "resembling": _carrying_over(0.7),
}


def samples(seed: int, count: int) -> Iterator[Sample]:
    """So many, of all kinds in turn."""
    drawn = random.Random(seed)
    for number in range(count):
        kind = list(KINDS)[number % len(KINDS)]
        start_s = drawn.uniform(0, 100_000)
        arrivals = _arrivals(KINDS[kind], drawn, start_s)
        waited_s = drawn.choice([None, 0.0, 0.05, 0.7])
        to_s = None if waited_s is None else arrivals[-1][0] + waited_s
        resolution_s = drawn.choice([MARK_S, MARK_S, 0.01, 0.1])
        yield Sample(kind, start_s, resolution_s, arrivals, drawn.choice([0.0, 0.004, 0.03, 0.2]), to_s)


def _arrivals(rate: Rate, drawn: random.Random, start_s: float) -> list[tuple[float, int]]:
    """Steps between a third of a millisecond, so that several share a mark, and twelve."""
    made, moment_s, total = [], start_s, 0
    for place in range(drawn.randint(3, 260)):
        step_s = drawn.uniform(0.0003, 0.012)
        moment_s += step_s
        total += int(rate(drawn, place) * step_s * 1e6 / 8)
        made.append((moment_s, total))
    return made


def lanes(seed: int, count: int) -> Iterator[list[Lane]]:
    """So many runs of two to six connections, each with a count of its own, some with pauses, some hardly together."""
    drawn = random.Random(seed)
    for _ in range(count):
        began_s = drawn.uniform(0, 100_000)
        yield [_lane(drawn, began_s + drawn.uniform(0, 0.3)) for _ in range(drawn.randint(2, 6))]


def _lane(drawn: random.Random, start_s: float) -> Lane:
    marks, moment_s, total = [], start_s, 0
    for _ in range(drawn.randint(1, 120)):
        moment_s += drawn.choice(
            [drawn.uniform(0.01, 0.012), 0.0, drawn.uniform(0.05, 0.2)] if drawn.random() < 0.1 else [0.0101]
        )
        total += drawn.randint(0, 60_000)
        marks.append((moment_s, total))
    return Lane(start_s, marks)
