"""Writes a group of reports in one transaction, touching each row once however many reports of the group move it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, LargeBinary, Update, bindparam, case, cast, func, select, text, update

from agent.protocol.report_ids import counted_id
from collector.store.bulk import BulkStatement
from collector.store.contents import DIGEST_BYTES, Content, content_row
from collector.store.database import Database, UpsertInsert
from collector.store.heard import heard_at, packed
from collector.store.lru_cache import LruCache
from collector.store.machines import add_machines, machine_of
from collector.store.report_numbers import NotedNumbers, RunKey
from collector.store.reports import ReceiptOutcome, ReceivedReport
from collector.store.tables import contents, device_probes, devices, machines, reports, results
from collector.store.timestamps import Microseconds, day_of

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
        self.numbers: LruCache[str, int] = LruCache(REMEMBERED_DEVICES)
        self.contents: LruCache[tuple[str, str], bytes] = LruCache(REMEMBERED_CONTENTS)

    def forget(self, device_id: str, gone: Iterable[tuple[str, bytes]]) -> None:
        """These contents, by probe, are no longer in the database."""
        for probe, digest in gone:
            if self.contents.get((device_id, probe)) == digest:
                self.contents.forget((device_id, probe))

    def holds(self, device_id: str, content: Content) -> bool:
        """Whether this was the device's newest content of that probe when it last wrote one."""
        return self.contents.get((device_id, content.probe)) == content.digest


class ResultGrowth(msgspec.Struct, gc=False):
    """What a row of results gets longer by; grows while a group is gathered."""

    last_at: Microseconds
    known_at: Microseconds
    heard: bytes


class DeviceUpdate(msgspec.Struct, gc=False):
    """What a group changes about a device, in the order of `_SEEN_PARAMETERS`."""

    seen_at: Microseconds
    agent_version: str
    clock_offset_s: float
    room: str | None
    reports: int
    dropped: int


class Group(msgspec.Struct):
    """What the new reports of a group come to, per row."""

    results: dict[ResultKey, ResultGrowth] = {}
    contents: dict[tuple[int, bytes], Content] = {}
    devices: dict[int, DeviceUpdate] = {}
    newest: dict[tuple[str, str], bytes] = {}
    probes: set[tuple[int, str]] = set()
    machines: dict[tuple[int, str], Microseconds] = {}


def write_group(
    statements: Statements, connection: Connection, received: Sequence[ReceivedReport], memory: Memory
) -> tuple[list[ReceiptOutcome], Group]:
    """Stores the reports that are new. Gives each one's outcome, and what `remember` may note after the commit."""
    numbers = _numbers(connection, received, memory)
    keys = [(numbers[report.device_id], report_key(report.report_id)) for report in received]
    fresh = _store_keys(statements, connection, dict(zip(keys, received, strict=True)))
    outcomes: list[ReceiptOutcome] = []
    group = Group()
    for key, report in zip(keys, received, strict=True):
        if key in fresh:
            fresh.remove(key)  # the same id again later in this group is a duplicate
            _gather(group, key[0], report, memory)
            outcomes.append("accepted")
        else:
            outcomes.append("duplicate")
    _write(statements, connection, group)
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
    statements: Statements, connection: Connection, received: Mapping[ReportKey, ReceivedReport]
) -> set[ReportKey]:
    """Notes the reports as stored and gives those that were not before."""
    counted = {key: found for key, one in received.items() if (found := counted_id(one.report_id)) is not None}
    numbers = defaultdict[RunKey, dict[int, Microseconds]](dict)
    for key, found in counted.items():
        numbers[key[0], found.run][found.number] = received[key].received_at
    new, left = statements.numbers.note(connection, numbers)
    fresh = {key for key, found in counted.items() if (key[0], found) in new}
    by_id = {key for key in received if key not in counted or (key[0], counted[key]) in left}
    return fresh | _store_ids(statements, connection, {key: received[key] for key in by_id})


def _store_ids(
    statements: Statements, connection: Connection, received: Mapping[ReportKey, ReceivedReport]
) -> set[ReportKey]:
    """The same for reports whose ids do not count."""
    if not received:
        return set()
    rows = [
        {"device": device, "report_key": key, "received_at": report.received_at}
        for (device, key), report in sorted(received.items(), key=lambda item: item[0])
    ]
    inserted = connection.execute(statements.add_reports, rows)
    return {(device, bytes(key)) for device, key in inserted}


