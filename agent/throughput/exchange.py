"""Drives all connections of one direction from one thread: they begin together, and a bound that all share ends them
together. A thread for each would make them wait for each other on a machine with one core.
"""

from __future__ import annotations

import selectors
import socket
from typing import Protocol

from agent.probe import ProbeFailureError
from agent.system import System

TICK_S = 0.02
"""How often the stop rule is asked."""

STALLED_S = 2.0
"""So long a tick never takes on a machine that runs: its clock jumped, or it slept."""


class Party(Protocol):
    """One connection that is driven."""

    connection: socket.socket

    @property
    def events(self) -> int:
        """What it waits for, as a mask of `selectors`; 0: it is done."""

    def step(self, _events: int, now_s: float, /) -> None:
        """Reads or writes what there is. Raises ProbeFailureError or OSError."""


class Director(Protocol):
    """Who decides when to end."""

    def tick(self, now_s: float) -> bool:
        """Whether to go on. Called every `TICK_S`. Raises ProbeFailureError."""


def drive(system: System, parties: list[Party], director: Director) -> None:
    """Steps all parties until they are done or the director ends it. Every wait in here is at most a tick."""
    with selectors.DefaultSelector() as selector:
        waiting = {party: party.events for party in parties}
        for party, events in waiting.items():
            selector.register(party.connection, events, party)
        asked_s = last_s = system.monotonic_s()
        while waiting:
            for key, events in selector.select(TICK_S):
                party = key.data
                party.step(events, system.monotonic_s())
                if not party.events:
                    selector.unregister(party.connection)
                    del waiting[party]
                elif waiting[party] != party.events:
                    selector.modify(party.connection, party.events, party)
                    waiting[party] = party.events
            now_s = system.monotonic_s()
            if not 0 <= now_s - last_s < STALLED_S:
                raise ProbeFailureError(
                    "clock_jumped", f"{now_s - last_s:.1f} s went by between two looks at the clock"
                )
            last_s = now_s
            if now_s - asked_s >= TICK_S:
                asked_s = now_s
                if not director.tick(now_s):
                    return
