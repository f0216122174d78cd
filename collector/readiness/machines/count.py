"""How many machines agents and browsers are together at least. Pure.

An agent is a machine. A browser may be another pupil's turn at the same one (`visits`), or the page opened on a machine
that has an agent too. No page can tell which machine it is on, but it tells the operating system: a Chromebook is no
laptop with Windows. So within one system the agents, or the browsers at once, are counted, whichever are more; what
different systems come to is added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from collector.readiness.domain.model import Figure
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.machines.visits import largest_crowd


@dataclass(frozen=True)
class Machines:
    """`certain` machines at least; `browsers` are among what was counted, and `at_once` of them were at it together,
    first at `at_once_at`.
    """

    certain: int
    browsers: int
    at_once: int
    at_once_at: datetime | None


def machines(observed: EvidenceIndex, devices: Collection[str], days: Figure) -> Machines:
    """How many machines these devices are, by visits not older than `days`. One that has left counts as a browser."""
    agents: dict[str | None, int] = defaultdict(int)
    browsers: dict[str | None, list[str]] = defaultdict(list)
    for device in devices:
        seen = observed.devices.get(device)
        if seen is not None and seen.kind == "agent":
            agents[_system(observed, device)] += 1
        else:
            browsers[_system(observed, device)].append(device)
    everywhere = [device for ones in browsers.values() for device in ones]
    crowds = {system: largest_crowd(observed, ones, days) for system, ones in browsers.items()}
    crowd = next(iter(crowds.values())) if len(crowds) == 1 else largest_crowd(observed, everywhere, days)
    by_system = (
        max(agents.get(system, 0), crowds[system].browsers if system in crowds else 0)
        for system in agents.keys() | crowds.keys()
        if system is not None
    )
    # Whatever has not told its system may be on a machine that was counted with another.
    certain = max(sum(by_system), sum(agents.values()), crowd.browsers)
    return Machines(certain, len(everywhere), crowd.browsers, crowd.at)


def _system(observed: EvidenceIndex, device: str) -> str | None:
    newest = observed.newest.get("device", {}).get(device)
    told = newest.facts.get("os_name") if newest is not None else None
    return told if isinstance(told, str) else None
