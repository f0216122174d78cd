"""Keeps what fails now, and whose it is, up to date: the edge between the store, the clock and the pure `blame`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from collector.clock import Clock
from collector.configuration.model import Configuration
from collector.readiness.domain.model import Observation
from collector.readiness.incidents.attribute import PROBE, WINDOW, Attribution, Incident, RungCount, attribute_faults

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(hours=24)
"""How far back the first round after a start looks for the beginning of what fails; later rounds carry it over."""

LOOK_EVERY_S = 60


class LadderStore(Protocol):
    """What this needs of the store."""

    def probe_history(self, probe: str, as_of: datetime, since: datetime) -> dict[str, list[Observation]]: ...


class IncidentWatch:
    """What failed at the newest round. A round that breaks leaves the older answer no longer than the window."""

    def __init__(self, store: LadderStore, configuration: Callable[[], Configuration], clock: Clock) -> None:
        """Knows nothing before the first `run`."""
        self._store = store
        self._configuration = configuration
        self._clock = clock
        self._found = Attribution()
        self._looked_at: datetime | None = None

    def run(self) -> None:
        """Looks once; called every minute. Simulated schools are compared with each other, never with real ones."""
        now = self._clock()
        configuration = self._configuration()
        since = now - (LOOK_BACK if self._looked_at is None else 2 * WINDOW)
        observed = self._store.probe_history(PROBE, now, since)
        found = Attribution()
        for simulated in (False, True):
            schools = {code for code, school in configuration.schools.items() if school.simulated is simulated}
            part = {code: said for code, said in observed.items() if code in schools}
            authorities = dict.fromkeys(part, configuration.settings.authority)
            found = _joined(found, attribute_faults(part, authorities, now, self._found.incidents), simulated=simulated)
        self._found = found
        self._looked_at = now

    def current(self) -> list[Incident]:
        """What fails, by the newest round; nothing once that is older than the window: then nobody knows."""
        return self._newest().incidents

    def rungs(self) -> list[RungCount]:
        """Who found what at each rung, by the newest round, or nothing in the same way."""
        return self._newest().rungs

    def _newest(self) -> Attribution:
        if self._looked_at is None or self._clock() - self._looked_at > WINDOW:
            return Attribution()
        return self._found


def _joined(one: Attribution, other: Attribution, *, simulated: bool) -> Attribution:
    marked = [msgspec.structs.replace(incident, simulated=simulated) for incident in other.incidents]
    return Attribution(sorted([*one.incidents, *marked], key=lambda found: found.since), [*one.rungs, *other.rungs])
