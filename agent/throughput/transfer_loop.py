"""Drives all connections of one direction from one thread: they begin together, and a bound that all share ends them
together. A thread for each would make them wait for each other on a machine with one core.
"""

from __future__ import annotations

import selectors
import socket
from typing import Protocol

from agent.measuring.contract import ProbeFailureError
from agent.system.machine import System

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

    def newcomers(self) -> list[Party]:
        """Parties that join now. Asked after every tick. Raises ProbeFailureError or OSError."""


def drive(system: System, parties: list[Party], director: Director) -> None:
    """Steps all parties until they are done or the director ends it. Every wait in here is at most a tick."""
    with selectors.DefaultSelector() as selector:
        waiting: dict[Party, int] = {}
        _join(selector, waiting, parties)
        asked_s = last_s = system.monotonic_s()
        while waiting:
            for key, events in selector.select(TICK_S):
                _step(selector, waiting, key.data, events, system.monotonic_s())
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
                _join(selector, waiting, director.newcomers())


def _join(selector: selectors.BaseSelector, waiting: dict[Party, int], parties: list[Party]) -> None:
    for party in parties:
        waiting[party] = party.events
        selector.register(party.connection, party.events, party)


def _step(selector: selectors.BaseSelector, waiting: dict[Party, int], party: Party, events: int, now_s: float) -> None:
    party.step(events, now_s)
    if not party.events:
        selector.unregister(party.connection)
        del waiting[party]
    elif waiting[party] != party.events:
        selector.modify(party.connection, party.events, party)
        waiting[party] = party.events
