"""From frames, out of a capture file or out of the air, to what the air in the room is like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from agent.survey.aggregate import Gathered, Gathering
from agent.survey.beacon import MalformedFrameError, announces
from agent.survey.capture import LINK_RADIOTAP, Capture, CapturedFrame
from agent.survey.dedup import Recogniser

_PROGRESS_EVERY_BYTES = 1_000_000


class Survey(msgspec.Struct, frozen=True):
    """What a capture holds. `first_s` and `last_s` are seconds since 1970, None if the file has no times.

    `without_radiotap` are frames that do not say how they were received: the capture was not in monitor mode.
    """

    gathered: Gathered
    overflowed: bool
    frames: int
    announcements: int
    malformed: int
    without_radiotap: int
    cut_short: bool
    first_s: float | None
    last_s: float | None


class Surveying:
    """Takes frames in, one after the other, and tells at any time what they come to."""

    def __init__(self, own_ssids: Collection[bytes]) -> None:
        self._gathering = Gathering(own_ssids)
        self._recogniser = Recogniser()
        self._counts = Counter[str]()
        self._first_s: float | None = None
        self._last_s: float | None = None

    def add(self, frame: CapturedFrame) -> None:
        """Counts one frame in; only announcements are looked into."""
        at_s = frame.at_s
        if at_s is not None:
            if self._first_s is None or at_s < self._first_s:
                self._first_s = at_s
            if self._last_s is None or at_s > self._last_s:
                self._last_s = at_s
        self._counts[self._take_in(frame)] += 1

    def survey(self, *, cut_short: bool) -> Survey:
        """What has come so far."""
        return Survey(
            gathered=self._gathering.gathered(),
            overflowed=self._gathering.overflowed,
            frames=self._counts.total(),
            announcements=self._counts["announcement"],
            malformed=self._counts["malformed"],
            without_radiotap=self._counts["without_radiotap"],
            cut_short=cut_short,
            first_s=self._first_s,
            last_s=self._last_s,
        )

    def _take_in(self, frame: CapturedFrame) -> str:
        """What kind of frame it was."""
        if frame.link_type != LINK_RADIOTAP:
            return "without_radiotap"
        try:
            if not announces(frame.content):
                return "other"
            self._gathering.add(self._recogniser.announcement(frame.content))
        except MalformedFrameError:
            return "malformed"
        return "announcement"


def survey_of(file: Path, own_ssids: Collection[bytes], progress: Callable[[int], None]) -> Survey:
    """Reads the whole file; `progress` is told the bytes read, now and then. Raises NoCaptureError and OSError."""
    surveying, told_bytes = Surveying(own_ssids), 0
    with file.open("rb") as stream:
        capture = Capture(stream)
        for frame in capture.frames():
            surveying.add(frame)
            if capture.read_bytes >= told_bytes + _PROGRESS_EVERY_BYTES:
                told_bytes = capture.read_bytes
                progress(told_bytes)
    progress(capture.read_bytes)
    return surveying.survey(cut_short=capture.cut_short)
