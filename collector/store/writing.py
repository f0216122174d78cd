"""Writes a group of reports in one transaction, touching each row once however many reports of the group move it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, bindparam, case, func, select, update

from collector.store.contents import DIGEST_BYTES, Content, content_row
from collector.store.database import Database, UpsertInsert
from collector.store.moments import Microseconds, day_of
from collector.store.received import Outcome, ReceivedReport
from collector.store.recent import Recent
from collector.store.tables import contents, device_probes, devices, reports, results

REMEMBERED_DEVICES = 200_000
REMEMBERED_CONTENTS = 200_000

ReportKey = tuple[int, bytes]
ResultKey = tuple[int, str, int, bytes]


class Memory:
    """What is known to be in the database, so that it need not be written or checked again.

    Forgetting any of it costs time and nothing else. `contents` holds the newest content per device and probe.
    """

    def __init__(self) -> None:
        """Knows nothing."""
        self.numbers: Recent[str, int] = Recent(REMEMBERED_DEVICES)
        self.contents: Recent[tuple[str, str], bytes] = Recent(REMEMBERED_CONTENTS)

    def holds(self, device_id: str, content: Content) -> bool:
        """Whether this was the device's newest content of that probe when it last wrote one."""
        return self.contents.get((device_id, content.result.probe)) == content.digest


class Said(msgspec.Struct):
    """How often, and between which times, a device said one thing on one day; grows while a group is gathered."""

    first_at: Microseconds
    last_at: Microseconds
    times: int


class Heard(msgspec.Struct):
    """What a group changes about a device. The names are those of the parameters of `_SEEN`."""

    of_device: int
    seen_at: Microseconds
    version: str
    offset_s: float
    in_room: str | None
    more_reports: int
    more_dropped: int


class Group(msgspec.Struct):
    """What the new reports of a group come to, per row."""

    results: dict[ResultKey, Said] = {}
    contents: dict[tuple[int, bytes], Content] = {}
    devices: dict[int, Heard] = {}
    newest: dict[tuple[str, str], bytes] = {}
    probes: set[tuple[int, str]] = set()


def write_group(
    database: Database, connection: Connection, received: Sequence[ReceivedReport], memory: Memory
) -> tuple[list[Outcome], Group]:
    """Stores the reports that are new. Gives each one's outcome, and what `remember` may note after the commit."""
    numbers = _numbers(connection, received, memory)
    keys = [(numbers[report.device_id], report_key(report.report_id)) for report in received]
    fresh = _store_keys(database, connection, dict(zip(keys, received, strict=True)))
    outcomes: list[Outcome] = []
    group = Group()
    for key, report in zip(keys, received, strict=True):
        if key in fresh:
            fresh.remove(key)  # the same id again later in this group is a duplicate
            _gather(group, key[0], report, memory)
            outcomes.append("accepted")
        else:
            outcomes.append("duplicate")
    _write(database, connection, group)
    return outcomes, group


def remember(memory: Memory, group: Group) -> None:
    """Notes what a committed group left in the database."""
    for key, digest in group.newest.items():
        memory.contents.put(key, digest)


def report_key(report_id: str) -> bytes:
    """What `reports` keeps of a report id."""
    return blake2b(report_id.encode(), digest_size=DIGEST_BYTES).digest()


def _numbers(connection: Connection, received: Sequence[ReceivedReport], memory: Memory) -> dict[str, int]:
    found: dict[str, int] = {}
    unknown: list[str] = []
    for device_id in {report.device_id for report in received}:
        number = memory.numbers.get(device_id)
        if number is None:
            unknown.append(device_id)
        else:
            found[device_id] = number
    if unknown:
        query = select(devices.c.device_id, devices.c.number).where(devices.c.device_id.in_(unknown))
        for device_id, number in connection.execute(query):
            found[device_id] = number
            memory.numbers.put(device_id, number)  # devices are never removed
    return found


