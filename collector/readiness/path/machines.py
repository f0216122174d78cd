"""What a machine last found on its way, so that many of them can be counted. Pure.

A way that a machine found broken stays broken for it until it finds the way whole: neither waiting nor a probe that
gives no result mends anything. What it found whole counts while it is fresh, and only if it is the last thing found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from collector.readiness.domain.model import Observation
from collector.readiness.domain.strands import Strand, strands_of
from collector.readiness.evidence.compliance import NOT_CONCERNED, DeviceCompliance, Fulfilment, counted_devices
from collector.readiness.evidence.index import NEVER_MEASURED, PROBE_FAILED, EvidenceIndex

Answers = Mapping[str, DeviceCompliance]
"""What each machine that is counted comes to."""


def newest_first(observations: Iterable[Observation]) -> list[Observation]:
    """By when they were last seen to hold."""
    return sorted(observations, key=lambda one: (one.last_at, one.first_at), reverse=True)


def by_device(observed: EvidenceIndex, probe: str) -> dict[str, Sequence[Observation]]:
    """What each counted device said by a probe, the newest first; nothing where it never did."""
    found: dict[str, list[Strand]] = {device: [] for device in counted_devices(observed)}
    for one in strands_of(observed.by_probe.get(probe, [])):
        if one.device_id in found:
            found[one.device_id].append(one)
    return {device: _newest_first(parts) for device, parts in found.items()}


def _newest_first(parts: Sequence[Strand]) -> Sequence[Observation]:
    if len(parts) == 1:
        return parts[0].once(newest_first)
    return newest_first(one for part in parts for one in part)


def without_climb(observed: EvidenceIndex, device: str, fact: str) -> DeviceCompliance:
    """A machine that never tried: an agent could have, and a browser has no way to."""
    if observed.devices[device].kind == "agent":
        return unknown(fact, NEVER_MEASURED, None)
    return DeviceCompliance(Fulfilment.OK, fact, None, NOT_CONCERNED, None)


def without_result(fact: str, newest: Observation) -> DeviceCompliance:
    """One whose newest try came to nothing."""
    return unknown(
        fact, newest.error_code if newest.status == "unsupported" and newest.error_code else PROBE_FAILED, newest
    )


def unknown(fact: str, reason: str, observation: Observation | None) -> DeviceCompliance:
    """Not known, and why."""
    return DeviceCompliance(Fulfilment.UNKNOWN, fact, None, reason, observation)
