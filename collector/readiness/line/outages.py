"""Times at which a school's machines were awake and reached nothing: a line that carried nothing. Pure.

Machines climb a ladder from their own link to the test service and keep what they found until somebody hears it. Where
one finds that it ends at the school, and nobody got beyond it within a few minutes, that is a zero of the line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from collector.readiness.domain.model import Observation
from collector.readiness.domain.strands import Strand, strands_of
from collector.readiness.line.samples import LineSample

PROBE = "ladder"
OUTSIDE = "internet"
"""The kind of the rung that shows whether anything beyond the school answers."""
NEAR = timedelta(minutes=4)
"""Who got out so shortly before or after shows that it was not the line."""
HOUR = timedelta(hours=1)
LONGEST_H = 24
"""Of what a machine saw unchanged for longer, the ends count."""


def outages(ladders: Iterable[Observation]) -> list[LineSample]:
    """A zero for each time at which a machine found nothing outside, and none found something; it carries no name."""
    reached: list[datetime] = []
    failed: set[datetime] = set()
    for strand in strands_of(ladders):
        out, nothing = strand.once(_tried_at)
        reached += out
        failed |= nothing
    if not failed:
        return []
    reached.sort()
    return [LineSample(at, "", 0.0, 0.0) for at in sorted(failed) if not _is_near(reached, at)]


def _tried_at(strand: Strand) -> tuple[list[datetime], frozenset[datetime]]:
    """When its machine certainly found something outside, and when nothing: of what it found again and again, nobody
    knows that it would have found it in between as well, so that counts for what is bad alone.
    """
    failed = {at for one in strand if _got_out(one) is False for at in _times(one)}
    return list(strand.once(times_out)), frozenset(failed)


def when_reached(ladders: Iterable[Observation]) -> list[datetime]:
    """Times at which a machine reached something outside."""
    return [at for strand in strands_of(ladders) for at in strand.once(times_out)]


def times_out(strand: Strand) -> Sequence[datetime]:
    """Those of one machine."""
    return [at for one in strand if _got_out(one) for at in (one.first_at, one.last_at)]


def near_to(times: Iterable[datetime]) -> Callable[[datetime], bool]:
    """Whether one of the times lies within a few minutes of another."""
    reached = sorted(times)
    return lambda at: _is_near(reached, at)


def _is_near(reached: list[datetime], at: datetime) -> bool:
    place = bisect_left(reached, at - NEAR)
    return place < len(reached) and reached[place] <= at + NEAR


def _got_out(one: Observation) -> bool | None:
    """Whether the machine reached anything outside; None where it did not get so far as to try."""
    tried = [row.get("status") for row in one.rows if row.get("kind") == OUTSIDE]
    if one.status != "ok" or not tried or any(status == "not_reached" for status in tried):
        return None
    return any(status in {"ok", "slow"} for status in tried)


def _times(one: Observation) -> Iterator[datetime]:
    """Its first time and its last, and each hour between, as it stood unchanged."""
    at = one.first_at
    while one.last_at - one.first_at <= LONGEST_H * HOUR and at < one.last_at:
        yield at
        at += HOUR
    yield from {one.first_at, one.last_at}