def _store_keys(
    database: Database, connection: Connection, received: dict[ReportKey, ReceivedReport]
) -> set[ReportKey]:
    """Notes the reports as stored and gives those that were not before."""
    if not received:
        return set()
    statement = database.insert_into(reports).on_conflict_do_nothing()
    rows = [
        {"device": device, "report_key": key, "received_at": report.received_at}
        for (device, key), report in sorted(received.items(), key=lambda item: item[0])
    ]
    inserted = connection.execute(statement.returning(reports.c.device, reports.c.report_key), rows)
    return {(device, bytes(key)) for device, key in inserted}


def _gather(group: Group, device: int, report: ReceivedReport, memory: Memory) -> None:
    for measured in report.measured:
        at, content = measured.at, measured.content
        probe, digest = content.result.probe, content.digest
        key = (device, probe, day_of(at), digest)
        said = group.results.get(key)
        if said is None:
            group.results[key] = Said(at, at, 1)
            if not memory.holds(report.device_id, content):
                group.contents[device, digest] = content
                group.probes.add((device, probe))
            group.newest[report.device_id, probe] = digest
        else:
            said.first_at = min(said.first_at, at)
            said.last_at = max(said.last_at, at)
            said.times += 1
    _gather_device(group, device, report)


def _gather_device(group: Group, device: int, report: ReceivedReport) -> None:
    before = group.devices.get(device)
    group.devices[device] = Heard(
        of_device=device,
        seen_at=report.received_at,
        version=report.agent_version,
        offset_s=report.clock_offset_s,
        in_room=report.room or (before.in_room if before else None),
        more_reports=1 + (before.more_reports if before else 0),
        more_dropped=report.dropped_count + (before.more_dropped if before else 0),
    )


def _write(database: Database, connection: Connection, group: Group) -> None:
    """Rows go in by key, so that two collectors on one database never wait for each other in a circle."""
    if group.contents:
        rows = [content_row(device, content) for (device, _), content in sorted(group.contents.items(), key=_by_key)]
        connection.execute(database.insert_into(contents).on_conflict_do_nothing(), rows)
    if group.probes:
        probes = [{"device": device, "probe": probe} for device, probe in sorted(group.probes)]
        connection.execute(database.insert_into(device_probes).on_conflict_do_nothing(), probes)
    if group.results:
        connection.execute(_add_results(database), _result_rows(group.results))
    if group.devices:
        connection.execute(_SEEN, [msgspec.structs.asdict(group.devices[number]) for number in sorted(group.devices)])


def _by_key(item: tuple[tuple[int, bytes], Content]) -> tuple[int, bytes]:
    return item[0]


def _result_rows(said: dict[ResultKey, Said]) -> list[dict[str, object]]:
    return [
        {
            "device": device,
            "probe": probe,
            "day": day,
            "digest": digest,
            "first_at": said[device, probe, day, digest].first_at,
            "last_at": said[device, probe, day, digest].last_at,
            "times": said[device, probe, day, digest].times,
        }
        for device, probe, day, digest in sorted(said)
    ]


def _add_results(database: Database) -> UpsertInsert:
    statement = database.insert_into(results)
    new, old = statement.excluded, results.c
    return statement.on_conflict_do_update(
        index_elements=[old.device, old.probe, old.day, old.digest],
        set_={
            "first_at": case((new.first_at < old.first_at, new.first_at), else_=old.first_at),
            "last_at": case((new.last_at > old.last_at, new.last_at), else_=old.last_at),
            "times": old.times + new.times,
        },
    )


_SEEN = (
    update(devices)
    .where(devices.c.number == bindparam("of_device"))
    .values(
        last_seen_at=bindparam("seen_at"),
        agent_version=bindparam("version"),
        clock_offset_s=bindparam("offset_s"),
        room=func.coalesce(bindparam("in_room"), devices.c.room),
        reports_count=devices.c.reports_count + bindparam("more_reports"),
        dropped_count=devices.c.dropped_count + bindparam("more_dropped"),
    )
)
