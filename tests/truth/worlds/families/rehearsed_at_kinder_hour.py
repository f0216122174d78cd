"""A rehearsal is held when the line is kinder: in another hour, on another weekday, or while many are away."""

from __future__ import annotations

from datetime import date, datetime

from tests.truth.worlds.days import local
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.line import Factor
from tests.truth.worlds.slowness import slow_in
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def away_on(day: date, share: float) -> Factor:
    """So much less is done on that day."""

    def growth(moment: datetime) -> float:
        return share if local(moment).date() == day else 1.0

    return growth


def build(draw: Draw) -> World:
    """Which of them, is drawn."""
    draw.watched = draw.rng.randint(6, 10)
    school = draw.school(pupils=draw.rng.randint(8, 60))
    sitting = draw.sitting(school, hour=float(draw.rng.choice((9, 10, 13))))
    kind = draw.rng.choice(("hour", "weekday", "away"))
    day, hours = [one for one in draw.days[:-1] if one.weekday() == sitting.day.weekday()][-1], [sitting.hour]
    if kind == "hour":
        school.line.factor = slow_in(draw.rng.uniform(0.2, 0.5), hours={int(sitting.hour)})
        hours = [14.0 if sitting.hour < 12 else 11.0]
    elif kind == "weekday":
        school.line.factor = slow_in(draw.rng.uniform(0.2, 0.5), weekdays={sitting.day.weekday()})
        day = next(one for one in draw.days if one.weekday() != sitting.day.weekday())
    draw.fit([sitting], draw.headroom())
    if kind == "away":
        school.others.growth = away_on(day, draw.rng.uniform(0.1, 0.6))
    draw.rehearse(sitting, day=day, hours=hours)
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
