"""Which machine each device is, as its agent told, and under which other ids the same machine is or was enrolled.

It is in the contents of results too; here it can be found by the machine, whichever school it is at.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, case, select

from collector.readiness.domain.model import MachineEnrolment
from collector.store.contents import Content
from collector.store.database import Database, UpsertInsert
from collector.store.tables import devices, machines
from collector.store.timestamps import Microseconds, moment, optional_moment

PROBE = "device"
MOST_CHARACTERS = 64


class _Facts(msgspec.Struct):
    machine_id: str | None = None


_facts = msgspec.json.Decoder(_Facts)


def machine_of(content: Content) -> str | None:
    """The machine that a result tells; None where it tells none, or what can be none."""
    if content.probe != PROBE:
        return None
    try:
        told = _facts.decode(content.facts).machine_id
    except msgspec.ValidationError:
        return None
    return told if told and len(told) <= MOST_CHARACTERS else None


def add_machines(database: Database) -> UpsertInsert:
    """Notes that a device is a machine, since when that is known."""
    statement = database.insert_into(machines)
    new, old = statement.excluded, machines.c
    return statement.on_conflict_do_update(
        index_elements=[old.device, old.machine],
        set_={"known_at": case((new.known_at < old.known_at, new.known_at), else_=old.known_at)},
    )


def read(connection: Connection, school: str, until: Microseconds) -> list[MachineEnrolment]:
    """Every other enrolment, at any school, of the machines of this school's devices, as it was known by then."""
    here, own, there, other = (
        devices.alias("here"),
        machines.alias("own"),
        machines.alias("there"),
        devices.alias("other"),
    )
    query = (
        select(there.c.machine, other.c.device_id, other.c.school, other.c.enrolled_at, other.c.revoked_at)
        .distinct()
        .select_from(here)
        .join(own, own.c.device == here.c.number)
        .join(there, there.c.machine == own.c.machine)
        .join(other, other.c.number == there.c.device)
        .where(
            here.c.school == school,
            here.c.number != other.c.number,
            here.c.enrolled_at <= until,
            own.c.known_at <= until,
            there.c.known_at <= until,
            other.c.enrolled_at <= until,
        )
        .order_by(other.c.enrolled_at, other.c.device_id, there.c.machine)
    )
    return [
        MachineEnrolment(
            row.machine,
            row.device_id,
            row.school,
            moment(row.enrolled_at),
            optional_moment(row.revoked_at if row.revoked_at is not None and row.revoked_at <= until else None),
        )
        for row in connection.execute(query)
    ]
