"""Gives leases and takes them back: what the plan decides is written down, with a ticket for the measurement point."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Protocol

from agent.protocol.wire import Lease
from collector.clock import Clock
from collector.configuration.model import Agents, Configuration
from collector.facts.catalogue import DECLARED
from collector.leases.counters import LeaseCounters
from collector.measurement.tickets import Ticket, issue
from collector.readiness.domain.location import Location
from collector.readiness.domain.model import DeviceSeen
from collector.readiness.domain.sessions import Seat
from collector.readiness.leases.counts import LeaseCounts
from collector.readiness.leases.scheduler import (
    Granted,
    LineUse,
    Refused,
    counted_since,
    decide_lease,
    line_busy,
    not_at_school,
)
from collector.store.leases import NewLease

CONNECTING_S = 20.0
"""What a test of the line needs beside its transfers."""


class LeaseStore(Protocol):
    """What this needs of the store."""

    def line_use(self, school: str, probe: str, since: datetime, now: datetime, *, strangers: bool) -> LineUse: ...
    def grant_lease(self, lease: NewLease, forget_before: datetime) -> bool: ...
    def give_back_lease(self, lease_id: str, device_id: str) -> bool: ...
    def seats(self, device_ids: Collection[str]) -> dict[str, list[Seat]]: ...


class NotPlannedError(Exception):
    """The configuration plans no such probe."""


class LeaseService:
    """Leases by the configuration in use. Any thread, and any process on the same store, may ask."""

    def __init__(
        self,
        store: LeaseStore,
        configuration: Callable[[], Configuration],
        secret: bytes,
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        """`secret` signs the tickets. `chance` gives a number from 0 to below 1."""
        self._store = store
        self._configuration = configuration
        self._secret = secret
        self._clock = clock
        self._chance = chance
        self._tally = LeaseCounters()

    def ask(self, device: DeviceSeen, probe: str, where: Location) -> Lease | Refused:
        """Leave for the device to fill its school's line with `probe` now, or why not. Raises NotPlannedError."""
        answer = self._given(device, probe, where)
        if isinstance(answer, Refused):
            self._tally.refused(answer.code)
            return answer
        self._tally.gave(answer.lease_id, answer.granted_at, answer.expires_at)
        return self._with_ticket(answer, self._session(device, answer.granted_at))

    def outlook(self, device: DeviceSeen, probe: str, where: Location) -> Refused | None:
        """What `ask` would refuse with now; None if it would give a lease. Takes none. Raises NotPlannedError."""
        decision = self._decided(device, probe, where, self._clock())
        return decision if isinstance(decision, Refused) else None

    def give_back(self, device: DeviceSeen, lease_id: str) -> bool:
        """Frees the line early. False if the device holds no such lease (any more)."""
        was_held = self._store.give_back_lease(lease_id, device.device_id)
        if was_held:
            self._tally.given_back(lease_id)
        return was_held

    def counts(self) -> LeaseCounts:
        """What this process has given and refused so far."""
        return self._tally.counts(self._clock())

    def _given(self, device: DeviceSeen, probe: str, where: Location) -> NewLease | Refused:
        now = self._clock()
        decision = self._decided(device, probe, where, now)
        if isinstance(decision, Refused):
            return decision
        lease = NewLease(secrets.token_hex(8), device.school, device.device_id, probe, now, decision.expires_at)
        if not self._store.grant_lease(lease, counted_since(now)):
            return line_busy(self._chance())  # another device was quicker
        return lease

    def _decided(self, device: DeviceSeen, probe: str, where: Location, now: datetime) -> Granted | Refused:
        configuration = self._configuration()
        rules, length = configuration.settings.leases, lease_length(configuration.settings.agents, probe)
        if where == "elsewhere":
            return not_at_school(self._chance())
        sittings = [one for one in configuration.sittings if one.school == device.school]
        # What strangers measure is a hint, and keeps nobody from measuring whose word counts.
        is_stranger = device.kind != "agent" and not self._session(device, now)
        use = self._store.line_use(device.school, probe, counted_since(now), now, strangers=is_stranger)
        return decide_lease(use, sittings, rules, length=length, now=now, chance=self._chance())

    def _session(self, device: DeviceSeen, now: datetime) -> str:
        """The supervised session that a browser measures in now."""
        seats = [] if device.kind == "agent" else self._store.seats([device.device_id]).get(device.device_id, [])
        return next((seat.session.session_id for seat in seats if seat.holds(now, now)), "")

    def _with_ticket(self, lease: NewLease, session: str) -> Lease:
        valid_s = (lease.expires_at - lease.granted_at).total_seconds()
        ticket = Ticket(lease.device_id, lease.school, "throughput", lease.expires_at, lease.lease_id, valid_s, session)
        return Lease(lease.lease_id, issue(self._secret, ticket), lease.expires_at, valid_s)


def lease_length(agents: Agents, probe: str) -> timedelta:
    """How long a probe may hold the line: what its plan gives it, and no longer than its bounds need."""
    plan = next((plan for plan in agents.plans if plan.probe == probe), None)
    if plan is None:
        raise NotPlannedError(probe)
    declared = DECLARED.get(probe)
    transfers = declared.transfers if declared else 0
    bound_s = transfers * agents.throughput.max_seconds + CONNECTING_S if transfers else plan.deadline_s
    return timedelta(seconds=min(plan.deadline_s, bound_s))