def _gather(group: Group, device: int, report: ReceivedReport, memory: Memory) -> None:
    for measured in report.measured:
        content, day = measured.content, day_of(measured.at)
        probe, digest = content.probe, content.digest
        heard = heard_at(measured.at, report.received_at, report.clock_offset_s)
        key = (device, probe, day, digest)
        said = group.results.get(key)
        if said is None:
            group.results[key] = ResultGrowth(heard.at, heard.known_at, packed(heard, day))
            if not memory.holds(report.device_id, content):
                group.contents[device, digest] = content
                group.probes.add((device, probe))
                if (machine := machine_of(content)) is not None:
                    before = group.machines.get((device, machine), heard.known_at)
                    group.machines[device, machine] = min(before, heard.known_at)
            group.newest[report.device_id, probe] = digest
        else:
            said.last_at = max(said.last_at, heard.at)
            said.known_at = min(said.known_at, heard.known_at)
            said.heard += packed(heard, day)
    _gather_device(group, device, report)


def _gather_device(group: Group, device: int, report: ReceivedReport) -> None:
    before = group.devices.get(device)
    group.devices[device] = DeviceUpdate(
        seen_at=report.received_at,
        agent_version=report.agent_version,
        clock_offset_s=report.clock_offset_s,
        room=report.room or (before.room if before else None),
        reports=1 + (before.reports if before else 0),
        dropped=report.dropped_count + (before.dropped if before else 0),
    )


class Statements:
    """The statements of the hot path, written once for a database."""

    def __init__(self, database: Database) -> None:
        """Raises nothing but faults of this module: the names must fit the tables."""
        engine = database.engine
        self.numbers = NotedNumbers(database)
        add_report = database.insert_into(reports).on_conflict_do_nothing()
        self.add_reports = add_report.returning(reports.c.device, reports.c.report_key)
        add_content = database.insert_into(contents).on_conflict_do_nothing()
        add_probe = database.insert_into(device_probes).on_conflict_do_nothing()
        self.add_contents = BulkStatement(engine, add_content, contents.c.keys())
        self.add_probes = BulkStatement(engine, add_probe, device_probes.c.keys())
        self.add_machines = BulkStatement(engine, add_machines(database), machines.c.keys())
        self.add_results = BulkStatement(engine, _add_results(database), results.c.keys())
        self.see_devices = BulkStatement(engine, _see_devices(database), _SEEN_PARAMETERS)


def _write(statements: Statements, connection: Connection, group: Group) -> None:
    """Rows go in by key, so that two collectors on one database never wait for each other in a circle."""
    found = sorted(group.contents)
    statements.add_contents.run(connection, [content_row(key[0], group.contents[key]) for key in found])
    statements.add_probes.run(connection, sorted(group.probes))
    statements.add_machines.run(connection, [(*key, known_at) for key, known_at in sorted(group.machines.items())])
    said = group.results
    rows = [(*key, *msgspec.structs.astuple(said[key])) for key in sorted(said)]
    statements.add_results.run(connection, rows)
    heard = [(*msgspec.structs.astuple(group.devices[number]), number) for number in sorted(group.devices)]
    statements.see_devices.run(connection, heard)


def _add_results(database: Database) -> UpsertInsert:
    statement = database.insert_into(results)
    new, old = statement.excluded, results.c
    return statement.on_conflict_do_update(
        index_elements=[old.device, old.probe, old.day, old.digest],
        set_={
            "last_at": case((new.last_at > old.last_at, new.last_at), else_=old.last_at),
            "known_at": case((new.known_at < old.known_at, new.known_at), else_=old.known_at),
            "heard": cast(old.heard.op("||")(new.heard), LargeBinary),  # on SQLite what is joined would be text
        },
    )


_SEEN_PARAMETERS = ("seen_at", "version", "offset_s", "in_room", "more_reports", "more_dropped", "of_device")


def _see_devices(database: Database) -> Update:
    """Of two collectors on one database, the one that received later may write first: when it was seen never goes back,
    as what is known by then hangs on it.
    """
    later = func.max if database.engine.dialect.name == "sqlite" else func.greatest
    return (
        update(devices)
        .where(devices.c.number == bindparam("of_device"))
        .ordered_values(
            (devices.c.last_seen_at, later(func.coalesce(devices.c.last_seen_at, text("0")), bindparam("seen_at"))),
            (devices.c.agent_version, bindparam("version")),
            (devices.c.clock_offset_s, bindparam("offset_s")),
            (devices.c.room, func.coalesce(bindparam("in_room"), devices.c.room)),
            (devices.c.reports_count, devices.c.reports_count + bindparam("more_reports")),
            (devices.c.dropped_count, devices.c.dropped_count + bindparam("more_dropped")),
            (devices.c.changes, devices.c.changes + text("1")),
        )
    )
