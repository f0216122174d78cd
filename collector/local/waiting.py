"""Waiting for a collector on this machine: as long as it gets anywhere, however busy the machine is."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from collector.local.processes import LocalRunError, last_lines
from collector.local.workplace import Workplace

START_S = 300.0
STANDSTILL_S = 120.0
POLL_S = 0.2
ANSWER_S = 30.0

Judged = Callable[[int], None]
"""Told how many sittings have been judged by now."""


class Patience:
    """Ends when nothing has moved for some seconds: how long something takes in all says how busy the machine is."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds = seconds
        self._clock = clock
        self._seen: object = None
        self._moved_at = clock()

    def ends(self, seen: object) -> bool:
        """Whether `seen` has been the same for too long."""
        if seen != self._seen:
            self._seen, self._moved_at = seen, self._clock()
        return self._clock() - self._moved_at >= self.seconds


def wait_for_collector(process: subprocess.Popen[bytes], place: Workplace) -> None:
    """Until the collector answers; an error that quotes its log when it ends or stays silent."""
    patience = Patience(START_S, time.monotonic)
    while process.poll() is None and not patience.ends("silent"):
        if _sittings(place.url) is not None:
            return
        time.sleep(POLL_S)
    log = place.log("collector")
    raise LocalRunError("collector_did_not_start", log=str(log), said=last_lines(log))


def wait_for_verdict(
    process: subprocess.Popen[bytes],
    place: Workplace,
    since: datetime,
    judged: Judged,
    patience: Patience,
) -> None:
    """Until this school's sittings have been judged after `since`, while any sittings at all are still being judged."""
    log, done = place.log("collector"), 0
    while not patience.ends(done):
        began_s = time.monotonic()
        if process.poll() is not None:
            raise LocalRunError("child_ended", name="provklar serve", log=str(log), said=last_lines(log))
        if (sittings := _sittings(place.url)) is not None:
            newly = [_is_since(sitting, since) for sitting in sittings]
            own = [_is_since(sitting, since) for sitting in sittings if sitting["school"]["code"] == place.school.code]
            done = sum(newly)
            judged(done)
            if own and all(own):
                return
        # The answer holds every sitting: asking without a pause would keep the collector from judging them.
        time.sleep(max(POLL_S, time.monotonic() - began_s))
    raise LocalRunError("no_verdict_in_time", seconds=f"{patience.seconds:.0f}", log=str(log))


def _sittings(url: str) -> list[dict[str, Any]] | None:
    """All sittings as the API tells them; None if the collector is too busy to."""
    try:
        answer = httpx.get(f"{url}/api/v1/sittings", timeout=ANSWER_S, trust_env=False)
        answer.raise_for_status()
    except httpx.HTTPError:
        return None
    sittings: list[dict[str, Any]] = answer.json()
    return sittings


def _is_since(sitting: dict[str, Any], since: datetime) -> bool:
    return datetime.fromisoformat(sitting["judged_at"]) >= since
