"""add_access_point: so many more access points share a room's pupils."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from math import ceil

from collector.readiness.advice.change import Ailing, Change, FixKind, SizedFix
from collector.readiness.advice.situation import seated_otherwise
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import Text

MOST_MORE = 4
OF_RADIOS = frozenset(("room.clients_per_radio", "room.airtime_percent"))
"""What fewer pupils on a radio mend."""


def _options(ailing: Ailing) -> Iterable[SizedFix]:
    room = ailing.finding.room
    if room is not None and ailing.requirement.fact in OF_RADIOS:
        yield SizedFix(partial(_shared, ailing.case, room), most=MOST_MORE, guess=1)


def _shared(case: Assessment, room: str, more: int) -> Change:
    """The radios there keep those who are on them now, and their part of the pupils; new ones take the rest."""
    own = max(1, len(case.seating.air(room).carriers))
    in_room = dict(case.seating.in_room)
    in_room[room] = ceil(in_room.get(room, 0) * own / (own + more))
    what = Text("fix_add_access_point", {"room": case.room_name(room), "more": more})
    return Change([seated_otherwise(case, in_room)], what)


FIX = FixKind("add_access_point", rank=80, options=_options)
