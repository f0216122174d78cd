"""Tries one rung and says what came of it."""

from __future__ import annotations

import time

import pytest

from agent.ladder.climb import ReadRung
from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.protocol.wire import Facts, Rung, RungKind
from agent.system.machine import System
from tests.support.ladder_world import DirectSystem


def soon(seconds: float = 8.0) -> float:
    """A moment for a rung to be done by."""
    return time.monotonic() + seconds


def held(read: ReadRung, rung: Rung, system: System | None = None) -> RungOutcome:
    """What a rung that holds says."""
    return read(system or DirectSystem(), rung, soon())


def broken(read: ReadRung, rung: Rung, system: System | None = None, seconds: float = 8.0) -> tuple[str, Facts]:
    """Code and details of a rung that does not hold."""
    with pytest.raises(RungFailedError) as failed:
        read(system or DirectSystem(), rung, soon(seconds))
    return failed.value.code, failed.value.details


def rung(kind: RungKind, target: str | None = None, port: int = 443, /, **expect: str) -> Rung:
    """A rung of the ladder."""
    return Rung(kind, kind, target, port, expect=expect)
