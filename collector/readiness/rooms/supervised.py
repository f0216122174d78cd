"""What the browsers of a supervised session show of a room: a class that measured there at once. Pure.

A page hears no signal. But whoever measured well from a place, while all others in the room measured too, has a good
place, and whoever could not has a bad one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.figures import kind_end
from collector.readiness.domain.model import EvidenceRule, Figure, Observation
from collector.readiness.evidence.index import EvidenceIndex, is_fresh

_PROBE, _FACT = "latency", "rtt_p95_ms"
_FAILED = ("failed", "timeout")


@dataclass(frozen=True)
class WatchedRoom:
    """The browsers whose place was good, and bad; one whose round trips lie between says nothing."""

    good: frozenset[str]
    bad: frozenset[str]
    observations: Sequence[Observation]


def measured_in_session(observed: EvidenceIndex, room: str, rule: EvidenceRule, session_rtt: Figure) -> WatchedRoom:
    """By the newest that each browser measured in the room while staff watched."""
    newest = observed.newest_in_room.get((_PROBE, room), {})
    watched = [
        one for one in newest.values() if one.session is not None and is_fresh(one, observed.now, rule.device_days)
    ]
    slowness = {one.device_id: _slowness(one) for one in watched}
    told = [(device, rtt_ms) for device, rtt_ms in slowness.items() if rtt_ms is not None]
    good = frozenset(device for device, rtt_ms in told if rtt_ms <= session_rtt.value)
    bad = frozenset(device for device, rtt_ms in told if rtt_ms > kind_end(session_rtt))
    return WatchedRoom(good, bad, [one for one in watched if one.device_id in good | bad])


def _slowness(one: Observation) -> float | None:
    """In ms; without end where it could not measure; None where it does not say."""
    if one.status == "ok":
        return number_of(one.facts.get(_FACT))
    return float("inf") if one.status in _FAILED else None
