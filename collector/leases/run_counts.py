"""What measurement points counted of runs, written down: of the one in this collector, and of one that is a process of
its own by asking it.

A point of its own needs no way to the collector: the collector asks it, with a ticket signed with the secret that they
share, at the address that agents measure against.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import httpx
import msgspec

from collector.measurement.tally import QUIET_S, RunCount, Tally
from collector.measurement.tickets import Ticket, issue
from collector.readiness.domain.model import CountedRun
from collector.store.errors import StorageUnavailableError
from collector.store.watermark import Watermark

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
ASK_EVERY_S = 5.0
ASK_WITHIN_S = 4.0
TICKET_VALID = timedelta(minutes=5)
WHO, NO_SCHOOL = "collector", "00000000"
LARGEST_BYTES = 8_000_000

_runs = msgspec.json.Decoder(list[RunCount])


class CountStore(Protocol):
    """What this needs of the store."""

    def save_counted(self, runs: Sequence[CountedRun]) -> set[str]: ...


class RunCounts:
    """Belongs to one event loop. `on_stored` gets the schools with something new."""

    def __init__(
        self,
        store: CountStore,
        tally: Tally,
        point_url: Callable[[], str | None],
        secret: bytes,
        watermark: Watermark,
        *,
        on_stored: Callable[[set[str]], None],
    ) -> None:
        """`point_url` is the measurement point of its own that agents are told, if any."""
        self._store = store
        self._tally = tally
        self._point_url = point_url
        self._secret = secret
        self._watermark = watermark
        self._on_stored = on_stored
        self._trusted = ssl.create_default_context()  # what this machine trusts, its own authorities too
        self._trouble: str | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Looks often, until `stop`."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="counted runs")

    async def stop(self) -> None:
        """Writes down what has been counted by now, and ends."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await asyncio.to_thread(self.keep, self._tally.finish(time.monotonic() + QUIET_S))

    async def _run(self) -> None:
        asked_s = float("-inf")
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now_s = time.monotonic()
            runs = self._tally.finish(now_s)
            if runs:
                await asyncio.to_thread(self.keep, runs)
            if now_s - asked_s >= ASK_EVERY_S:
                asked_s = now_s
                await asyncio.to_thread(self.ask)

    def keep(self, runs: Iterable[RunCount]) -> None:
        """Writes down what was counted. What the store does not take is lost: then those rates are not counted."""
        now = self._watermark.received()
        try:
            changed = self._store.save_counted([_counted(run, now) for run in runs])
        except StorageUnavailableError as error:
            log.warning("what the measurement point counted was not stored: %s", error)
            return
        finally:
            self._watermark.written(now)
        if changed:
            self._on_stored(changed)

    def ask(self) -> None:
        """Asks the point of its own, if there is one, what it has counted lately. What is known by now stays."""
        url = self._point_url()
        if url is None:
            return
        try:
            runs = self._asked(url)
        except (httpx.HTTPError, msgspec.DecodeError, UnicodeDecodeError) as error:
            self._note(f"{type(error).__name__}: {error}"[:200], url)
            return
        self._note(None, url)
        self.keep(runs)

    def _asked(self, url: str) -> list[RunCount]:
        ticket = issue(self._secret, Ticket(WHO, NO_SCHOOL, "counts", self._watermark.known_until() + TICKET_VALID))
        headers = {"authorization": f"Bearer {ticket}"}
        answer = httpx.get(
            f"{url.rstrip('/')}/counts", headers=headers, timeout=ASK_WITHIN_S, verify=self._trusted, trust_env=False
        )
        answer.raise_for_status()
        return _runs.decode(answer.content[:LARGEST_BYTES])

    def _note(self, trouble: str | None, url: str) -> None:
        """Says once that it does not answer, and once that it does again."""
        if trouble and not self._trouble:
            log.warning(
                "the measurement point %s does not tell what it counted, so what browsers measure against it does not "
                "count (%s). Check that the collector reaches it, and that both run the same version.",
                url,
                trouble,
            )
        elif self._trouble and not trouble:
            log.info("the measurement point %s tells again what it counted", url)
        self._trouble = trouble


def _counted(run: RunCount, now: datetime) -> CountedRun:
    return CountedRun(
        device_id=run.device_id,
        at=run.at,
        received_at=now,
        seconds=run.seconds,
        down_bytes=run.down_bytes,
        up_bytes=run.up_bytes,
        down_mbit_s=run.down_mbit_s,
        up_mbit_s=run.up_mbit_s,
        session=run.session or None,
    )
