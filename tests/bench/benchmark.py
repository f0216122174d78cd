"""What every benchmark gets and gives, and how a process's cost is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil

Figures = dict[str, float | int | str | None]


class Context(msgspec.Struct, frozen=True):
    """`quick` asks for a run that shows that everything works and measures little; `folder` is empty and temporary;
    `say` prints progress.
    """

    quick: bool
    folder: Path
    say: Callable[[str], None]


class Outcome(msgspec.Struct, frozen=True):
    """What a benchmark found. `ratio` is ours / theirs of the figure that `how` names, by peer; above 1 we do more.
    A peer without a comparable function is `None`, with the reason in `how`.
    """

    ours: Figures
    peers: dict[str, Figures] | None
    ratio: dict[str, float] | None
    how: str


def cpu_s(pid: int) -> float:
    """CPU time that a process and its children have used so far, those that have ended too."""
    process = psutil.Process(pid)
    times = [part.cpu_times() for part in (process, *process.children(recursive=True))]
    return sum(part.user + part.system + part.children_user + part.children_system for part in times)


def own_cpu_s(pid: int) -> float:
    """CPU time that a process itself has used so far, without its children."""
    used = psutil.Process(pid).cpu_times()
    return used.user + used.system


def memory_mib(pid: int) -> dict[str, float]:
    """Resident and proportional memory of a process and its children, from the kernel's own summary."""
    process = psutil.Process(pid)
    sums = {"Rss": 0, "Pss": 0}
    for part in (process, *process.children(recursive=True)):
        for line in Path(f"/proc/{part.pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in sums:
                sums[name] += int(rest.split()[0])
    return {f"{name.lower()}_mib": round(kib / 1024, 1) for name, kib in sums.items()}


def quantile(values: list[float], share: float) -> float:
    """The value below which that share of `values` lies (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def wait_for(condition: Callable[[], bool], what: str, seconds: float) -> float:
    """Waits until `condition` holds and gives how long that took; fails after `seconds`."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > seconds:
            raise TimeoutError(f"{what} did not happen within {seconds} s")
        time.sleep(0.005)
    return time.monotonic() - started
