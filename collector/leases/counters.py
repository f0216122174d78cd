"""Keeps count of leases for the metrics: what this process gave and refused since its start. Any thread may tell it."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime

from collector.readiness.leases.counts import LeaseCounts
from collector.readiness.leases.scheduler import Refusal


class LeaseCounters:
    """Counts. What a lease was given for and to whom is in the store."""

    def __init__(self) -> None:
        """Nothing was given yet."""
        self._lock = threading.Lock()
        self._granted = 0
        self._refused: Counter[str] = Counter()
        self._held: dict[str, datetime] = {}

    def gave(self, lease_id: str, now: datetime, expires_at: datetime) -> None:
        """A lease begins. Those that are over by now are forgotten, so that they do not pile up."""
        with self._lock:
            self._granted += 1
            self._held = self._in_force(now) | {lease_id: expires_at}

    def refused(self, code: Refusal) -> None:
        """A device was told to ask again."""
        with self._lock:
            self._refused[code] += 1

    def given_back(self, lease_id: str) -> None:
        """A lease ended early."""
        with self._lock:
            self._held.pop(lease_id, None)

    def counts(self, now: datetime) -> LeaseCounts:
        """As it stands at `now`."""
        with self._lock:
            return LeaseCounts(self._granted, dict(self._refused), len(self._in_force(now)))

    def _in_force(self, now: datetime) -> dict[str, datetime]:
        return {lease_id: ends_at for lease_id, ends_at in self._held.items() if ends_at > now}
