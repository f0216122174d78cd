"""A queue of reports on disk that no crash, full disk or torn file empties.

One file per report, written whole (temporary file, fsync, rename, fsync of the folder) and named so that sorting
gives the order of writing. The queue is bounded: the oldest report goes first, and how many went is remembered on
disk and told to the collector in the next report's `dropped_count`.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from agent.i18n.errors import OutboxFullError
from agent.protocol.wire import Report, ReportAnswer
from agent.runtime.data_folder import DataFolder
from agent.system.files import remove_leftovers, sync_folder, write_durably

KEPT_ASIDE = 50
"""How many spoilt files, and how many rejected reports, are kept for a person to look at."""

_DISK_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
_LEFTOVER_AGE_S = 3_600


class Dropped(msgspec.Struct, frozen=True):
    """How many reports went out unsent: `untold` since the newest report, `total` ever. `last_file` is the last
    one counted, so that a crash between counting and removing counts it once.
    """

    untold: int = 0
    total: int = 0
    last_file: str = ""


class Stored(NamedTuple):
    """A report in the queue, and the file that holds it."""

    file: Path
    report: Report


class Outbox:
    """The queue in `folder`, at most `max_reports` long. The caller sees to it that one process writes at a time."""

    def __init__(self, folder: DataFolder, max_reports: int) -> None:
        self._folder = folder
        self._max_reports = max_reports
        self._dropped_file = folder.path / "dropped.json"
        remove_leftovers(folder.outbox, _LEFTOVER_AGE_S)

    def __len__(self) -> int:
        return len(self._files())

    def dropped(self) -> Dropped:
        """How many reports were thrown away because the queue was full."""
        try:
            return msgspec.json.decode(self._dropped_file.read_bytes(), type=Dropped)
        except (FileNotFoundError, msgspec.DecodeError):
            return Dropped()

    def put(self, report: Report) -> int:
        """Adds a report; says how many of the oldest had to go. It is on the disk when this returns.

        Raises OutboxFullError if the disk is full; what was in the queue is still there.
        """
        try:
            return self._put(report)
        except OSError as error:
            if error.errno in _DISK_FULL:
                raise OutboxFullError("disk_full", folder=str(self._folder.path), waiting=len(self)) from error
            raise

    def _put(self, report: Report) -> int:
        files = self._files()
        surplus = files[: max(0, len(files) + 1 - self._max_reports)]
        for file in surplus:
            self._drop(file)
        dropped = self.dropped()
        told = msgspec.structs.replace(report, dropped_count=dropped.untold)
        number = int(files[-1].name.partition("-")[0]) + 1 if files else 1
        write_durably(self._folder.outbox / f"{number:012d}-{report.report_id}.json", msgspec.json.encode(told))
        if dropped.untold:
            # A crash right before this line tells of the same loss twice: rather that than never.
            self._keep(msgspec.structs.replace(dropped, untold=0))
        return len(surplus)

    def _drop(self, file: Path) -> None:
        dropped = self.dropped()
        if dropped.last_file != file.name:
            told_by_it = _decoded(file.read_bytes())
            lost = 1 + (told_by_it.dropped_count if told_by_it else 0)
            self._keep(Dropped(dropped.untold + lost, dropped.total + 1, file.name))
        file.unlink(missing_ok=True)

    def _keep(self, dropped: Dropped) -> None:
        write_durably(self._dropped_file, msgspec.json.encode(dropped))

    def oldest(self, limit: int) -> list[Stored]:
        """Up to `limit` reports, oldest first. Files that are no reports are moved to `corrupt/` on the way."""
        found: list[Stored] = []
        for file in self._files():
            if len(found) == limit:
                break
            try:
                report = _decoded(file.read_bytes())
            except FileNotFoundError:
                continue
            if report is None:
                _set_aside(file, self._folder.corrupt)
            else:
                found.append(Stored(file, report))
        return found

    def delivered(self, stored: Sequence[Stored]) -> None:
        """Removes reports that the collector has."""
        for one in stored:
            one.file.unlink(missing_ok=True)
        sync_folder(self._folder.outbox)

    def rejected(self, stored: Stored, answer: ReportAnswer) -> None:
        """Moves a report that the collector will never take to `rejected/`, with the reason beside it."""
        write_durably(self._folder.rejected / f"{stored.file.stem}.answer.json", msgspec.json.encode(answer))
        _set_aside(stored.file, self._folder.rejected)

    def corrupt_count(self) -> int:
        """How many spoilt files are kept aside."""
        return len(list(self._folder.corrupt.glob("*.json")))

    def rejected_count(self) -> int:
        """How many rejected reports are kept aside."""
        return len(list(self._folder.rejected.glob("*.answer.json")))

    def _files(self) -> list[Path]:
        return sorted(path for path in self._folder.outbox.glob("*.json") if path.name[:12].isdigit())


def _decoded(content: bytes) -> Report | None:
    try:
        return msgspec.json.decode(content, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _set_aside(file: Path, folder: Path) -> None:
    file.replace(folder / file.name)
    sync_folder(folder)
    kept = sorted(path for path in folder.glob("*.json") if not path.name.endswith(".answer.json"))
    for surplus in kept[: max(0, len(kept) - KEPT_ASIDE)]:
        surplus.unlink(missing_ok=True)
        surplus.with_name(f"{surplus.stem}.answer.json").unlink(missing_ok=True)
