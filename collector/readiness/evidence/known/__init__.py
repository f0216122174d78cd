"""Facts of a device that no probe tells: what the collector itself knows, and what follows from lists.

One file, one fact; the folder is the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from agent.protocol.facts import FactSpec
from collector.readiness.domain.model import DeviceSeen, Observation, Releases
from collector.readiness.evidence.index import EvidenceIndex, Newest
from collector.readiness.evidence.known_fact import Known, KnownFact, Own


def _found_in_folder() -> dict[str, KnownFact]:
    facts = (import_module(f"{__name__}.{found.name}").KNOWN for found in iter_modules(__path__))
    return {fact.name: fact for fact in facts}


KNOWN: Mapping[str, KnownFact] = _found_in_folder()
KNOWN_FACTS: Mapping[str, FactSpec] = {name: fact.spec for name, fact in KNOWN.items()}
"""By the name that a requirement has for them."""


def newest_with_known(observed: EvidenceIndex, releases: Releases) -> Mapping[str, Newest]:
    """The newest observation per probe and device, and beside them what is known, each group as if it were a probe."""
    beside: dict[str, dict[str, Observation]] = defaultdict(dict)
    for device in observed.devices.values():
        own = {probe: found[device.device_id] for probe, found in observed.newest.items() if device.device_id in found}
        for fact in KNOWN.values():
            known = fact.read(device, own, releases)
            if known is not None:
                before = beside[fact.group].get(device.device_id)
                beside[fact.group][device.device_id] = _observation(fact, known, device, before)
    return {**observed.newest, **beside}


def _observation(fact: KnownFact, known: Known, device: DeviceSeen, before: Observation | None) -> Observation:
    """As old as what it was read from; the older of two."""
    at = known.observation.last_at if known.observation is not None else device.last_seen_at or device.enrolled_at
    if before is not None:
        at = min(at, before.last_at)
    missing = {} if known.value is not None else {fact.spec.name: known.reason}
    return Observation(
        device_id=device.device_id,
        room=device.room,
        probe=fact.group,
        status="ok",
        first_at=at,
        last_at=at,
        count=1,
        facts={**(before.facts if before else {}), fact.spec.name: known.value},
        missing={**(before.missing if before else {}), **missing},
        rows=[],
    )


__all__ = ["KNOWN", "KNOWN_FACTS", "Own", "newest_with_known"]
