"""The line is slow in one hour of one weekday: a film club, a backup on Tuesdays."""

from __future__ import annotations

from tests.truth.worlds.draw import Draw
from tests.truth.worlds.slowness import slow_in
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """Two weeks are watched, so the hour was seen twice. Where the sitting holds, it may be another weekday."""
    draw.watched = 10
    school, weekday = draw.school(), draw.rng.randrange(5)
    sitting = draw.sitting(school, draw.later_on(weekday), hour=draw.rng.choice((9.0, 10.0, 13.0)))
    elsewhere = draw.holds and draw.rng.random() < 0.3
    slow_on = (weekday + 1) % 5 if elsewhere else weekday
    school.line.factor = slow_in(draw.rng.uniform(0.15, 0.4), hours={int(sitting.hour)}, weekdays={slow_on})
    draw.fit([sitting], draw.headroom(), up=draw.plenty())
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
