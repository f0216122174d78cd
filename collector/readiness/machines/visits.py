"""How many machines a school's browsers are at least. Pure.

To the collector each browser profile is a device, so a machine that pupils share in turn looks like several. But one
machine has one page in sight at a time: browsers whose visits overlap are as many machines. The page marks each visit
while it stays in sight (collector/web_probe/static/presence.js).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.readiness.domain.model import Figure, Observation
from collector.readiness.evidence.index import EvidenceIndex, is_fresh

VISIT_PROBE = "visit"
"""The marks of a visit. They are the same throughout it and no other has them, so one observation is one visit."""

CLOCK_TOLERANCE = timedelta(seconds=60)
"""The collector leaves a clock that is off by no more than this as it is, and corrects it beyond. The marks of two
visits to one machine may fall on either side, so the end of a visit counts only so much earlier.
"""


@dataclass(frozen=True)
class Crowd:
    """The most browsers that were at it at once, and when that was first so; None where no two were."""

    browsers: int
    at: datetime | None = None


def largest_crowd(observed: EvidenceIndex, browsers: Collection[str], days: Figure) -> Crowd:
    """The most of these browsers with the page in sight at one moment, by visits not older than `days`: they are at
    least so many machines. One visit alone shows one.
    """
    here: Counter[str] = Counter()
    crowd = Crowd(min(1, len(browsers)))
    for at, ends, browser in sorted(_comings_and_goings(observed, browsers, days)):
        here[browser] += -1 if ends else 1
        if here[browser] == 0:
            del here[browser]
        if len(here) > crowd.browsers:
            crowd = Crowd(len(here), at)
    return crowd


def _comings_and_goings(
    observed: EvidenceIndex, browsers: Collection[str], days: Figure
) -> list[tuple[datetime, bool, str]]:
    """At the same moment whoever comes sorts before whoever goes."""
    wanted, found = frozenset(browsers), list[tuple[datetime, bool, str]]()
    for visit in observed.by_probe.get(VISIT_PROBE, []):
        ends_at = _surely_until(visit)
        if visit.device_id in wanted and is_fresh(visit, observed.now, days) and ends_at >= visit.first_at:
            found += [(visit.first_at, False, visit.device_id), (ends_at, True, visit.device_id)]
    return found


def _surely_until(visit: Observation) -> datetime:
    return visit.last_at - CLOCK_TOLERANCE
