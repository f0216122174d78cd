"""The connections of one direction, opened side by side: one after the other would take seconds on a long line."""

from __future__ import annotations

import http.client
import socket
from contextlib import suppress

from agent.measuring.measurement_point import MeasurementPoint
from agent.system.deadlines import Deadlined, DeadlinePassedError, all_results

CONNECT_TIMEOUT_S = 10.0


class Connections:
    """Opens as many as are asked for, while others carry data already; closes all of them with the block."""

    def __init__(self, point: MeasurementPoint) -> None:
        self._point = point
        self._open: list[http.client.HTTPConnection] = []
        self._pending: list[Deadlined[http.client.HTTPConnection]] = []

    def __enter__(self) -> Connections:
        """Nothing is opened yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes them."""
        self.close()

    def __len__(self) -> int:
        """How many have been asked for."""
        return len(self._open) + len(self._pending)

    def ask_for(self, count: int) -> None:
        """Begins to open so many more."""
        names = range(len(self), len(self) + count)
        self._pending += [Deadlined(lambda: self._point.connection(CONNECT_TIMEOUT_S), str(n)) for n in names]

    @property
    def opening(self) -> bool:
        """Whether some are still being opened."""
        return any(one.is_running for one in self._pending)

    def opened(self, within_s: float = 0.0) -> list[socket.socket]:
        """All that were asked for since the last time. Raises what made one fail, and DeadlinePassedError."""
        found = all_results(self._pending, within_s)
        self._pending = []
        self._open += found
        return [one.sock for one in found]

    def ready(self) -> list[socket.socket]:
        """Those that have been opened since the last time, while others may still be on their way."""
        done = [one for one in self._pending if not one.is_running]
        self._pending = [one for one in self._pending if one not in done]
        found = all_results(done, 0.0)
        self._open += found
        return [one.sock for one in found]

    def close(self) -> None:
        """Ends them, so that nothing more crosses the line."""
        for one in self._open:
            one.close()
        for pending in self._pending:
            with suppress(OSError, DeadlinePassedError, http.client.HTTPException):
                pending.result(0).close()
