"""Enrolment keys and devices. Keys and tokens are random and long; the database keeps only their SHA-256."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, Row, Select, Table, func, insert, select, update

from agent.protocol.wire import Enrolled, Enrolment
from collector.readiness.domain.model import DeviceSeen
from collector.store.database import UpsertInsert
from collector.store.errors import EnrolmentRefusedError
from collector.store.tables import devices, enrolment_keys
from collector.store.timestamps import microseconds, moment, optional_moment


class EnrolmentKey(msgspec.Struct, frozen=True):
    """A key as the operator sees it: never the key itself. `devices` is how many enrolled with it."""

    key_id: str
    school: str
    label: str
    created_at: datetime
    revoked_at: datetime | None
    devices: int


class Counts(msgspec.Struct, frozen=True):
    """How many devices are enrolled (and not revoked), and how many reports are stored of all that ever were."""

    devices: int
    reports: int


def secret_hash(secret: str) -> bytes:
    """What is kept of a key or token. A plain hash is enough for a secret that nobody can guess."""
    return sha256(secret.encode()).digest()


def create_key(connection: Connection, school: str, label: str, now: datetime) -> tuple[str, str]:
    """Makes a key for a school; gives its id and the key, which can not be read again."""
    key_id, key = secrets.token_hex(4), secrets.token_urlsafe(24)
    row = {"key_id": key_id, "school": school, "label": label, "key_hash": secret_hash(key)}
    connection.execute(insert(enrolment_keys), row | {"created_at": microseconds(now)})
    return key_id, key


def revoke_key(connection: Connection, key_id: str, now: datetime) -> bool:
    """Ends a key; the devices that enrolled with it stay. False if there is no such key, or it was revoked."""
    found = connection.execute(
        update(enrolment_keys)
        .where(enrolment_keys.c.key_id == key_id, enrolment_keys.c.revoked_at.is_(None))
        .values(revoked_at=microseconds(now))
    )
    return found.rowcount == 1


def read_keys(connection: Connection) -> list[EnrolmentKey]:
    """All keys, oldest first."""
    counted = select(devices.c.key_id, func.count().label("enrolled")).group_by(devices.c.key_id).subquery("counted")
    query = (
        select(enrolment_keys, func.coalesce(counted.c.enrolled, 0).label("enrolled"))
        .outerjoin(counted, counted.c.key_id == enrolment_keys.c.key_id)
        .order_by(enrolment_keys.c.created_at, enrolment_keys.c.key_id)
    )
    return [
        EnrolmentKey(
            key_id=row.key_id,
            school=row.school,
            label=row.label,
            created_at=moment(row.created_at),
            revoked_at=optional_moment(row.revoked_at),
            devices=row.enrolled,
        )
        for row in connection.execute(query)
    ]


def enrol_device(connection: Connection, enrolment: Enrolment, now: datetime) -> Enrolled:
    """Adds a device with a token of its own. Raises EnrolmentRefusedError when the key is not this school's."""
    key = connection.execute(
        select(enrolment_keys.c.key_id, enrolment_keys.c.revoked_at).where(
            enrolment_keys.c.key_hash == secret_hash(enrolment.key), enrolment_keys.c.school == enrolment.school
        )
    ).one_or_none()
    if key is None or key.revoked_at is not None:
        raise EnrolmentRefusedError(
            "enrolment_refused",
            f"This enrolment key is not valid for school {enrolment.school}, or it was revoked. Ask whoever runs the "
            "collector for a key made for this school.",
        )
    device_id, token = secrets.token_hex(8), secrets.token_urlsafe(32)
    row = {
        "device_id": device_id,
        "school": enrolment.school,
        "room": enrolment.room,
        "enrolled_room": enrolment.room,
        "label": enrolment.label,
        "simulated": enrolment.simulated,
        "token_hash": secret_hash(token),
        "key_id": key.key_id,
        "enrolled_at": microseconds(now),
    }
    connection.execute(insert(devices), row)
    return Enrolled(device_id=device_id, token=token)


def restore_device(
    connection: Connection, insert_into: Callable[[Table], UpsertInsert], device: DeviceSeen, now: datetime
) -> bool:
    """Adds a device that enrolled elsewhere, by the id that it has there and with a token that nobody holds. False, and
    nothing changed, if there is a device with that id.
    """
    key_id = f"restored-{device.school}"
    key = {"key_id": key_id, "school": device.school, "label": "restored", "key_hash": secret_hash(key_id)}
    add_key = insert_into(enrolment_keys).on_conflict_do_nothing()
    connection.execute(add_key, key | {"created_at": microseconds(now)})
    row = {
        "device_id": device.device_id,
        "school": device.school,
        "room": device.room,
        "enrolled_room": device.room,
        "label": device.label,
        "simulated": device.simulated,
        "token_hash": secret_hash(secrets.token_urlsafe(32)),
        "key_id": key_id,
        "enrolled_at": microseconds(device.enrolled_at),
        "kind": device.kind,
    }
    return connection.execute(insert_into(devices).on_conflict_do_nothing(), row).rowcount == 1


def revoke(connection: Connection, device_id: str, now: datetime) -> bool:
    """Ends a device's token. False if there is no such device, or it was revoked before."""
    found = connection.execute(
        update(devices)
        .where(devices.c.device_id == device_id, devices.c.revoked_at.is_(None))
        .values(revoked_at=microseconds(now))
    )
    return found.rowcount == 1


def find_by_token(connection: Connection, token_hash: bytes) -> DeviceSeen | None:
    """The device that holds this token and is not revoked."""
    row = connection.execute(_ENROLLED.where(devices.c.token_hash == token_hash)).one_or_none()
    return None if row is None else seen(row)


def read_devices(connection: Connection, school: str | None) -> list[DeviceSeen]:
    """The devices that are not revoked, of one school or of all, in the order in which they enrolled."""
    query = _ENROLLED if school is None else _ENROLLED.where(devices.c.school == school)
    return [seen(row) for row in connection.execute(query.order_by(devices.c.number))]


def read_counts(connection: Connection) -> Counts:
    """Counts from the devices' own counters, so that no history is read."""
    enrolled = connection.execute(select(func.count()).where(devices.c.revoked_at.is_(None))).scalar_one()
    stored = connection.execute(select(func.coalesce(func.sum(devices.c.reports_count), 0))).scalar_one()
    return Counts(devices=enrolled, reports=int(stored))


_ENROLLED: Select[tuple[object, ...]] = select(devices).where(devices.c.revoked_at.is_(None))


def seen(row: Row[tuple[object, ...]]) -> DeviceSeen:
    """A row of `devices` as the rest of the collector knows it."""
    return DeviceSeen(
        device_id=row.device_id,
        school=row.school,
        room=row.room,
        label=row.label,
        enrolled_at=moment(row.enrolled_at),
        last_seen_at=optional_moment(row.last_seen_at),
        agent_version=row.agent_version,
        clock_offset_s=row.clock_offset_s,
        simulated=row.simulated,
        kind=row.kind,
    )
