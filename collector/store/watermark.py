"""Up to when all that was received is written down, so that whoever reads knows what was known.

What is received gets its time before it is on disk. Read as of a time between the two, it is missing, and is there
when the same is read later. So judging is as of the watermark, not of the clock: before the oldest that is on its way.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

_TICK = timedelta(microseconds=1)


class Watermark:
    """For one process; any thread. What other processes receive on the same database is milliseconds off at most."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """`clock` gives the time as aware UTC."""
        self._clock = clock
        self._lock = threading.Lock()
        self._on_its_way: Counter[datetime] = Counter()

    def received(self) -> datetime:
        """The time of something that has just been received; `written` has to be told when it is on disk, or never."""
        with self._lock:
            now = self._clock()
            self._on_its_way[now] += 1
            return now

    def written(self, received_at: datetime) -> None:
        """What was received then is on disk, or will never be."""
        with self._lock:
            self._on_its_way[received_at] -= 1
            if not self._on_its_way[received_at]:
                del self._on_its_way[received_at]

    def known_until(self) -> datetime:
        """The newest moment as of which all that was received can be read."""
        with self._lock:
            now = self._clock()
            return min(now, min(self._on_its_way, default=now + _TICK) - _TICK)
