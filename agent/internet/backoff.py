"""Who was refused stays away for a while, over restarts too: speedtest.net bans those who come back at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from agent.protocol.wire import UtcTime
from agent.system.files import write_durably

FIRST_S = 3_600.0
AT_MOST_S = 7 * 86_400.0
_DOUBLINGS = 10
_FILE = "internet_refused.json"


class Backoff(msgspec.Struct, frozen=True):
    """How often in a row we were refused, and when to ask again."""

    count: int
    not_before: UtcTime


class BackingOff:
    """The memory of refusals in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def until(self, now: datetime) -> datetime | None:
        """When to ask again, or None if that may be now. A clock that was set back far does not keep us away."""
        refusal = self._read()
        if refusal is None or not now < refusal.not_before <= now + timedelta(seconds=AT_MOST_S):
            return None
        return refusal.not_before

    def refused(self, now: datetime, retry_after_s: float | None, chance: float) -> None:
        """Notes one more refusal. The pause doubles each time; it is longer if the server asked for more."""
        before = self._read()
        count = before.count + 1 if before else 1
        wait_s = min(AT_MOST_S, max(pause_s(count, chance), retry_after_s or 0.0))
        write_durably(self._file, msgspec.json.encode(Backoff(count, now + timedelta(seconds=wait_s))))

    def welcome(self) -> None:
        """We were served."""
        self._file.unlink(missing_ok=True)

    def _read(self) -> Backoff | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Backoff)
        except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
            return None


def pause_s(count: int, chance: float) -> float:
    """Doubles with each refusal, at most a week; between half and all of it by `chance` (0 to 1)."""
    return min(AT_MOST_S, FIRST_S * 2.0 ** min(count - 1, _DOUBLINGS)) * (0.5 + chance / 2)
