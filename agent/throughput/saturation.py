"""Whether the line is full. Pure.

A rate is the line's only if it was the line that held it back. There are two signs of that: small requests wait behind
the load, or twice the connections carry as much, and no more. Without either, something else holds each connection back
(lost packets, a window that is too small, a box that gives each so much), and the rate says nothing of the line.
The second sign is none where the device is what holds them back: it has no time, or carries less and less.
"""

from __future__ import annotations

from agent.throughput.responsiveness import RoundTrip

FIRST_CONNECTIONS = 4
GROWS_RATIO = 1.25
"""Twice the connections carry twice as much where each is held back, and as much where the line is full."""

QUEUE_S, QUEUE_RATIO = 0.010, 0.2
"""So much longer, and that share longer, a round trip has to take before it is the line's queue that it waits in."""

TRIPS_MIN = 3

HELD_UP_RATIO = 0.6
"""Where other work takes the processors for so much of the time, it is them that connections wait for."""


def stages(most: int) -> list[int]:
    """How many connections to try, one number after the other, up to `most`; each is at least twice the one before."""
    found = [most]
    while found[0] > FIRST_CONNECTIONS or (most > 1 and len(found) == 1):
        found.insert(0, found[0] // 2)
    return found


def has_queue(idle_s: float, trips: list[RoundTrip]) -> bool | None:
    """Whether round trips under load wait in a queue, three of four at least: what a busy machine delays, it delays
    now and then. None if there are too few to tell.
    """
    if len(trips) < TRIPS_MIN:
        return None
    quick_s = sorted(trip.took_s for trip in trips)[len(trips) // 4]
    return quick_s - idle_s > max(QUEUE_S, QUEUE_RATIO * idle_s)


def scaled_with_connections(before_mbit_s: float, now_mbit_s: float) -> bool:
    """Whether twice the connections carried so much more that the line can not have been full before."""
    return now_mbit_s > GROWS_RATIO * before_mbit_s


def carried_as_much(before_mbit_s: float, now_mbit_s: float) -> bool:
    """Whether twice the connections carried neither so much more nor so much less: less is a line, or a machine, that
    has become another meanwhile, and tells nothing of what was full before.
    """
    return not scaled_with_connections(before_mbit_s, now_mbit_s) and not scaled_with_connections(
        now_mbit_s, before_mbit_s
    )


def held_up(waited_s: float, of_s: float) -> bool:
    """Whether the device may be what held the rate back: what drives the connections waited for its turn to run most
    of the time. Where the device is faster than the line, it waits for the line.
    """
    return waited_s >= HELD_UP_RATIO * of_s > 0
