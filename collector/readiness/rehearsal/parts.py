"""What became of each who took part, held against what a pupil needs. Pure.

A participant that broke off, or got less than it asked for, failed. One that got what it asked for, and asked for less
than a pupil needs, shows nothing either way; nor does one that nobody counted. Who came late or was not let in had no
chance, and is as if away.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from collector.readiness.domain.model import Participant, Rehearsal
from collector.readiness.domain.school_days import SchoolDays
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.evidence.rehearsals import HeldRehearsal

NO_CHANCE = frozenset(("late", "clock_jumped", "token_refused", "measurement_refused", "measurement_redirected"))
"""Codes of participants that never began, for no fault of what is rehearsed."""
GRAIN = 0.98
"""The share of what was asked for that counts as all of it: what is sent and what is counted are not cut alike."""


class PupilNeed(NamedTuple):
    """What one pupil takes, in Mbit/s."""

    down: float
    up: float


class Part(IntEnum):
    """What became of a participant."""

    FAILED = 0
    OPEN = 1
    CARRIED = 2


def part_of(one: Participant, record: Rehearsal, need: PupilNeed) -> Part | None:
    """None where it had no chance."""
    if one.code in NO_CHANCE:
        return None
    if one.code is not None or one.broken is not None:
        return Part.FAILED
    return min(
        _one_way(one.down_mbit_s, record.down_mbit_s * one.pupils, need.down * one.pupils),
        _one_way(one.up_mbit_s, record.up_mbit_s * one.pupils, need.up * one.pupils),
    )


def _one_way(counted: float | None, asked: float, need: float) -> Part:
    if counted is None:
        return Part.CARRIED if need <= 0 else Part.OPEN
    if counted < GRAIN * min(asked, need):
        return Part.FAILED
    return Part.CARRIED if counted >= need else Part.OPEN


def is_short(one: Participant, counted: float | None, asked: float) -> bool:
    """Whether it got less than it asked for in one direction, of `asked` a pupil in Mbit/s."""
    if one.broken is not None or one.code in NO_CHANCE:
        return False
    return one.code is not None or (counted is not None and counted < GRAIN * asked * one.pupils)


def held_back_together(found: Iterable[HeldRehearsal]) -> bool:
    """Whether what all rooms share, the line or what lies beyond it, gave too little: at least half of the participants
    of each room were short, in two rooms or more. Where there is one room, nobody can tell it from the room.
    """
    rooms: dict[tuple[str, str | None], list[bool]] = {}
    for one in found:
        for part in one.counts:
            short = is_short(part, part.down_mbit_s, one.record.down_mbit_s)
            short = short or is_short(part, part.up_mbit_s, one.record.up_mbit_s)
            rooms.setdefault((one.record.school, part.room), []).append(short)
    return len(rooms) > 1 and all(2 * sum(short) >= len(short) for short in rooms.values())


DAYS_OF_A_SCHOOL_DAY = 3
"""So many days of any kind may pass for each school day that a rehearsal speaks for: more than Christmas takes, and
less than a summer, after which no network is what it was.
"""


def still_stands(one: HeldRehearsal, observed: EvidenceIndex, school_days: float) -> bool:
    """Whether it is not too old to speak for anything. What it speaks against is never too old."""
    return is_recent(one.record.ends_at, observed.now, observed.school_days, school_days)


def is_recent(ended_at: datetime, now: datetime, days: SchoolDays, school_days: float) -> bool:
    """The same of one that ended then."""
    return days.is_new(ended_at, now, school_days, DAYS_OF_A_SCHOOL_DAY * school_days)
