"""Since when this device has found the ladder broken, remembered from climb to climb, and when to climb again.

A ladder that breaks is climbed every minute for a while, so that it is known to the minute how long it was broken. Each
such episode has its own beginning in what is reported: two that are otherwise alike are not taken for one.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from agent.protocol.wire import UtcTime
from agent.system.files import write_durably

AGAIN_S = 60.0
CLIMBS_MAX = 30
"""So many climbs in a row find the ladder broken before the plan's rhythm is enough again."""

_FILE = "ladder_broken.json"


class Episode(msgspec.Struct, frozen=True):
    """The first of a row of climbs that found the ladder broken, and how many there have been."""

    since: UtcTime
    climbs: int


class EpisodeMemory:
    """What is remembered in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def broken(self, now: datetime) -> Episode:
        """Notes a climb that found the ladder broken. A beginning in the future is by a clock that was set back."""
        before = self._read()
        goes_on = before is not None and before.since <= now
        episode = Episode(before.since, before.climbs + 1) if before and goes_on else Episode(now, 1)
        with suppress(OSError):  # on a full disk each climb looks like the first, and none is lost
            write_durably(self._file, msgspec.json.encode(episode))
        return episode

    def whole(self) -> None:
        """Notes a climb that found nothing broken."""
        self._file.unlink(missing_ok=True)

    def again_s(self, chance: float) -> float | None:
        """How long to wait before climbing again out of turn; None if the plan's rhythm is enough. Spread by `chance`
        (0 to 1), so that a school's devices do not climb together.
        """
        episode = self._read()
        return None if episode is None or episode.climbs > CLIMBS_MAX else AGAIN_S * (0.75 + chance / 2)

    def _read(self) -> Episode | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Episode)
        except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
            return None
