"""Rung `internet`: whether a host outside answers at all. An IP address as target needs no DNS."""

from __future__ import annotations

from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.ladder.transport import Dialer, failures_named
from agent.protocol.wire import Rung
from agent.system.machine import System


def read(system: System, rung: Rung, until_s: float) -> RungOutcome:
    """Fails as `no_route`, `no_answer`, `connection_refused` ..."""
    if rung.target is None:
        raise RungFailedError("rung_without_target")
    with failures_named():
        Dialer(system, until_s).connected(rung.target, rung.port).close()
    return RungOutcome()
