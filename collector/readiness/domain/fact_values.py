"""What a fact's value comes to. Pure."""

from __future__ import annotations

from agent.protocol.wire import FactValue


def number_of(value: FactValue) -> float | None:
    """The value if it is a finite number (a truth value is none)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < float("inf") else None
