"""What crosses the line and the clients' cables, by the router's own interface counters."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from tests.lab.box import SchoolBox

SAMPLE_EVERY_S = 0.2


class Crossed(NamedTuple):
    """Bytes since the box was made."""

    down: int
    up: int

    def since(self, before: Crossed) -> Crossed:
        """What came after `before`."""
        return Crossed(self.down - before.down, self.up - before.up)

    @property
    def both(self) -> int:
        """Down and up together."""
        return self.down + self.up


def crossed(box: SchoolBox) -> Crossed:
    """What went over the line until now."""
    wan = _devices(box)["wan"]["stats64"]
    return Crossed(wan["rx"]["bytes"], wan["tx"]["bytes"])


class Stretch(NamedTuple):
    """From one look at the counters to the next: seconds of the monotonic clock, and bytes by client both ways."""

    start_s: float
    end_s: float
    bytes_by_client: list[int]

    def filled_by(self, mbit_s: float) -> set[int]:
        """Clients that moved at least so much, each by itself."""
        least = mbit_s * 1e6 / 8 * (self.end_s - self.start_s)
        return {client for client, count in enumerate(self.bytes_by_client) if count >= least}


class Watch:
    """Looks at every client's cable again and again, from `with` to the end of the block."""

    def __init__(self, box: SchoolBox, clock_s: Callable[[], float] = time.monotonic) -> None:
        """Nothing is looked at before the block is entered."""
        self._box = box
        self._clock_s = clock_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="line-watch")
        self.stretches: list[Stretch] = []

    def __enter__(self) -> Self:
        """Begins."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends after one more look."""
        self._over.set()
        self._thread.join(timeout=10)

    def _look_on(self) -> None:
        before, before_s = self._by_client(), self._clock_s()
        while not self._over.is_set():
            self._over.wait(SAMPLE_EVERY_S)
            now, now_s = self._by_client(), self._clock_s()
            moved = [after - earlier for earlier, after in zip(before, now, strict=True)]
            self.stretches.append(Stretch(before_s, now_s, moved))
            before, before_s = now, now_s

    def _by_client(self) -> list[int]:
        devices = _devices(self._box)
        ports = [devices[f"port{number}"]["stats64"] for number in range(len(self._box.clients))]
        return [int(port["rx"]["bytes"]) + int(port["tx"]["bytes"]) for port in ports]


def _devices(box: SchoolBox) -> dict[str, dict[str, dict[str, dict[str, int]]]]:
    said = box.run(box.router, ["ip", "-json", "-statistics", "link", "show"]).stdout
    return {one["ifname"]: one for one in json.loads(said)}
