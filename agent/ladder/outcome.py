"""What trying one rung comes to: nothing wrong, something that only slows, or a failure with a stable code."""

from __future__ import annotations

from typing import Literal

import msgspec

from agent.protocol.wire import Facts

Status = Literal["ok", "slow", "failed", "not_reached"]


class RungOutcome(msgspec.Struct, frozen=True):
    """A rung that holds. `code` names what is worth knowing all the same (`resolver_silent`); `details` are flat."""

    details: Facts = {}
    status: Literal["ok", "slow"] = "ok"
    code: str | None = None


class RungFailedError(Exception):
    """A rung that does not hold: why, as a code that the collector has words for, and what was found."""

    def __init__(self, code: str, **details: str | float | bool | None) -> None:
        super().__init__(code)
        self.code = code
        self.details: Facts = details


class RungUndecidedError(Exception):
    """A rung that can't be tried from here: neither does it hold nor fail. Why, as a code, and what was found."""

    def __init__(self, code: str, **details: str | float | bool | None) -> None:
        super().__init__(code)
        self.code = code
        self.details: Facts = details
