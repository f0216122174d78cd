"""Whether the access point is another than at the run before: a device that roams about loses its answers in between.

Remembered from run to run in the agent's own folder. Two runs that lie far apart say nothing: people carry machines.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from agent.measuring.contract import ProbeReading
from agent.protocol.facts import FactSpec
from agent.protocol.wire import UtcTime
from agent.system.files import write_durably

ROAMED = FactSpec("roamed", "bool", "", "whether the access point is another than at a run within the last hour")
RECENT = timedelta(hours=1)
_FILE = "wifi_access_point.json"


class Used(msgspec.Struct, frozen=True):
    """The access point that was used at a run."""

    bssid: str
    at: UtcTime


def with_roaming(reading: ProbeReading, folder: Path | None, now: datetime) -> ProbeReading:
    """The reading, and whether the access point has changed; without one the memory is left as it is."""
    bssid = reading.facts.get("bssid")
    if not isinstance(bssid, str):
        return _told(reading, None, reading.missing.get("bssid", "not_stated"))
    if folder is None:
        return _told(reading, None, "not_remembered")
    before = _read(folder / _FILE)
    with suppress(OSError):  # on a full disk the next run has nothing to compare with
        write_durably(folder / _FILE, msgspec.json.encode(Used(bssid, now)))
    if before is None or not timedelta() <= now - before.at <= RECENT:
        return _told(reading, None, "no_recent_run")
    return _told(reading, before.bssid != bssid, None)


def _told(reading: ProbeReading, roamed: bool | None, reason: str | None) -> ProbeReading:
    missing = reading.missing if reason is None else {**reading.missing, ROAMED.name: reason}
    return msgspec.structs.replace(reading, facts={**reading.facts, ROAMED.name: roamed}, missing=missing)


def _read(file: Path) -> Used | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Used)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None
