"""Goes up the ladder: which rung may be tried, each within its time, and what they all come to.

A rung is tried when what it stands on holds. Of several rungs of one kind below (two references, two names) one that
holds is enough.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import get_args
from urllib.parse import urlsplit

import msgspec

from agent.ladder import dns, gateway, internet, link, login, proxy, service, tls, websocket
from agent.ladder.outcome import RungFailedError, RungOutcome, RungUndecidedError, Status
from agent.ladder.transport import is_address
from agent.protocol.wire import Facts, Rung, RungKind
from agent.system.deadlines import Deadlined, DeadlinePassedError
from agent.system.machine import System

STEP_S = 10.0
"""What one rung may take; those of the same kind are tried side by side."""
LEAST_S = 0.2
FINEST_STEP = 1 / 2
"""Of a rung's `slow_ms`: what is quicker than that is quick, and nobody asks how quick."""

ReadRung = Callable[[System, Rung, float], RungOutcome]

READERS: Mapping[RungKind, ReadRung] = {
    "link": link.read,
    "gateway": gateway.read,
    "dns": dns.read,
    "internet": internet.read,
    "tls": tls.read,
    "proxy": proxy.read,
    "login": login.read,
    "service": service.read,
    "websocket": websocket.read,
}
ORDER: Sequence[RungKind] = get_args(RungKind)
_BEYOND = ("internet", "tls", "proxy", "login", "service", "websocket")


class RungRow(msgspec.Struct, frozen=True):
    """One rung as it was found. `time_ms` is None where nothing was tried."""

    rung: Rung
    status: Status
    time_ms: float | None = None
    code: str | None = None
    details: Facts = {}

    @property
    def holds(self) -> bool:
        """Whether the rungs above may stand on it."""
        return self.status in {"ok", "slow"}


def climb(system: System, rungs: Sequence[Rung], deadline_s: float) -> list[RungRow]:
    """Every rung in the order of the ladder, one row each, within `deadline_s` in all."""
    until_s = system.monotonic_s() + deadline_s
    rows: list[RungRow] = []
    ordered = sorted(rungs, key=lambda rung: ORDER.index(rung.kind))
    for _, group in groupby(ordered, key=lambda rung: rung.kind):
        rows += _side_by_side(system, list(group), rows, until_s)
    return settled(rows)


def _side_by_side(system: System, rungs: Sequence[Rung], below: Sequence[RungRow], until_s: float) -> list[RungRow]:
    step_ends_s = min(until_s, system.monotonic_s() + STEP_S)
    if step_ends_s - system.monotonic_s() < LEAST_S:
        return [RungRow(rung, "not_reached", code="no_time_left") for rung in rungs]
    tried = [(rung, _started(system, rung, step_ends_s) if may_try(rung, below) else None) for rung in rungs]
    return [
        RungRow(rung, "not_reached") if work is None else _in_time(rung, work, step_ends_s - system.monotonic_s())
        for rung, work in tried
    ]


def _started(system: System, rung: Rung, until_s: float) -> Deadlined[RungRow]:
    return Deadlined(partial(_tried, system, rung, until_s), rung.id)


def _in_time(rung: Rung, work: Deadlined[RungRow], within_s: float) -> RungRow:
    try:
        return work.result(within_s)
    except DeadlinePassedError:
        return RungRow(rung, "failed", code="no_answer")


def _tried(system: System, rung: Rung, until_s: float) -> RungRow:
    """Runs the rung's reader. A way that ends in TimeoutError when no time is left is a rung that did not answer."""
    started_s = system.monotonic_s()
    try:
        outcome = READERS[rung.kind](system, rung, until_s - LEAST_S)
    except RungFailedError as error:
        return RungRow(rung, "failed", _ms_since(system, started_s), error.code, error.details)
    except RungUndecidedError as error:
        return RungRow(rung, "not_reached", code=error.code, details=error.details)
    time_ms = _ms_since(system, started_s)
    status = "slow" if time_ms > rung.slow_ms else outcome.status
    code = outcome.code or ("slow" if status == "slow" else None)
    return RungRow(rung, status, time_ms, code, outcome.details)


def _ms_since(system: System, started_s: float) -> float:
    return round((system.monotonic_s() - started_s) * 1000, 1)


# --- pure -------------------------------------------------------------------------------------------------------


def step_ms(time_ms: float, slow_ms: float) -> float:
    """The time, rounded up to a step: `slow_ms` halved or doubled some times. Times differ from climb to climb, and a
    climb that says the same as the one before costs the collector nothing. Slow stays slow.
    """
    return slow_ms * max(FINEST_STEP, 2.0 ** math.ceil(math.log2(max(time_ms, sys.float_info.min) / slow_ms)))


def may_try(rung: Rung, below: Sequence[RungRow]) -> bool:
    """Whether all that `rung` stands on holds. A silent gateway is given a chance: it may forward all the same."""
    host = host_of(rung)
    for kind in ORDER[: ORDER.index(rung.kind)]:
        rows = [row for row in below if row.rung.kind == kind]
        if kind == "dns" and (host is None or is_address(host)):
            continue
        if kind == "proxy":
            continue
        if kind in {"tls", "login", "service"}:
            rows = [row for row in rows if host is not None and host_of(row.rung) == host]
        if rows and not any(row.holds or row.code == "gateway_silent" for row in rows):
            return False
    return True


def host_of(rung: Rung) -> str | None:
    """The host that a rung asks, whether it is written as a name or as a URL."""
    if rung.target is None or rung.kind in {"link", "gateway", "dns"}:
        return None
    return urlsplit(rung.target).hostname if "://" in rung.target else rung.target.lower()


def settled(rows: Sequence[RungRow]) -> list[RungRow]:
    """Says of rungs that kept silent what those beyond them show."""
    return _pac_settled(_names_settled(_gateway_settled(rows)))


def _pac_settled(rows: Sequence[RungRow]) -> list[RungRow]:
    """Where browsers go as a script says, a way that is closed here may be open to them: that is not known."""
    if not any(row.code == proxy.PAC_NOT_EVALUATED for row in rows):
        return list(rows)
    return [
        RungRow(row.rung, "not_reached", code=proxy.PAC_NOT_EVALUATED)
        if row.status == "failed" and row.rung.kind in _BEYOND
        else row
        for row in rows
    ]


def _names_settled(rows: Sequence[RungRow]) -> list[RungRow]:
    """Resolvers keep silent on a dead line too: when no address outside answers either, nothing is known of them."""
    outside = [row for row in rows if row.rung.kind == "internet" and is_address(row.rung.target or "")]
    if not outside or any(row.holds or row.status == "not_reached" for row in outside):
        return list(rows)
    return [RungRow(row.rung, "not_reached") if row.code == "dns_silent" else row for row in rows]


def _gateway_settled(rows: Sequence[RungRow]) -> list[RungRow]:
    """A gateway that kept silent did its work if anything beyond answered; else it is where the ladder ends."""
    silent = [row for row in rows if row.code == "gateway_silent"]
    if not silent:
        return list(rows)
    beyond = [row for row in rows if row.rung.kind in _BEYOND]
    if any(row.holds for row in beyond):
        return [msgspec.structs.replace(row, status="ok") if row in silent else row for row in rows]
    return [RungRow(row.rung, "not_reached") if row.rung.kind in {*_BEYOND, "dns"} else row for row in rows]


def first_failed(rows: Sequence[RungRow]) -> RungRow | None:
    """Where the ladder breaks."""
    return next((row for row in rows if row.status == "failed"), None)
