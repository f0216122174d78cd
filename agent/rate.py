"""From counts of arriving bytes on parallel connections to one rate. Pure: no clock, no network.

What is left out, and why: the time in which not all connections carry data (a rate of fewer connections is not the
line's), and the first part of what remains, while TCP still feels its way (slow start).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

SLOW_START_SHARE = 0.25
WINDOW_MIN_S = 0.03
WINDOW_MIN_BYTES = 10_000
"""Shorter, or less, than this is no measurement."""


class Lane(NamedTuple):
    """One connection at its receiver. `marks`: at `marks[i][0]` seconds, `marks[i][1]` bytes had arrived in all;
    times rise, and bytes never fall. `end_s`: until when it was ready to carry data. One clock for all lanes.
    """

    start_s: float
    end_s: float
    marks: list[tuple[float, int]]


class TooShortError(Exception):
    """The connections did not run side by side for long enough to tell a rate."""


def rate_mbit_s(lanes: list[Lane]) -> float:
    """The sum of all lanes in Mbit/s within the window in which all were active. Raises TooShortError."""
    first_s = max(lane.start_s for lane in lanes)
    last_s = min(lane.end_s for lane in lanes)
    from_s = first_s + SLOW_START_SHARE * (last_s - first_s)
    if last_s - from_s < WINDOW_MIN_S:
        raise TooShortError(f"all {len(lanes)} connections were active for {max(0.0, last_s - first_s):.3f} s only")
    arrived = sum(bytes_until(lane, last_s) - bytes_until(lane, from_s) for lane in lanes)
    if arrived < WINDOW_MIN_BYTES:
        raise TooShortError(f"{arrived:.0f} bytes arrived in {last_s - from_s:.3f} s")
    return arrived * 8 / 1_000_000 / (last_s - from_s)


def bytes_until(lane: Lane, moment_s: float) -> float:
    """Bytes that had arrived at `moment_s`, by straight lines between the marks."""
    place = bisect_right(lane.marks, moment_s, key=lambda mark: mark[0])
    before_s, before = lane.marks[place - 1] if place else (lane.start_s, 0)
    if place == len(lane.marks):
        return before
    after_s, after = lane.marks[place]
    if moment_s <= before_s or after_s <= before_s:
        return before
    return before + (after - before) * (moment_s - before_s) / (after_s - before_s)
