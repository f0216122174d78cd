"""Which numbers of a run of reports are stored, as ranges: the same space for one report and for a million.

A range is two numbers, so `1-96` says that 96 reports are stored. Numbers that never come (an agent's queue was full)
leave a gap, and where a run has too many, further numbers are kept one by one, as ids that do not count are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Select, bindparam, select, update

from agent.protocol.report_ids import CountedId
from collector.store.database import Database
from collector.store.tables import report_runs
from collector.store.timestamps import Microseconds

MOST_RANGES = 64
_ASKED_TOGETHER = 2_000
"""Devices that one question names; databases have a limit."""

Range = tuple[int, int]
RunKey = tuple[int, bytes]
"""A device and a run of its reports."""
NumberedReport = tuple[int, CountedId]
Numbers = Mapping[RunKey, Mapping[int, Microseconds]]
"""When each number was received, by run."""


def ranges_of(stored: str) -> list[Range]:
    """What `stored` says, in order; empty where nothing is stored."""
    parts = (part.partition("-") for part in stored.split(",") if part)
    return [(int(first), int(last or first)) for first, _, last in parts]


def told(ranges: Iterable[Range]) -> str:
    """The ranges as a column keeps them."""
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def has(ranges: Sequence[Range], number: int) -> bool:
    """Whether the number is stored."""
    place = bisect_right(ranges, (number, number)) - 1
    candidates = ranges[max(0, place) : place + 2]
    return any(first <= number <= last for first, last in candidates)


def with_number(ranges: Sequence[Range], number: int) -> list[Range]:
    """The ranges with one more number, joined where they touch."""
    joined: list[Range] = []
    for first, last in sorted([*ranges, (number, number)]):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


class NotedNumbers:
    """Notes numbers as stored, for one database."""

    def __init__(self, database: Database) -> None:
        """The statements are written once."""
        self._locks = database.engine.dialect.name != "sqlite"  # there nobody else writes meanwhile
        self._add = database.insert_into(report_runs).on_conflict_do_nothing()

    def note(self, connection: Connection, numbers: Numbers) -> tuple[set[NumberedReport], set[NumberedReport]]:
        """Gives those that were not stored before and are now, and those of runs with too many gaps: they are neither
        looked for nor noted here.
        """
        new, left = set[NumberedReport](), set[NumberedReport]()
        changed: list[dict[str, object]] = []
        for key, stored in self._held(connection, sorted(numbers)).items():
            before = ranges = ranges_of(stored)
            for number in sorted(numbers[key]):
                if has(ranges, number):
                    continue
                if len(ranges) >= MOST_RANGES:
                    left.add((key[0], CountedId(key[1], number)))
                    continue
                ranges = with_number(ranges, number)
                new.add((key[0], CountedId(key[1], number)))
            if ranges is not before:
                changed.append(_change(key, ranges, max(numbers[key].values())))
        if changed:
            connection.execute(_NOTE, changed)
        return new, left

    def _held(self, connection: Connection, keys: Sequence[RunKey]) -> dict[RunKey, str]:
        """What is stored of each run, which from here on nobody else can change before the end of the transaction."""
        found = self._read(connection, keys)
        unknown = [key for key in keys if key not in found]
        if unknown:
            rows = [{"device": device, "run": run, "stored": "", "received_at": 0} for device, run in unknown]
            connection.execute(self._add, rows)
            found |= self._read(connection, unknown)
        return {key: found[key] for key in keys}

    def _read(self, connection: Connection, keys: Sequence[RunKey]) -> dict[RunKey, str]:
        wanted, by_device = set(keys), defaultdict[int, list[bytes]](list)
        for device, run in keys:
            by_device[device].append(run)
        devices = sorted(by_device)
        found: dict[RunKey, str] = {}
        for start in range(0, len(devices), _ASKED_TOGETHER):
            asked = devices[start : start + _ASKED_TOGETHER]
            runs = {run for device in asked for run in by_device[device]}
            for row in connection.execute(self._question(asked, sorted(runs))):
                found[row.device, bytes(row.run)] = row.stored
        return {key: stored for key, stored in found.items() if key in wanted}

    def _question(self, devices: Sequence[int], runs: Sequence[bytes]) -> Select[tuple[int, bytes, str]]:
        """In the order of the key, so that two collectors on one database never wait for each other in a circle."""
        of = report_runs.c
        query = (
            select(of.device, of.run, of.stored)
            .where(of.device.in_(devices), of.run.in_(runs))
            .order_by(of.device, of.run)
        )
        return query.with_for_update() if self._locks else query


def _change(key: RunKey, ranges: Sequence[Range], received_at: Microseconds) -> dict[str, object]:
    return {"of_device": key[0], "of_run": key[1], "ranges": told(ranges), "at": received_at}


_NOTE = (
    update(report_runs)
    .where(report_runs.c.device == bindparam("of_device"), report_runs.c.run == bindparam("of_run"))
    .values(stored=bindparam("ranges"), received_at=bindparam("at"))
)
