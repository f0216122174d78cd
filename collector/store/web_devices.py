"""Browsers that join by school code and room, without a key. They hang on a key of the school that nobody has seen,
made when the first one joins: it shows among the school's keys, and when it is revoked no more of them are let in.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, Table, func, insert, or_, select, update

from agent.protocol.wire import Enrolled
from collector.readiness.domain.model import DeviceKind
from collector.readiness.domain.sessions import SupervisedSession
from collector.store.database import UpsertInsert
from collector.store.devices import secret_hash
from collector.store.errors import EnrolmentRefusedError
from collector.store.sessions import take_part
from collector.store.tables import devices, enrolment_keys, session_devices
from collector.store.timestamps import microseconds

DAY = timedelta(days=1)
KEY_LABEL = "web probe"
_WEB: tuple[DeviceKind, ...] = ("web", "web_once")


MOST_IN_SESSION = 300
"""As many browsers join one supervised session: more than any hall holds."""


class Visit(msgspec.Struct, frozen=True):
    """A browser that wants to join. `kept` says that it can keep who it is until its next visit; `session` is the
    supervised session that it takes part in from the first.
    """

    school: str
    room: str | None
    kept: bool
    session: SupervisedSession | None = None


def key_id(school: str) -> str:
    """The id of the key that a school's browsers hang on."""
    return f"web-{school}"


def join(
    connection: Connection,
    insert_into: Callable[[Table], UpsertInsert],
    visit: Visit,
    now: datetime,
    *,
    most_per_day: int,
) -> Enrolled:
    """Adds a device with a token of its own. Raises EnrolmentRefusedError: `web_probe_closed` where the school's key
    was revoked, `too_many_web_devices` when so many joined within a day.
    """
    _make_key(connection, insert_into, visit.school, now)
    _refuse_if_closed(connection, visit.school)
    if visit.session is None:
        _refuse_if_full(connection, visit.school, now, most_per_day)
    else:
        _refuse_if_crowded(connection, visit.session)
    device_id, token = secrets.token_hex(8), secrets.token_urlsafe(32)
    kind: DeviceKind = "web" if visit.kept else "web_once"
    row = {
        "device_id": device_id,
        "school": visit.school,
        "room": visit.room,
        "enrolled_room": visit.room,
        "simulated": False,
        "token_hash": secret_hash(token),
        "key_id": key_id(visit.school),
        "enrolled_at": microseconds(now),
        "kind": kind,
    }
    connection.execute(insert(devices), row)
    if visit.session is not None:
        take_part(connection, insert_into, device_id, visit.session, now)
    return Enrolled(device_id=device_id, token=token)


def _make_key(connection: Connection, insert_into: Callable[[Table], UpsertInsert], school: str, now: datetime) -> None:
    row = {
        "key_id": key_id(school),
        "school": school,
        "label": KEY_LABEL,
        "key_hash": secret_hash(secrets.token_urlsafe(32)),
        "created_at": microseconds(now),
    }
    connection.execute(insert_into(enrolment_keys).on_conflict_do_nothing(), row)


def _refuse_if_closed(connection: Connection, school: str) -> None:
    key = select(enrolment_keys.c.revoked_at).where(enrolment_keys.c.key_id == key_id(school))
    if connection.execute(key).scalar_one() is not None:
        raise EnrolmentRefusedError(
            "web_probe_closed",
            f"School {school} lets no more browsers in: its key {key_id(school)} was revoked. Ask the school's IT.",
        )


def _refuse_if_full(connection: Connection, school: str, now: datetime, most_per_day: int) -> None:
    lately = select(func.count()).where(
        devices.c.school == school,
        devices.c.kind.in_(_WEB),
        devices.c.enrolled_at > microseconds(now - DAY),
        devices.c.number.not_in(select(session_devices.c.device)),
    )
    if connection.execute(lately).scalar_one() >= most_per_day:
        raise EnrolmentRefusedError(
            "too_many_web_devices",
            f"{most_per_day} new browsers joined at school {school} within a day, which is as many as may. Try again "
            "tomorrow, or ask the school's IT to raise web_probe.devices_per_school_and_day.",
        )


def _refuse_if_crowded(connection: Connection, session: SupervisedSession) -> None:
    inside = select(func.count()).where(session_devices.c.session_id == session.session_id)
    if connection.execute(inside).scalar_one() >= MOST_IN_SESSION:
        raise EnrolmentRefusedError(
            "too_many_web_devices",
            f"{MOST_IN_SESSION} browsers take part in this session, which is as many as may. Open another one.",
        )


def forget_silent(connection: Connection, since: datetime, now: datetime) -> int:
    """Ends browsers that were not heard since then; gives how many. One that comes back joins anew."""
    heard = or_(devices.c.last_seen_at < microseconds(since), devices.c.last_seen_at.is_(None))
    return connection.execute(
        update(devices)
        .where(
            devices.c.kind.in_(_WEB),
            devices.c.revoked_at.is_(None),
            devices.c.enrolled_at < microseconds(since),
            heard,
        )
        .values(revoked_at=microseconds(now))
    ).rowcount
