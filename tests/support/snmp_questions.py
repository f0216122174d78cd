"""Questions to network gear by each of the two libraries, one event loop per question."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from collector.snmp.gufo_sessions import GufoSessions
from collector.snmp.pysnmp_sessions import PysnmpSessions
from collector.snmp.session import Session, Sessions, Target

Opener = Callable[[], Sessions]
"""Makes sessions of one implementation; called inside the event loop that they live in."""

OPENERS = [pytest.param(PysnmpSessions, id="pysnmp"), pytest.param(GufoSessions, id="gufo")]
Told = TypeVar("Told")


def ask(opener: Opener, target: Target, question: Callable[[Session], Awaitable[Told]]) -> Told:
    """What the question comes to."""

    async def asked() -> Told:
        sessions = opener()
        try:
            return await question(sessions.open(target))
        finally:
            sessions.close()

    return asyncio.run(asked())
