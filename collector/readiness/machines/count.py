"""How many machines agents and browsers are together at least. Pure.

An agent is a machine. A browser may be another pupil's turn at the same one (`visits`), or the page opened on a machine
that has an agent too. No page can tell which machine it is on, but it tells the operating system: a Chromebook is no
laptop with Windows. So within one system the agents, or the browsers at once, are counted, whichever are more; what
different systems come to is added. Browsers of a session that staff held for machines without an agent are none of the
machines that have one, so they are added too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
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
    apart = [device for device in everywhere if _is_without_agent(observed, device)]
    crowd = largest_crowd(observed, everywhere, days)
    by_system = (
        _of_one_system(observed, agents.get(system, 0), browsers.get(system, []), days)
        for system in agents.keys() | browsers.keys()
        if system is not None
    )
    # Whatever has not told its system may be on a machine that was counted with another.
    beside_agents = largest_crowd(observed, apart, days).browsers
    certain = max(sum(by_system), sum(agents.values()) + beside_agents, crowd.browsers)
    return Machines(certain, len(everywhere), crowd.browsers, crowd.at)


def _of_one_system(observed: EvidenceIndex, agents: int, browsers: Sequence[str], days: Figure) -> int:
    """How many machines with the same operating system they are at least."""
    apart = [device for device in browsers if _is_without_agent(observed, device)]
    beside_agents = largest_crowd(observed, apart, days).browsers
    return max(agents + beside_agents, largest_crowd(observed, browsers, days).browsers)


def _is_without_agent(observed: EvidenceIndex, device: str) -> bool:
    seen = observed.devices.get(device)
    return seen is not None and seen.without_agent


def _system(observed: EvidenceIndex, device: str) -> str | None:
    newest = observed.newest.get("device", {}).get(device)
    told = newest.facts.get("os_name") if newest is not None else None
    return told if isinstance(told, str) else None
