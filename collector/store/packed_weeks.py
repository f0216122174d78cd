"""Results of days that are over, a row for each device and week: packed, and read back beside those that are not.

A result is in one place, in `results` or in `packed_weeks`. What comes in late for a packed day lies in `results`, and
is packed with the rest the next time; who reads joins the two. So nothing is kept twice that could differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, func, select

from collector.store.database import UpsertInsert
from collector.store.heard import unpacked
from collector.store.packing import (
    KEPT_OF_DIGEST,
    SaidContent,
    WeekNumber,
    WeekRow,
    first_day,
    packed_week,
    rows_of_week,
    week_of,
    week_row,
)
from collector.store.tables import contents, device_probes, devices, packed_weeks, results
from collector.store.timestamps import DayNumber, Microseconds

ResultRow = Row[Any] | WeekRow
"""A row of results with its content, as it is read or as it was packed."""
DeviceIds = Mapping[int, str]
"""The id of each device by its number."""
DeviceWeek = tuple[int, WeekNumber]
Window = tuple[DayNumber, DayNumber]
"""The first and the last of some days."""


ForgottenContents = set[tuple[str, bytes]]
"""Probes and digests of contents."""


def pack(
    connection: Connection,
    insert_into: Callable[[Table], UpsertInsert],
    device: int,
    before: DayNumber,
    loose_probes: Collection[str],
) -> ForgottenContents | None:
    """Packs what the device said in the oldest week of which there is something to pack, on days before that one, but
    for some probes of which each result is asked for by itself. Gives what is no longer in `contents`, as nothing
    refers to it there; None where there was nothing to pack.
    """
    of = results.c
    packable = and_(of.device == device, of.day < before, of.probe.not_in(loose_probes))
    oldest = connection.execute(select(func.min(of.day)).where(packable)).scalar()
    if oldest is None:
        return None
    week = week_of(oldest)
    loose = _taken_out(connection, device, and_(packable, of.day < first_day(week + 1)))
    if not loose:
        return set()  # another process was quicker
    gone = _forget_contents(connection, device)
    # From here on no other process packs this device; whoever writes locks in the same order.
    connection.execute(select(devices.c.number).where(devices.c.number == device).with_for_update())
    _add_to_week(connection, insert_into, device, week, [row for row, _ in loose])
    return {(row.probe, digest) for row, digest in loose if digest in gone}


def _taken_out(connection: Connection, device: int, wanted: ColumnElement[bool]) -> list[tuple[WeekRow, bytes]]:
    """These rows, which are no longer in `results`: exactly those that were taken, whoever adds others; with the digest
    of each.
    """
    of = results.c
    old = delete(results).where(wanted).returning(of.probe, of.day, of.digest, of.heard)
    taken = connection.execute(old).all()
    query = select(contents).where(contents.c.device == device)
    said = {bytes(row.digest): _said(row) for row in connection.execute(query)}
    return [
        (week_row((device, ""), row.probe, row.day, said[digest], unpacked(bytes(row.heard), row.day)), digest)
        for row in taken
        for digest in [bytes(row.digest)]
    ]


def _said(row: Row[Any]) -> SaidContent:
    return SaidContent(
        bytes(row.digest)[:KEPT_OF_DIGEST],
        row.room,
        row.probe_version,
        row.status,
        row.error_code,
        row.error_message,
        row.facts,
        row.missing,
        row.rows,
        row.session,
    )


def _add_to_week(
    connection: Connection,
    insert_into: Callable[[Table], UpsertInsert],
    device: int,
    week: WeekNumber,
    rows: Sequence[WeekRow],
) -> None:
    of = packed_weeks.c
    before = connection.execute(select(of.body).where(of.device == device, of.week == week)).scalar()
    there = rows_of_week(device, "", week, bytes(before)) if before is not None else []
    body = packed_week(week, joined([*there, *rows]))
    statement = insert_into(packed_weeks)
    statement = statement.on_conflict_do_update(
        index_elements=[of.device, of.week], set_={"body": statement.excluded.body}
    )
    connection.execute(statement, {"device": device, "week": week, "body": body})


def _forget_contents(connection: Connection, device: int) -> set[bytes]:
    still_said = select(results.c.digest).where(results.c.device == device)
    unsaid = delete(contents).where(contents.c.device == device, contents.c.digest.not_in(still_said))
    return {bytes(digest) for digest in connection.execute(unsaid.returning(contents.c.digest)).scalars()}


def joined(rows: Iterable[WeekRow]) -> list[WeekRow]:
    """Each probe, day and digest once, with all that was heard of it."""
    found: dict[tuple[str, DayNumber, bytes], WeekRow] = {}
    for row in rows:
        key = (row.probe, row.day, row.digest)
        before = found.get(key)
        found[key] = row if before is None else _both(before, row)
    return [row for _, row in sorted(found.items(), key=itemgetter(0))]


def _both(one: WeekRow, other: WeekRow) -> WeekRow:
    return week_row((one.device, one.device_id), one.probe, one.day, one.said, [*one.heard, *other.heard])


def beside(
    connection: Connection, ids: DeviceIds, loose: Sequence[Row[Any]], window: Window, until: Microseconds
) -> Sequence[ResultRow]:
    """All rows of these devices within the window: the `loose` ones, which are read already, and those that are packed;
    by device, probe, day and digest. Of a probe that said nothing in it that was known by `until` also the newest week
    in which it did, and whatever lies packed beside an older loose row.
    """
    first, last = map(week_of, window)
    weeks = _weeks(connection, ids, packed_weeks.c.week.between(first, last))
    older = {(row.device, week_of(row.day)) for row in loose if week_of(row.day) < first}
    said = {(row.device, row.probe) for row in loose if row.known_at <= until and row.day >= window[0]}
    said |= {(row.device, row.probe) for rows in weeks.values() for row in rows if row.is_known(until)}
    lacking = _probes(connection, ids) - said
    silent = {device: ids[device] for device, _ in lacking} | {device: ids[device] for device, _ in older}
    weeks |= _older(connection, silent, lacking, older, before=first, until=until) if silent else {}
    return _in_order(loose, [row for rows in weeks.values() for row in rows])


def within(connection: Connection, device_id: str, loose: Sequence[Row[Any]], window: Window) -> Sequence[ResultRow]:
    """All rows of one device on the days of the window, the `loose` ones among them."""
    number = connection.execute(select(devices.c.number).where(devices.c.device_id == device_id)).scalar()
    if number is None:
        return loose
    first, last = map(week_of, window)
    weeks = _weeks(connection, {number: device_id}, packed_weeks.c.week.between(first, last))
    packed = [row for rows in weeks.values() for row in rows if window[0] <= row.day <= window[1]]
    return _in_order(loose, packed)


def _weeks(connection: Connection, ids: DeviceIds, wanted: ColumnElement[bool]) -> dict[DeviceWeek, list[WeekRow]]:
    query = select(packed_weeks).where(packed_weeks.c.device.in_(list(ids)), wanted)
    return {
        (row.device, row.week): rows_of_week(row.device, ids[row.device], row.week, bytes(row.body))
        for row in connection.execute(query)
    }


def _probes(connection: Connection, ids: DeviceIds) -> set[tuple[int, str]]:
    query = select(device_probes.c.device, device_probes.c.probe).where(device_probes.c.device.in_(list(ids)))
    return {(row.device, row.probe) for row in connection.execute(query)}


def _older(
    connection: Connection,
    ids: DeviceIds,
    lacking: set[tuple[int, str]],
    beside_loose: set[DeviceWeek],
    *,
    before: WeekNumber,
    until: Microseconds,
) -> dict[DeviceWeek, list[WeekRow]]:
    """The weeks from the newest on, until every probe that lacks is found."""
    of, lacks, found = packed_weeks.c, set(lacking), dict[DeviceWeek, list[WeekRow]]()
    query = select(of.device, of.week).where(of.device.in_(list(ids)), of.week < before).order_by(of.week.desc())
    for device, week in connection.execute(query).all():
        if (device, week) in beside_loose or any(one == device for one, _ in lacks):
            found |= _weeks(connection, {device: ids[device]}, of.week == week)
            lacks -= {(device, row.probe) for row in found[device, week] if row.is_known(until)}
    return found


def _in_order(loose: Sequence[Row[Any]], packed: Sequence[WeekRow]) -> Sequence[ResultRow]:
    """Where one day of a probe lies in both places, its rows are joined."""
    if not packed:
        return loose
    days = {(row.device, row.probe, row.day) for row in loose}
    split = [row for row in packed if (row.device, row.probe, row.day) in days]
    if not split:
        return sorted([*loose, *packed], key=_place)
    shared = {(row.device, row.probe, row.day) for row in split}
    apart: dict[int, list[WeekRow]] = defaultdict(list)
    for row in split:
        apart[row.device].append(row)
    for one in loose:
        if (one.device, one.probe, one.day) in shared:
            heard = unpacked(bytes(one.heard), one.day)
            apart[one.device].append(week_row((one.device, one.device_id), one.probe, one.day, _loose(one), heard))
    whole = [row for rows in (loose, packed) for row in rows if (row.device, row.probe, row.day) not in shared]
    return sorted([*whole, *(row for rows in apart.values() for row in joined(rows))], key=_place)


_place = attrgetter("device", "probe", "day")
"""Digests of one day and probe are in order already: they come from one place, or are joined."""


def _loose(row: Row[Any]) -> SaidContent:
    """What a row that was read with its content says, as it would be packed."""
    said = (row.room, 0, row.status, row.error_code, None, row.facts, row.missing, row.rows, row.session)
    return SaidContent(bytes(row.digest)[:KEPT_OF_DIGEST], *said)


def forget_before(connection: Connection, device: int, before: DayNumber) -> int:
    """Removes the weeks that were over before that day; gives how many."""
    old = delete(packed_weeks).where(packed_weeks.c.device == device, packed_weeks.c.week < week_of(before))
    return connection.execute(old).rowcount


def has_any(connection: Connection, device: int) -> bool:
    """Whether anything of the device is packed."""
    query = select(packed_weeks.c.week).where(packed_weeks.c.device == device).limit(1)
    return connection.execute(query).first() is not None
