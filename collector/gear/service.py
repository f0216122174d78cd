"""Keeps network gear polled by the configuration in use, and what it told in the store: the edge around the poller."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from collector.configuration.model import Configuration
from collector.gear.readings import Places, places, reading
from collector.gear.targets import gear_of, key_of, open_sessions, rooms_by_port
from collector.judgement.gear_status import GearStatus
from collector.snmp.gear import Poll
from collector.snmp.lldp import Neighbour
from collector.snmp.lldp import place as place_by_links
from collector.snmp.poller import Poller
from collector.snmp.session import Sessions
from collector.store.errors import StorageUnavailableError
from collector.store.gear import GearKey, GearReading
from collector.store.store import Store

log = logging.getLogger(__name__)

FLUSH_EVERY_S = 5
SECRETS_EVERY_S = 60
MOST_PENDING = 20_000
"""Polls that wait for a database that is away; then the oldest are dropped and leave a gap."""


class GearService:
    """Made once per collector; `take` and `reconfigure` may be called from any thread."""

    def __init__(
        self,
        store: Store,
        read_configuration: Callable[[], Configuration],
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        opener: Callable[[], Sessions] = open_sessions,
    ) -> None:
        """Nothing is asked before `start`."""
        self._store = store
        self._read_configuration = read_configuration
        self._clock = clock
        self._poller = Poller(opener, self.take, clock, chance)
        self._lock = threading.Lock()
        self._pending: deque[GearReading] = deque(maxlen=MOST_PENDING)
        self._shown: dict[GearKey, GearStatus] = {}
        self._failures: dict[GearKey, Counter[str]] = {}
        self._heard: dict[str, Sequence[Neighbour]] = {}
        self._used: Configuration | None = None

    def start(self) -> None:
        """Begins to ask what the configuration names."""
        self.reconfigure()

    def stop(self) -> None:
        """Asks no more, and writes down what was told."""
        self._poller.stop()
        self.flush()

    def reconfigure(self) -> None:
        """Takes the configuration in use over. Called now and then too, as it reads secrets anew: one may be mended."""
        configuration = self._read_configuration()
        wanted, closed = gear_of(configuration)
        named = {key_of(device): device.uplink is not None for device in configuration.network}
        if configuration is not self._used:
            try:
                self._store.name_gear(named, self._clock())
                self._show(named)
            except StorageUnavailableError as error:
                log.warning("network gear is not asked until the database can be used: %s", error)
                return
            self._used = configuration
        self._poller.reconfigure(wanted)
        if wanted:
            self._poller.start()
        now = self._clock()
        for (school, device), code in closed.items():
            self._note(GearReading(device, school, now, error_code=code))

    def _show(self, named: Mapping[GearKey, bool]) -> None:
        """Begins with what the store remembers of the devices from before."""
        states = {(state.school, state.device): state for state in self._store.gear()}
        with self._lock:
            self._shown = {
                key: self._shown.get(key)
                or GearStatus(
                    device=key[1],
                    school=key[0],
                    answered_at=states[key].answered_at,
                    error_code=states[key].error_code,
                    polled=states[key].polled_at is not None,
                    failures={},
                )
                for key in named
                if key in states
            }

    def take(self, poll: Poll) -> None:
        """Notes a poll, to be written with the next ones."""
        if poll.links is not None:
            self._heard[poll.gear.id] = poll.links
        configuration = self._read_configuration()
        self._note(reading(poll, places(configuration.access_points), self._seen_on(poll, configuration)))

    def _seen_on(self, poll: Poll, configuration: Configuration) -> Places:
        """Access points by name, in the rooms that their switch ports lead to."""
        if poll.wireless is None or not self._heard:
            return {}
        rooms = rooms_by_port(configuration.network)
        found = place_by_links(poll.wireless.access_points, self._heard)
        return {name: rooms[where] for name, where in found.items() if where in rooms}

    def _note(self, told: GearReading) -> None:
        key = (told.school, told.device)
        with self._lock:
            self._pending.append(told)
            before = self._shown.get(key)
            if before is None:
                return
            counted = self._failures.setdefault(key, Counter())
            if told.error_code:
                counted[told.error_code] += 1
            self._shown[key] = msgspec.structs.replace(
                before,
                answered_at=before.answered_at if told.error_code else told.at,
                error_code=told.error_code,
                polled=True,
                failures=dict(counted),
                load=told.load or before.load,
                speed_mbit_s=told.port.speed_mbit_s if told.port else before.speed_mbit_s,
            )

    def flush(self) -> None:
        """Writes down what was told since last time; keeps it for the next time if the database is away."""
        with self._lock:
            told = list(self._pending)
            self._pending.clear()
        if not told:
            return
        try:
            self._store.save_gear(told)
        except StorageUnavailableError as error:
            log.warning("what network gear told is kept until the database can be used: %s", error)
            with self._lock:
                room = MOST_PENDING - len(self._pending)
                self._pending.extendleft(reversed(told[-room:] if room else []))

    def shown(self) -> list[GearStatus]:
        """Every named device as it was last seen, by school and id."""
        with self._lock:
            return [self._shown[key] for key in sorted(self._shown)]
