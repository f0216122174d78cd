"""Whether the line is full. Pure.

A rate is the line's only if it was the line that held it back. There are two signs of that: small requests wait behind
the load, or more connections do not carry more. Without either, something else holds each connection back (lost
packets, a window that is too small, a box that gives each so much), and the rate says nothing of the line.
"""

from __future__ import annotations

from agent.throughput.responsiveness import RoundTrip

FIRST_CONNECTIONS = 4
GROWS_RATIO = 1.25
"""Twice the connections carry twice as much where each is held back, and as much where the line is full."""

QUEUE_S, QUEUE_RATIO = 0.010, 0.2
"""So much longer, and that share longer, a round trip has to take before it is the line's queue that it waits in."""

TRIPS_MIN = 3


def stages(most: int) -> list[int]:
    """How many connections to try, one number after the other, up to `most`; each is at least twice the one before."""
    found = [most]
    while found[0] > FIRST_CONNECTIONS or (most > 1 and len(found) == 1):
        found.insert(0, found[0] // 2)
    return found


def queue_felt(idle_s: float, trips: list[RoundTrip]) -> bool | None:
    """Whether round trips under load wait in a queue, three of four at least: what a busy machine delays, it delays
    now and then. None if there are too few to tell.
    """
    if len(trips) < TRIPS_MIN:
        return None
    quick_s = sorted(trip.took_s for trip in trips)[len(trips) // 4]
    return quick_s - idle_s > max(QUEUE_S, QUEUE_RATIO * idle_s)


def grew(before_mbit_s: float, now_mbit_s: float) -> bool:
    """Whether twice the connections carried so much more that the line can not have been full before."""
    return now_mbit_s > GROWS_RATIO * before_mbit_s
