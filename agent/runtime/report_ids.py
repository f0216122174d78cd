"""The next report's id: one number after the other, in a run that is this machine's alone since it was started.

A run is drawn by chance. It ends where the machine was started again, or where its clocks no longer agree: in a folder
that was copied to another machine, or on one that was set back to an earlier moment, no number may be used twice. The
collector would take the second report for the first.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from agent.protocol.report_ids import RUN_BYTES, CountedId
from agent.protocol.wire import UtcTime
from agent.system.files import write_durably

SAME_START = timedelta(seconds=30)
"""So far the moment of start, told by two clocks, may wander while a machine is on."""


class ReportRun(msgspec.Struct, frozen=True):
    """The run in use, when the machine was started, and the last number that was used."""

    run: str
    started_at: UtcTime
    number: int


def next_report_id(file: Path, now: datetime, monotonic_s: float) -> str:
    """An id that was never used, by the two clocks of the machine: on disk before it is used, and an id by chance where
    it can not be. The caller sees to it that one process asks at a time.
    """
    try:
        started_at = now - timedelta(seconds=monotonic_s)
        run = _counted(_kept(file), started_at)
        write_durably(file, msgspec.json.encode(run))
    except (OSError, OverflowError):
        return uuid.uuid4().hex
    return str(CountedId(bytes.fromhex(run.run), run.number))


def _counted(before: ReportRun | None, started_at: datetime) -> ReportRun:
    """The start is that of the run's first number, so that a clock which wanders slowly ends the run some day."""
    if before is None or abs(before.started_at - started_at) > SAME_START:
        return ReportRun(secrets.token_hex(RUN_BYTES), started_at, 1)
    return msgspec.structs.replace(before, number=before.number + 1)


def _kept(file: Path) -> ReportRun | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=ReportRun)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None
