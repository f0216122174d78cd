"""What devices said, as it was read last, kept in memory: who has said nothing since need not be read again.

What is kept of a device is all that was known of it within a window, so it stands for every later moment, until the
device's row says that something came in, or was removed (`devices.changes`), in this process or in another. Of a moment
before the newest that is kept, and of a window that goes further back, the database has to be asked.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

import msgspec

from collector.readiness.domain.model import DeviceSeen, Observation
from collector.readiness.domain.strands import Strand
from collector.store.timestamps import Microseconds, moment

KEPT_OBSERVATIONS = 250_000
"""As many observations are kept in all: about 400 MB of memory."""
_WEIGHT_OF_NOTHING = 1


class LastHeard(msgspec.Struct, frozen=True):
    """What came in last of a device: the observation that it is part of, when it came in and how far the device's clock
    was ahead then.
    """

    told: Observation
    came_at: Microseconds
    clock_offset_s: float | None

    def on(self, device: DeviceSeen) -> DeviceSeen:
        """The device as it was heard. Of which version its agent was is not kept, so nothing is concluded from that."""
        return msgspec.structs.replace(
            device,
            room=self.told.room or device.room,
            last_seen_at=moment(self.came_at),
            agent_version=None,
            clock_offset_s=self.clock_offset_s,
        )


class SaidByDevice(msgspec.Struct, frozen=True):
    """All that a device said from `since` on, and the newest of each probe whatever its age, as it is known from
    `settled_at` on.
    """

    since: Microseconds
    settled_at: Microseconds
    strands: Sequence[Strand]
    last_heard: LastHeard | None

    @property
    def weight(self) -> int:
        """How much room it takes."""
        return sum(map(len, self.strands)) + _WEIGHT_OF_NOTHING

    def from_then_on(self, since: Microseconds) -> SaidByDevice | None:
        """The same of a window that begins later; None where that can not be told from what is here."""
        if since == self.since:
            return self
        kept = [_lasting(strand, moment(since)) for strand in self.strands]
        told = self.last_heard.told if self.last_heard is not None else None
        if since < self.since or not (told is None or any(told is one for strand in kept for one in strand)):
            return None
        return SaidByDevice(since, self.settled_at, kept, self.last_heard)


def _lasting(strand: Strand, since: datetime) -> Strand:
    """What ended before is left out, but for the newest."""
    kept = strand.only([one for place, one in enumerate(strand, 1) if one.last_at >= since or place == len(strand)])
    assert kept is not None
    return kept


class KeptDevices:
    """For one store; any thread. The devices that were not asked for longest make room for others."""

    def __init__(self, most_observations: int = KEPT_OBSERVATIONS) -> None:
        """Knows nothing."""
        self._most = most_observations
        self._entries: OrderedDict[int, tuple[int, SaidByDevice]] = OrderedDict()
        self._observations = 0
        self._lock = threading.Lock()

    def get(self, device: int, changes: int, until: Microseconds, since: Microseconds) -> SaidByDevice | None:
        """What was known of the device at `until`, back to `since`, while its row counts so many `changes`."""
        with self._lock:
            kept = self._entries.get(device)
            if kept is None or kept[0] != changes or until < kept[1].settled_at:
                return None
            self._entries.move_to_end(device)
        said = kept[1].from_then_on(since)
        if said is not None and said is not kept[1]:
            self.put(device, changes, said)
        return said

    def put(self, device: int, changes: int, said: SaidByDevice) -> None:
        """Keeps it in place of what was kept of the device before."""
        with self._lock:
            self._forget(device)
            self._entries[device] = (changes, said)
            self._observations += said.weight
            while self._observations > self._most:
                self._forget(next(iter(self._entries)))

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._entries.clear()
            self._observations = 0

    def _forget(self, device: int) -> None:
        before = self._entries.pop(device, None)
        self._observations -= before[1].weight if before is not None else 0
