"""What was concluded: a row per sitting and change of its verdict, and which sittings were judged in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, func, insert, select

from collector.readiness.domain.model import Status, Verdict
from collector.store.database import Database
from collector.store.tables import sittings_seen, verdicts
from collector.store.timestamps import microseconds, moment


class StoredVerdict(msgspec.Struct, frozen=True):
    """A verdict of the past. `body` is the whole Verdict as JSON, as it was when it changed to this."""

    sitting: str
    school: str
    judged_at: datetime
    status: str
    body: bytes


def fingerprint(verdict: Verdict) -> bytes:
    """Equal while nothing changed that people act on: status, headroom to two decimals, what binds, each finding."""
    findings = sorted((f.requirement, f.room or "", f.status.value) for f in verdict.findings)
    headroom = None if verdict.headroom is None else round(verdict.headroom, 2)
    said = (verdict.status.value, headroom, verdict.binding, verdict.profile, findings)
    return blake2b(msgspec.json.encode(said), digest_size=16).digest()


def save(database: Database, connection: Connection, judged: Sequence[Verdict], now: datetime) -> None:
    """Adds the verdicts that differ from the newest of their sitting, and notes sittings that are still to come."""
    newest = _newest_fingerprints(connection, {verdict.sitting.id for verdict in judged})
    changed = [verdict for verdict in judged if newest.get(verdict.sitting.id) != fingerprint(verdict)]
    if changed:
        connection.execute(insert(verdicts), [_row(verdict) for verdict in changed])
    coming = {verdict.sitting.id for verdict in judged if verdict.starts_at > now} - seen_sittings(connection)
    if coming:
        rows = [{"sitting": sitting, "seen_at": microseconds(now)} for sitting in sorted(coming)]
        connection.execute(database.insert_into(sittings_seen).on_conflict_do_nothing(), rows)


def seen_sittings(connection: Connection) -> set[str]:
    """The sittings that were judged while they were still to come."""
    return set(connection.execute(select(sittings_seen.c.sitting)).scalars())


def last_verdicts(connection: Connection) -> list[StoredVerdict]:
    """The newest verdict of every sitting that was ever judged."""
    newest = select(func.max(verdicts.c.number)).group_by(verdicts.c.sitting)
    query = select(verdicts).where(verdicts.c.number.in_(newest)).order_by(verdicts.c.sitting)
    return [
        StoredVerdict(row.sitting, row.school, moment(row.judged_at), row.status, row.body.encode())
        for row in connection.execute(query)
    ]


def last_ready(connection: Connection, sitting: str, as_of: datetime) -> tuple[bytes, datetime] | None:
    """The last verdict of a sitting that was ready by then, as JSON, and when another took its place; None where none
    was, or where it still stands.
    """
    of_sitting = (verdicts.c.sitting == sitting) & (verdicts.c.judged_at <= microseconds(as_of))
    newest = select(verdicts).where(of_sitting).order_by(verdicts.c.number.desc())
    ready = connection.execute(newest.where(verdicts.c.status == Status.READY.value).limit(1)).first()
    if ready is None:
        return None
    later = select(func.min(verdicts.c.judged_at)).where(of_sitting & (verdicts.c.number > ready.number))
    until = connection.execute(later).scalar()
    return None if until is None else (ready.body.encode(), moment(until))


def _newest_fingerprints(connection: Connection, sittings: set[str]) -> dict[str, bytes]:
    newest = select(func.max(verdicts.c.number)).where(verdicts.c.sitting.in_(sittings)).group_by(verdicts.c.sitting)
    query = select(verdicts.c.sitting, verdicts.c.fingerprint).where(verdicts.c.number.in_(newest))
    return {row.sitting: bytes(row.fingerprint) for row in connection.execute(query)}


def _row(verdict: Verdict) -> dict[str, object]:
    return {
        "sitting": verdict.sitting.id,
        "school": verdict.school.code,
        "judged_at": microseconds(verdict.judged_at),
        "status": verdict.status.value,
        "fingerprint": fingerprint(verdict),
        "body": msgspec.json.encode(verdict).decode(),
    }
