"""Supervised sessions, and which browsers take part in them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, exists, func, insert, select, update

from collector.readiness.domain.sessions import Seat, SupervisedSession
from collector.store.database import UpsertInsert
from collector.store.tables import devices, session_devices, sessions
from collector.store.timestamps import Microseconds, microseconds, moment

ALPHABET = "BCDFGHJKMNPQRTVWXY346789"
"""Letters and digits that nobody takes for another, and that make no words."""
CODE_LENGTH = 6


def typed(code: str) -> str:
    """A code as it is kept, whatever case, spaces or hyphens somebody typed."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def open_session(
    connection: Connection, school: str, room: str, now: datetime, length: timedelta, *, without_agents: bool
) -> SupervisedSession:
    """Opens a session from now on."""
    code = _free_code(connection, now)
    made = SupervisedSession(secrets.token_hex(8), code, school, room, now, now + length, without_agents)
    row = {
        "session_id": made.session_id,
        "code": code,
        "school": school,
        "room": room,
        "without_agents": without_agents,
    }
    times = {"opened_at": microseconds(now), "ends_at": microseconds(made.ends_at)}
    connection.execute(insert(sessions), row | times)
    return made


def _free_code(connection: Connection, now: datetime) -> str:
    taken = set(connection.execute(select(sessions.c.code).where(_goes_on(now))).scalars())
    while (code := "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))) in taken:
        pass
    return code


def close(connection: Connection, code: str, now: datetime) -> bool:
    """Ends a session that goes on. False if there is none with that code."""
    ended = update(sessions).where(sessions.c.code == typed(code), _goes_on(now)).values(ends_at=microseconds(now))
    return connection.execute(ended).rowcount > 0


def find(connection: Connection, code: str, now: datetime) -> SupervisedSession | None:
    """The session that goes on under a code."""
    row = connection.execute(select(sessions).where(sessions.c.code == typed(code), _goes_on(now))).one_or_none()
    return None if row is None else _session(row)


def read_all(connection: Connection) -> list[tuple[SupervisedSession, int]]:
    """Every session that is kept, the newest first, with how many browsers took part."""
    taking_part = select(func.count()).where(session_devices.c.session_id == sessions.c.session_id).scalar_subquery()
    query = select(sessions, taking_part.label("browsers")).order_by(sessions.c.opened_at.desc(), sessions.c.session_id)
    return [(_session(row), row.browsers) for row in connection.execute(query)]


def take_part(
    connection: Connection,
    insert_into: Callable[[Table], UpsertInsert],
    device_id: str,
    session: SupervisedSession,
    now: datetime,
) -> None:
    """Notes that a browser is in the session. One that is in it already has been since it joined."""
    number = select(devices.c.number).where(devices.c.device_id == device_id).scalar_subquery()
    row = {"device": number, "session_id": session.session_id, "joined_at": microseconds(now)}
    connection.execute(insert_into(session_devices).values(row).on_conflict_do_nothing())


def seats_of(connection: Connection, device_ids: Collection[str]) -> dict[str, list[Seat]]:
    """The sessions that each of these devices took part in, the newest first."""
    query = (
        select(devices.c.device_id, session_devices.c.joined_at, sessions)
        .join(session_devices, session_devices.c.device == devices.c.number)
        .join(sessions, sessions.c.session_id == session_devices.c.session_id)
        .where(devices.c.device_id.in_(device_ids))
        .order_by(session_devices.c.joined_at.desc(), sessions.c.session_id)
    )
    found: dict[str, list[Seat]] = {}
    for row in connection.execute(query):
        found.setdefault(row.device_id, []).append(Seat(_session(row), moment(row.joined_at)))
    return found


def is_without_agent(until: Microseconds) -> ColumnElement[bool]:
    """Of a row of `devices`: whether it had taken part by then in a session for machines without an agent."""
    return exists().where(
        session_devices.c.device == devices.c.number,
        session_devices.c.joined_at <= until,
        sessions.c.session_id == session_devices.c.session_id,
        sessions.c.without_agents,
    )


def forget_before(connection: Connection, before: Microseconds) -> int:
    """Removes sessions that ended before that time, and who took part; gives how many."""
    old = select(sessions.c.session_id).where(sessions.c.ends_at < before)
    connection.execute(delete(session_devices).where(session_devices.c.session_id.in_(old)))
    return connection.execute(delete(sessions).where(sessions.c.ends_at < before)).rowcount


def _goes_on(now: datetime) -> ColumnElement[bool]:
    return sessions.c.ends_at > microseconds(now)


def _session(row: Row[Any]) -> SupervisedSession:
    return SupervisedSession(
        row.session_id, row.code, row.school, row.room, moment(row.opened_at), moment(row.ends_at), row.without_agents
    )
