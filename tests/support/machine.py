"""How fast this machine is, and whether it was the tests' own while they ran."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

STAT = Path("/proc/stat")
BUSY = (0, 1, 2, 7)
"""Columns: user, nice, system, steal. Not the kernel's interrupts: the lab's own traffic makes many."""
EVERYTHING = slice(0, 8)
CALM_BELOW = 0.15
"""The share that others may take of all processors. Servers that left our family of processes count as others."""
CORES = 2
"""What the budgets were taken on. With fewer, tests that run side by side wait for each other longer."""


def cpu_s() -> float:
    """What this process and the children that it has seen end have used of processors."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def yardstick_s() -> float:
    """What a fixed piece of work takes here: the quickest of several, in time of the processor."""
    return min(_one_yard() for _ in range(7))


def _one_yard() -> float:
    began = time.process_time()
    sum(number * number % 7 for number in range(200_000))
    return time.process_time() - began


class Reading(NamedTuple):
    """Seconds of processors since the machine started: busy, in all, and ours."""

    busy_s: float
    whole_s: float
    ours_s: float


def read() -> Reading | None:
    """The present state; nothing where the system does not tell."""
    if not STAT.exists():
        return None
    ticks = [int(ticks) / os.sysconf("SC_CLK_TCK") for ticks in STAT.read_text().split("\n", 1)[0].split()[1:]]
    return Reading(sum(ticks[column] for column in BUSY), sum(ticks[EVERYTHING]), cpu_s())


def was_ours(before: Reading | None, after: Reading | None, cores: int | None = None) -> bool:
    """Whether hardly anybody else ran in between, on as many cores as the budgets are for."""
    if before is None or after is None or (cores or os.cpu_count() or 1) < CORES:
        return False
    busy, whole, ours = (late - early for early, late in zip(before, after, strict=True))
    return busy - ours < CALM_BELOW * whole
