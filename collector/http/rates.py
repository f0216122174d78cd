"""How often somebody may ask: one bucket per client, refilled evenly, over a bounded number of clients.

Ours, because no number of addresses may fill the memory: limits, and slowapi on it, keep every client until its window
ends.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import msgspec

from collector.http.requests import RefusedError
from collector.store.lru_cache import LruCache

REMEMBERED_CLIENTS = 50_000


class _Bucket(msgspec.Struct):
    left: float
    at_s: float


class RateLimit:
    """At most `per_minute` requests a minute and client, and as many at once."""

    def __init__(self, per_minute: int, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        """`monotonic_s` is the clock that refills the buckets."""
        self._per_minute = per_minute
        self._monotonic_s = monotonic_s
        self._buckets: LruCache[str, _Bucket] = LruCache(REMEMBERED_CLIENTS)

    def wait_s(self, client: str) -> int:
        """0 if the client may ask now; else after how many whole seconds it may."""
        left = self._bucket(client).left
        return 0 if left >= 1 else math.ceil((1 - left) * 60 / self._per_minute)

    def count(self, client: str) -> None:
        """Notes a request of the client."""
        self._bucket(client).left -= 1

    def admit(self, device_id: str, does: str, advice: str) -> None:
        """Counts a request of a device, or refuses it (429): it `does` too often, and `advice` says what to do then."""
        hold_back(device_id, f"The device {does} too often (requests_per_minute). Wait {{wait_s}} s, {advice}.", self)
        self.count(device_id)

    def _bucket(self, client: str) -> _Bucket:
        now = self._monotonic_s()
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = _Bucket(left=self._per_minute, at_s=now)
            self._buckets.put(client, bucket)
        bucket.left = min(self._per_minute, bucket.left + (now - bucket.at_s) * self._per_minute / 60)
        bucket.at_s = now
        return bucket


def hold_back(client: str, sentence: str, *rates: RateLimit) -> None:
    """Raises RefusedError (429) where the client has used up one of `rates`; `sentence` says how many `{wait_s}`."""
    wait_s = max(rate.wait_s(client) for rate in rates)
    if wait_s:
        raise RefusedError(429, "too_many_requests", sentence.format(wait_s=wait_s), retry_after_s=wait_s)
