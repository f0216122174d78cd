"""Access points that machines used are heard no more, while others are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from collector.readiness.domain.model import DriftChange, Observation, Text
from collector.readiness.drift.compared import Compared

PROBE = "wifi"
LEAST_SEEN = 2


def differs(compared: Compared) -> Iterator[DriftChange]:
    """Each radio by itself, at the time when it was used last."""
    before, since = _used(compared.before.get(PROBE, [])), _used(compared.since.get(PROBE, []))
    names = {radio.mac: radio.access_point for radio in compared.observed.radios if radio.mac is not None}
    for bssid, times in sorted(before.items()) if since else ():
        if bssid not in since and len(times) >= LEAST_SEEN:
            name = names.get(bssid, bssid)
            yield DriftChange("access_points", max(times), Text("drift_access_point", {"access_point": name}))


def _used(observations: Sequence[Observation]) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = {}
    for one in observations:
        bssid = one.facts.get("bssid")
        if isinstance(bssid, str):
            found.setdefault(bssid, []).append(one.last_at)
    return found
