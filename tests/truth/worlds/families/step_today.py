"""Since some hour of today the line is another: something broke, or somebody began to share it; or it was mended."""

from __future__ import annotations

from tests.truth.worlds.days import at
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.slowness import slow_since
from tests.truth.worlds.watching import Watch
from tests.truth.worlds.world import World


def build(draw: Draw) -> World:
    """A step down makes it fail, or leaves enough; where the sitting holds, it may also be a step up."""
    school = draw.school()
    sitting = draw.sitting(school)
    share = draw.rng.uniform(1.5, 3.0) if draw.holds and draw.rng.random() < 0.3 else draw.rng.uniform(0.15, 0.5)
    school.line.factor = slow_since(share, at(draw.days[-1], draw.rng.choice((8, 11, 13))))
    draw.fit([sitting], draw.headroom(), up=draw.plenty())
    return World([school], [sitting], Watch(draw.days), [draw.asked_at])
