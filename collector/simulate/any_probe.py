"""What a probe finds that nobody has said more of: each fact drawn by its type, unit and bounds. Pure."""

from __future__ import annotations

import math
import random

from agent.protocol.facts import Declaration, FactSpec
from agent.protocol.wire import Facts, FactValue
from collector.simulate.probe import Moment, SimulatedProbe

USUAL_S = 0.5
MOSTLY = 0.9
WIDE = 1_000.0
"""Where the highest that can be true is more than so many times the lowest, a value is of any order of magnitude."""


def by_declaration(name: str, declared: Declaration) -> SimulatedProbe:
    """A simulated probe for what is declared. What is about the device stays as it is from one report to the next."""

    def draw(moment: Moment) -> Facts:
        is_kept = declared.about == "device"
        rng = random.Random(f"{moment.device.label}/{name}") if is_kept else moment.rng
        return {spec.name: _value(spec, rng) for spec in declared.facts}

    return SimulatedProbe(usual_s=USUAL_S, draw=draw)


def _value(spec: FactSpec, rng: random.Random) -> FactValue:
    if spec.type == "bool":
        return rng.random() < MOSTLY
    if spec.type == "str":
        return f"{rng.randint(1, 20)}.{rng.randint(0, 9)}" if spec.name.endswith("_version") else "simulated"
    number = _number(spec, rng)
    return round(number) if spec.type == "int" else number


def _number(spec: FactSpec, rng: random.Random) -> float:
    low = 0.0 if spec.minimum is None else spec.minimum
    high = max(low, 100.0) if spec.maximum is None else spec.maximum
    least = max(low, 1.0)
    if low >= 0 and high > WIDE * least:
        return min(high, max(low, round(math.exp(rng.uniform(math.log(least), math.log(high))), 2)))
    return min(high, max(low, round(rng.uniform(low, high), 2)))
