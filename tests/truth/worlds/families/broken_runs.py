"""Runs break off: because the line does whenever it is loaded, or because the measurement point was not there."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def now_and_then(seed: str, share: float) -> Callable[[datetime], bool]:
    """In that share of all stretches of five minutes, the same ones whenever it is asked."""
    return lambda moment: random.Random(f"{seed}/{int(moment.timestamp()) // 300}").random() < share


def build(draw: Draw) -> World:
    """Where the sitting holds, it is our own fault, on one day or in so many cases; and there is plenty of line."""
    school = draw.school()
    sitting = draw.sitting(school)
    draw.fit([sitting])
    watch = Watch(draw.days)
    if not draw.holds:
        share = draw.rng.uniform(0.3, 0.5) if draw.near else draw.rng.uniform(0.6, 1.0)
        school.line.breaks = now_and_then(draw.name, share)
        return World([school], [sitting], watch, [draw.asked_at])
    away_on, away = draw.rng.choice(draw.days), now_and_then(draw.name, draw.rng.uniform(0.05, 0.3))
    watch.breaks = lambda moment: (
        "measurement_point_away" if (moment.date() == away_on if draw.near else away(moment)) else None
    )
    return World([school], [sitting], watch, [draw.asked_at])
