"""The line dies now and then. What machines found meanwhile comes in when it lives again."""

from __future__ import annotations

from datetime import datetime

from tests.truth.worlds.days import local
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.line import Factor
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def dead(hour: float, minutes: float, days: set[int]) -> Factor:
    """From that hour on for so many minutes on these weekdays (Monday is 0)."""

    def factor(moment: datetime) -> float:
        clock = local(moment)
        since = (clock.hour - hour) * 60 + clock.minute
        return 0.0 if 0 <= since < minutes and clock.weekday() in days else 1.0

    return factor


def build(draw: Draw) -> World:
    """It fails where the line dies every day in the sitting's hour, and holds where it does so in the evening."""
    school = draw.school()
    sitting = draw.sitting(school, hour=draw.rng.choice((9.0, 10.0, 13.0)))
    minutes = draw.rng.uniform(10, 25) if draw.near else draw.rng.uniform(30, 59)
    draw.fit([sitting], draw.plenty(), up=draw.plenty())
    school.line.factor = dead(20, 110, set(range(7))) if draw.holds else dead(sitting.hour, minutes, set(range(5)))
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
