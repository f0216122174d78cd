"""An event loop whose clock jumps to the next thing that is due: hours of schedule in an instant, always the same."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Sleeping costs nothing: when nobody can go on, the time is that of whoever is due next."""

    def __init__(self) -> None:
        self._selecting = _JumpingSelector()
        super().__init__(self._selecting)

    def time(self) -> float:
        """Seconds that sleeping has added up to."""
        return self._selecting.now_s


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Ready sockets; without any, the time passes at once."""
        assert timeout is not None, "everybody waits for something that no time will bring"
        ready = super().select(0)
        if not ready:
            self.now_s += max(0.0, timeout)
        return ready


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Runs it to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
