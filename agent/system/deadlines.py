"""Work in daemon threads that can be left behind: a hung system call must not hold up its neighbours."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class DeadlinePassedError(Exception):
    """The work was not done in time. Its thread goes on, and dies with the process."""


class Deadlined(Generic[Found]):
    """A call that runs in a daemon thread of its own from now on."""

    def __init__(self, call: Callable[[], Found], name: str) -> None:
        self._call = call
        self._found: list[Found] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._found.append(self._call())
        except BaseException as error:  # noqa: BLE001  carried over: the thread that waits raises it
            self._error = error

    @property
    def is_running(self) -> bool:
        """Whether there is no result yet."""
        return self._thread.is_alive()

    def wait(self, within_s: float) -> None:
        """Waits for the result, whatever it is, for so long at most."""
        self._thread.join(within_s)

    def result(self, within_s: float) -> Found:
        """What the call returned, or the exception that it raised; DeadlinePassedError after `within_s`."""
        self._thread.join(max(0.0, within_s))
        if self._error is not None:
            raise self._error
        if not self._found:
            raise DeadlinePassedError(self._thread.name)
        return self._found[0]


def all_results(pending: Iterable[Deadlined[Found]], within_s: float) -> list[Found]:
    """The results of calls that run side by side, in order. The first failure, or the deadline, is raised."""
    deadline = time.monotonic() + within_s
    return [work.result(deadline - time.monotonic()) for work in pending]
