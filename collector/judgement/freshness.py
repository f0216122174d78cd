"""When a judgement is too old to believe.

Old news can be bad news, but never good news: once judging has stopped, what was not ready still is, as far as
anybody knows, and everything else is unknown. Whoever reads a snapshot gets it `as_known_at` that moment: the reader
does it, so no page, metric or alert has to remember.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from collector.configuration.model import Settings
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import Finding, Status, Text, Verdict
from collector.readiness.verdict.room_reports import RoomReport, SchoolRooms

MISSED_ROUNDS = 10
LEAST_PATIENCE = timedelta(minutes=10)
SURVIVES = (Status.NOT_READY, Status.UNKNOWN)


def patience(settings: Settings) -> timedelta:
    """How old a judgement may be: ten missed rounds, and never less than ten minutes."""
    return max(MISSED_ROUNDS * timedelta(seconds=settings.judge_every_s), LEAST_PATIENCE)


def judging_stopped(snapshot: Snapshot, now: datetime) -> bool:
    """Whether nothing has been judged for so long that something must be broken."""
    configuration = snapshot.configuration
    if not configuration.schools:
        return False
    since = snapshot.judged_at or configuration.loaded_at
    return now - since > patience(configuration.settings)


def as_known(verdict: Verdict, settings: Settings, now: datetime) -> Verdict:
    """The verdict as far as it can be believed at `now`: unchanged while fresh, never good news once it is old."""
    if now - verdict.judged_at <= patience(settings):
        return verdict
    findings = [_as_known(finding, verdict.judged_at) for finding in verdict.findings]
    if verdict.status in SURVIVES:
        return msgspec.structs.replace(verdict, findings=findings)
    return msgspec.structs.replace(verdict, status=Status.UNKNOWN, headroom=None, next_binding=None, findings=findings)


def as_known_at(judged: Snapshot, now: datetime) -> Snapshot:
    """What was judged, as far as it can be believed at `now`: the only form in which verdicts leave this room."""
    settings = judged.configuration.settings
    return msgspec.structs.replace(
        judged,
        verdicts=[as_known(verdict, settings, now) for verdict in judged.verdicts],
        rooms={code: rooms_as_known(rooms, settings, now) for code, rooms in judged.rooms.items()},
    )


def rooms_as_known(rooms: SchoolRooms, settings: Settings, now: datetime) -> SchoolRooms:
    """The rooms of a school as far as they can be believed at `now`: never good news once it is old."""
    if now - rooms.judged_at <= patience(settings):
        return rooms
    return msgspec.structs.replace(rooms, rooms=[_room_as_known(room, rooms.judged_at) for room in rooms.rooms])


def _room_as_known(room: RoomReport, judged_at: datetime) -> RoomReport:
    status = room.status if room.status in SURVIVES else Status.UNKNOWN
    findings = [_as_known(finding, judged_at) for finding in room.findings]
    return msgspec.structs.replace(room, status=status, findings=findings)


def _as_known(finding: Finding, judged_at: datetime) -> Finding:
    if finding.status in SURVIVES:
        return finding
    why = Text("page_why_judging_stopped", {"judged_at": judged_at})
    return msgspec.structs.replace(finding, status=Status.UNKNOWN, headroom=None, why=why, advice=[])
