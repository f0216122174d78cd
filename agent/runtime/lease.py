"""Leave to fill the school's line: asked for before each probe that fills it, and given back after.

Without leave such a probe is put off: it gives no result, for nothing was measured and nothing failed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from agent.i18n.errors import AgentError, CollectorAwayError, LeaseRefusedError
from agent.protocol.wire import Lease, ProbeResult
from agent.runtime.collector_client import CollectorClient
from agent.runtime.data_folder import DataFolder, Identity
from agent.runtime.progress import Progress
from agent.system.machine import System

PATIENCE_S = 60.0
"""How long whoever waits in front of the screen waits for another device's test to end."""

RETRY_S = 600.0
"""When to ask again if the collector did not say, at least half of it."""

_SHORTEST_RETRY_S = 1.0


class Leave(NamedTuple):
    """A lease, and how many seconds of it are left."""

    lease: Lease
    left_s: float


class SchoolLine:
    """The line of this device's school. `patience_s` is for a line that is busy: other refusals last longer."""

    def __init__(
        self,
        data: DataFolder,
        uplink: CollectorClient,
        identity: Identity,
        system: System,
        tell: Progress,
        *,
        patience_s: float,
    ) -> None:
        self._data = data
        self._uplink = uplink
        self._identity = identity
        self._system = system
        self._tell = tell
        self._patience_s = patience_s

    def fill(self, probe: str, measure: Callable[[Leave], ProbeResult]) -> ProbeResult | None:
        """What `measure` found under a lease. None if the probe is put off: then the reason has been told, and when
        to ask again is kept.
        """
        try:
            leave = self.ask(probe)
        except AgentError as error:
            self._put_off(probe, error)
            return None
        return self.use(leave, measure)

    def use(self, leave: Leave, measure: Callable[[Leave], ProbeResult]) -> ProbeResult:
        """What `measure` found; then the lease is given back."""
        result = measure(leave)
        # What did not end in time may still be filling the line: that lease has to run out by itself.
        if result.status != "timeout":
            self._give_back(leave.lease)
        return result

    def ask(self, probe: str) -> Leave:
        """Leave to fill the line now, or within `patience_s` if it is busy. Raises AgentError."""
        waited_s = 0.0
        while True:
            asked_s = self._system.monotonic_s()
            try:
                lease = self._uplink.lease(self._identity.token, probe)
            except LeaseRefusedError as error:
                wait_s = max(error.retry_after_s or 0.0, _SHORTEST_RETRY_S)
                waited_s += wait_s
                if error.refusal != "line_busy" or waited_s > self._patience_s:
                    raise
                self._tell("lease_waiting", probe=probe, seconds=wait_s)
                self._system.sleep(wait_s)
            else:
                return Leave(lease, asked_s + lease.valid_s - self._system.monotonic_s())

    def _put_off(self, probe: str, error: AgentError) -> None:
        asked_s = error.retry_after_s if isinstance(error, LeaseRefusedError | CollectorAwayError) else None
        wait_s = RETRY_S * (0.5 + random.random() / 2) if asked_s is None else max(asked_s, _SHORTEST_RETRY_S)
        now = self._system.now()
        until = now + timedelta(seconds=wait_s)
        with suppress(OSError):  # on a full disk it is asked again by its plan, and other results must not be lost
            self._data.put_off_until(probe, until, now)
        self._tell(error.code, **error.values)
        self._tell("lease_put_off", probe=probe, again=shown_moment(until))

    def _give_back(self, lease: Lease) -> None:
        try:
            self._uplink.give_back(self._identity.token, lease.lease_id)
        except AgentError as error:
            self._tell(error.code, **error.values)  # it runs out by itself


def shown_moment(moment: datetime) -> str:
    """A moment as people read it, by the machine's own time of day."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
