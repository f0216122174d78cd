"""Turns readings of a byte counter into rates, and says where no rate can be known. Pure.

A counter runs round (at 2^32 or 2^64), begins anew when its device restarts, may be set back by an administrator
(ifCounterDiscontinuityTime), and is sometimes not read for a while. A wrong rate is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

TICKS_PER_S = 100
"""Of sysUpTime, which runs round after 497 days."""
TICKS_ROUND = 2**32
UPTIME_SLACK = timedelta(seconds=5)
"""How far a device's uptime may be off the collector's clock; a slow reply counts too."""
UPTIME_SLACK_SHARE = 0.02
SPEED_SLACK = 1.25
"""Devices bring counters up to date every few seconds, so a short interval may hold more than the line carries."""
FASTEST_BIT_S = 1_000_000_000_000
"""What no port of a school exceeds; bounds a rate where the speed is not told."""

Width = Literal[32, 64]
ROUND: dict[Width, int] = {32: 2**32, 64: 2**64}
"""Where a counter begins anew, by its bits."""
NoRateReason = Literal["restarted", "set_back", "not_read", "too_slow", "impossible", "other_counter", "clock"]
"""Why there is no rate: the device restarted; the counter was set back; nobody read it for too long; a 32-bit counter
may have run round more than once in between; more bytes than the line can carry; the counter's width changed; the
readings are not in the order of time.
"""


@dataclass(frozen=True)
class CounterReading:
    """A byte counter at a moment of the collector's clock, with the device's uptime from the same reply."""

    at: datetime
    uptime_ticks: int
    octets: int
    width: Width = 64
    discontinuity_ticks: int | None = None
    speed_mbit_s: int | None = None


@dataclass(frozen=True)
class Rate:
    """The mean rate between two readings."""

    begins_at: datetime
    until: datetime
    bit_s: float


@dataclass(frozen=True)
class Gap:
    """A stretch without a rate, and why."""

    begins_at: datetime
    until: datetime
    reason: NoRateReason


def rates(readings: Iterable[CounterReading], longest: timedelta) -> Iterator[Rate | Gap]:
    """A rate or a gap for each two readings that follow each other; a rate spans `longest` at most."""
    return (_between(first, second, longest) for first, second in pairwise(readings))


def _between(first: CounterReading, second: CounterReading, longest: timedelta) -> Rate | Gap:
    reason = _doubt(first, second, longest)
    if reason is None:
        elapsed_s = (second.at - first.at).total_seconds()
        bit_s = (second.octets - first.octets) % ROUND[second.width] * 8 / elapsed_s
        if bit_s <= _most_bit_s(first, second) * SPEED_SLACK:
            return Rate(first.at, second.at, bit_s)
        reason = "impossible"
    return Gap(first.at, second.at, reason)


def _doubt(first: CounterReading, second: CounterReading, longest: timedelta) -> NoRateReason | None:
    """What forbids to take the difference of the two counts."""
    elapsed = second.at - first.at
    doubts: tuple[tuple[bool, NoRateReason], ...] = (
        (elapsed <= timedelta(0), "clock"),
        (elapsed > longest, "not_read"),
        (_restarted(first, second), "restarted"),
        (first.discontinuity_ticks != second.discontinuity_ticks, "set_back"),
        (first.width != second.width, "other_counter"),
        (_may_run_round_twice(first, second), "too_slow"),
    )
    return next((reason for holds, reason in doubts if holds), None)


def _restarted(first: CounterReading, second: CounterReading) -> bool:
    """Whether the uptime grew by anything but the time that passed, running round considered."""
    elapsed = second.at - first.at
    grown = timedelta(seconds=(second.uptime_ticks - first.uptime_ticks) % TICKS_ROUND / TICKS_PER_S)
    return abs(grown - elapsed) > UPTIME_SLACK + elapsed * UPTIME_SLACK_SHARE


def _may_run_round_twice(first: CounterReading, second: CounterReading) -> bool:
    elapsed_s = (second.at - first.at).total_seconds()
    return _most_bit_s(first, second) * SPEED_SLACK * elapsed_s / 8 >= ROUND[second.width]


def _most_bit_s(first: CounterReading, second: CounterReading) -> float:
    """What the line can carry; a speed that is not told, or told as 0, bounds nothing."""
    speeds = (first.speed_mbit_s, second.speed_mbit_s)
    return max(speed * 1_000_000 if speed else FASTEST_BIT_S for speed in speeds)
