"""For how many of a sitting's pupils it worked when they rehearsed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.evidence.rehearsals import HeldRehearsal
from collector.readiness.rehearsal.bounds import RehearsedBounds
from collector.readiness.rehearsal.parts import Part, PupilNeed, part_of, still_stands


@dataclass(frozen=True)
class PupilsRehearsed:
    """Of so many `pupils` at least and at most so many were carried, as a share, by all rehearsals that say anything.
    `carried`, `failed` and `unclear` pupils are those of the newest of them, which was over at `newest_at`;
    `failing` counts them by room, and `codes` by what broke.
    """

    share: RehearsedBounds
    pupils: int
    carried: int = 0
    failed: int = 0
    unclear: int = 0
    newest_at: datetime | None = None
    failing: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)


def pupils_rehearsed(
    observed: EvidenceIndex, rooms: Collection[str], pupils: int, need: PupilNeed, school_days: float
) -> PupilsRehearsed:
    """Of those who sit in `rooms`. Whoever was in another room says nothing of this sitting."""
    share, newest = RehearsedBounds(0.0, 1.0), PupilsRehearsed(RehearsedBounds(0.0, 1.0), pupils)
    for one in observed.rehearsals:
        found = _counted(one, rooms, pupils, need)
        if found.carried or found.failed:
            least = found.share.least if still_stands(one, observed, school_days) else 0.0
            share, newest = share.then(RehearsedBounds(least, found.share.most)), found
    return PupilsRehearsed(
        share,
        newest.pupils,
        newest.carried,
        newest.failed,
        newest.unclear,
        newest.newest_at,
        newest.failing,
        newest.codes,
    )


def _counted(one: HeldRehearsal, rooms: Collection[str], pupils: int, need: PupilNeed) -> PupilsRehearsed:
    here = [part for part in one.counts if part.room is None or part.room in rooms]
    parts = [(part, part_of(part, one.record, need)) for part in here]
    carried, failed, unclear = (
        sum(part.pupils for part, came_to in parts if came_to is kind)
        for kind in (Part.CARRIED, Part.FAILED, Part.OPEN)
    )
    of = max(pupils, carried + failed + unclear)
    failing = [part for part, came_to in parts if came_to is Part.FAILED]
    return PupilsRehearsed(
        RehearsedBounds(carried / of, 1 - failed / of),
        of,
        carried,
        failed,
        unclear,
        one.record.ends_at,
        _pupils_by([(part.room or "", part.pupils) for part in failing]),
        _pupils_by([(part.broken or part.code or "short", part.pupils) for part in failing]),
    )


def _pupils_by(found: Sequence[tuple[str, int]]) -> Counter[str]:
    counted = Counter[str]()
    for name, pupils in found:
        counted[name] += pupils
    return counted
