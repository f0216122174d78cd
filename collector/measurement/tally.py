"""What a measurement point itself counts of each run, by the ticket that opened it: bytes, and the most that came at a
stretch. A rate that a device states beyond it was not measured here.

Bytes up are counted as they arrive. Bytes down are counted as the other end's system has them, where the transport can
tell (a process of its own on Linux). Else a piece counts once the next one is taken: the system holds some back, so the
first moments of a slow line look faster than they are, and never slower.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec

from agent.protocol.wire import UtcTime
from collector.measurement.tickets import Ticket

Way = Literal["down", "up"]

STRETCH_S = 0.2
"""A rate is that of so long a stretch at least: shorter than what any run calls steady, longer than a burst."""
GRAIN_S = 0.01
QUIET_S = 1.0
"""A run is over when nothing is under way and nothing has moved for so long."""
LONGEST_S = 120.0
"""What goes on for longer is told in parts."""
KEPT_S = 300.0
"""How long runs can be asked for."""
KEPT_RUNS = 5_000
BIT_PER_MBIT = 1_000_000


class RunCount(msgspec.Struct, frozen=True):
    """One run as it was counted, from its first byte at `at`. A rate is None in a direction that was not tried."""

    device_id: str
    school: str
    lease_id: str
    session: str
    at: UtcTime
    seconds: float
    down_bytes: int
    up_bytes: int
    down_mbit_s: float | None
    up_mbit_s: float | None


class RateMeter:
    """Bytes of one direction, and the highest rate of any stretch of `STRETCH_S` or a little more."""

    __slots__ = ("_marks", "_most", "bytes", "first_s", "last_s")

    def __init__(self) -> None:
        """Nothing has moved."""
        self.bytes = 0
        self.first_s = self.last_s = 0.0
        self._most = 0.0
        self._marks: deque[tuple[float, int]] = deque()

    def note(self, size: int, now_s: float) -> None:
        """`size` bytes more by now; none where it only begins, or time has passed."""
        if not self._marks:
            self.first_s = now_s
            self._marks.append((now_s, 0))
        self.bytes += size
        self.last_s = now_s
        if now_s - self._marks[-1][0] >= GRAIN_S:
            self._mark(now_s)

    def _mark(self, now_s: float) -> None:
        """Looks back at each mark that a stretch began at, once it is long enough; then the older ones can go."""
        marks = self._marks
        while now_s - marks[0][0] >= STRETCH_S:
            since_s, before = marks[0]
            self._most = max(self._most, (self.bytes - before) / (now_s - since_s))
            if len(marks) == 1 or now_s - marks[1][0] < STRETCH_S:
                break
            marks.popleft()
        marks.append((now_s, self.bytes))

    @property
    def mbit_s(self) -> float | None:
        """The rate; None if nothing has moved."""
        if not self.bytes:
            return None
        most = self._most or self.bytes / max(STRETCH_S, self.last_s - self.first_s)
        return round(most * 8 / BIT_PER_MBIT, 3)


class OpenRun:
    """A run that may still go on: `inside` requests of it are under way."""

    __slots__ = ("at", "inside", "last_s", "meters", "ticket")

    def __init__(self, ticket: Ticket, at: datetime, now_s: float) -> None:
        """Begins `at` by the clock and `now_s` by the monotonic one."""
        self.ticket = ticket
        self.inside = 0
        self.restart(at, now_s)

    def restart(self, at: datetime, now_s: float) -> None:
        """Counts from nothing; what is under way stays so."""
        self.at = at
        self.last_s = now_s
        self.meters: dict[Way, RateMeter] = {"down": RateMeter(), "up": RateMeter()}

    def note(self, way: Way, size: int, now_s: float) -> None:
        """Bytes moved."""
        self.meters[way].note(size, now_s)
        self.last_s = now_s

    def leave(self, way: Way, now_s: float) -> None:
        """A request is over."""
        self.inside -= 1
        self.note(way, 0, now_s)  # what came in a burst is told over the time that it took

    @property
    def first_s(self) -> float:
        """When the first byte moved."""
        return min((meter.first_s for meter in self.meters.values() if meter.bytes), default=self.last_s)

    def counted(self) -> RunCount | None:
        """What it came to; None if nothing moved."""
        down, up = self.meters["down"], self.meters["up"]
        if not (down.bytes or up.bytes):
            return None
        ends_s = max(meter.last_s for meter in (down, up) if meter.bytes)
        return RunCount(
            device_id=self.ticket.device_id,
            school=self.ticket.school,
            lease_id=self.ticket.lease_id,
            session=self.ticket.session,
            at=self.at,
            seconds=round(ends_s - self.first_s, 6),
            down_bytes=down.bytes,
            up_bytes=up.bytes,
            down_mbit_s=down.mbit_s,
            up_mbit_s=up.mbit_s,
        )


class Tally:
    """The runs of a measurement point. For one event loop."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """`clock` gives the time as aware UTC."""
        self._clock = clock
        self._open: dict[Ticket, OpenRun] = {}
        self._finished: deque[tuple[float, RunCount]] = deque(maxlen=KEPT_RUNS)

    def enter(self, ticket: Ticket, now_s: float) -> OpenRun:
        """A request of that ticket begins: the run that it belongs to."""
        run = self._open.get(ticket)
        if run is None:
            run = self._open[ticket] = OpenRun(ticket, self._clock(), now_s)
        run.inside += 1
        return run

    def finish(self, now_s: float) -> list[RunCount]:
        """The runs that have ended since the last time, the first first. To be asked often."""
        ended: list[RunCount] = []
        for ticket, run in list(self._open.items()):
            is_over = not run.inside and now_s - run.last_s >= QUIET_S
            if not is_over and now_s - run.first_s < LONGEST_S:
                continue
            counted = run.counted()
            if run.inside:
                run.restart(self._clock(), now_s)
            else:
                del self._open[ticket]
            if counted is not None:
                ended.append(counted)
                self._finished.append((now_s, counted))
        return ended

    def lately(self, now_s: float) -> list[RunCount]:
        """The runs that ended within `KEPT_S`."""
        while self._finished and self._finished[0][0] < now_s - KEPT_S:
            self._finished.popleft()
        return [counted for _, counted in self._finished]
