"""From a capture file to what the air in the room is like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from agent.survey.capture import LINK_RADIOTAP, Capture, Frame
from agent.survey.dissect import MalformedFrameError, announces, dissected
from agent.survey.gather import Gathered, Gathering

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


def survey_of(file: Path, own_ssids: Collection[bytes], progress: Callable[[int], None]) -> Survey:
    """Reads the whole file; `progress` is told the bytes read, now and then. Raises NoCaptureError and OSError."""
    gathering, counts = Gathering(own_ssids), Counter[str]()
    first_s = last_s = None
    told_bytes = 0
    with file.open("rb") as stream:
        capture = Capture(stream)
        for frame in capture.frames():
            if frame.at_s is not None:
                first_s, last_s = min(frame.at_s, first_s or frame.at_s), max(frame.at_s, last_s or frame.at_s)
            counts[_take_in(frame, gathering)] += 1
            if capture.read_bytes >= told_bytes + _PROGRESS_EVERY_BYTES:
                told_bytes = capture.read_bytes
                progress(told_bytes)
    progress(capture.read_bytes)
    return Survey(
        gathered=gathering.gathered(),
        overflowed=gathering.overflowed,
        frames=counts.total(),
        announcements=counts["announcement"],
        malformed=counts["malformed"],
        without_radiotap=counts["without_radiotap"],
        cut_short=capture.cut_short,
        first_s=first_s,
        last_s=last_s,
    )


def _take_in(frame: Frame, gathering: Gathering) -> str:
    """What kind of frame it was."""
    if frame.link_type != LINK_RADIOTAP:
        return "without_radiotap"
    try:
        if not announces(frame.content):
            return "other"
        gathering.add(dissected(frame.content))
    except MalformedFrameError:
        return "malformed"
    return "announcement"
