"""What the line carried, at whichever moment: the truth that a measured rate is held against, on a busy machine too."""

from __future__ import annotations

import subprocess
from bisect import bisect_left
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from tests.lab.namespaces import COMMAND_SECONDS, wait_until_ready
from tests.lab.services import program
from tests.lab.wiring import goodput_mbit_s

if TYPE_CHECKING:
    from tests.lab.box import SchoolBox

Way = Literal["down", "up"]


class Span(NamedTuple):
    """From when to when, by the machine's monotonic clock."""

    from_s: float
    to_s: float


class Look(NamedTuple):
    """What `line_meter.py` saw at one moment: bytes on the wire, and packets upwards before some are lost and after."""

    at_s: float
    down_bytes: float
    up_bytes: float
    came: float
    went: float


class LineMeter:
    """Reads the line's own counters a hundred times a second, from `with` to the end of the block; then it can tell."""

    def __init__(self, box: SchoolBox) -> None:
        """Nothing runs before the block is entered."""
        self._box = box
        self._file = box.folder / "carried"
        self._looks: list[Look] = []

    def __enter__(self) -> Self:
        """Begins."""
        command = [*map(str, program("line_meter.py")), self._box.router.name, self._box.line.name]
        with self._file.open("wb") as seen:
            self._meter = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=seen)
        wait_until_ready(self._meter, self._file)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends after one more look."""
        self._meter.communicate(timeout=COMMAND_SECONDS)
        self._looks = looks(self._file)

    def goodput_mbit_s(self, way: Way, span: Span) -> float:
        """What TCP was carried in that time: the bytes that left the shaper, less the share that was lost after it.

        Upwards, what arrives at one moment left the shaper half a round trip before.
        """
        if way == "down":
            return goodput_mbit_s(self._wire_mbit_s("down_bytes", span))
        under_way_s = self._box.delay_ms / 2_000
        sent = Span(span.from_s - under_way_s, span.to_s - under_way_s)
        return goodput_mbit_s(self._wire_mbit_s("up_bytes", sent)) * self._kept_ratio(sent)

    def busiest(self, way: Way, seconds: float) -> Span:
        """The time of that length in which the line carried most, for a measurement that does not tell when it was."""
        name: Literal["down_bytes", "up_bytes"] = "down_bytes" if way == "down" else "up_bytes"
        begin_s = [look.at_s for look in self._looks if look.at_s + seconds <= self._looks[-1].at_s]
        spans = [Span(one_s, one_s + seconds) for one_s in begin_s or [self._looks[0].at_s]]
        return max(spans, key=lambda span: self._wire_mbit_s(name, span))

    def _wire_mbit_s(self, name: Literal["down_bytes", "up_bytes"], span: Span) -> float:
        carried = self._at(name, span.to_s) - self._at(name, span.from_s)
        return carried * 8 / 1e6 / (span.to_s - span.from_s)

    def _kept_ratio(self, span: Span) -> float:
        """Without loss there is nothing to count: packets of one bundle more or less would only be noise."""
        if not self._box.shape.loss:
            return 1.0
        came, went = (self._at(name, span.to_s) - self._at(name, span.from_s) for name in ("came", "went"))
        return went / came

    def _at(self, name: str, moment_s: float) -> float:
        """The count at that moment, by straight lines between the looks."""
        if not self._looks[0].at_s <= moment_s <= self._looks[-1].at_s:
            raise ValueError(f"nobody looked at {moment_s}: {self._looks[:1]} to {self._looks[-1:]}")
        place = max(1, bisect_left(self._looks, moment_s, key=lambda look: look.at_s))
        before, after = self._looks[place - 1 : place + 1]
        share = (moment_s - before.at_s) / (after.at_s - before.at_s)
        earlier, later = getattr(before, name), getattr(after, name)
        return float(earlier + (later - earlier) * share)


def looks(file: Path) -> list[Look]:
    """What the meter wrote."""
    return [Look(*map(float, line.split())) for line in file.read_text().splitlines()]
