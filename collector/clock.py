"""The present, asked for in one place: whatever needs the time is handed a `Clock`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present as aware UTC; injected, so that tests and `--as-of` choose the time."""


def utc_now() -> datetime:
    """The clock of a running collector."""
    return datetime.now(UTC)
