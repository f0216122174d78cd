"""support.system_ends_on: the last day on which a maker supports the system of a device, by the lists."""

from __future__ import annotations

from agent.protocol.facts import FactSpec
from collector.readiness.domain.fact_values import DATE_UNIT
from collector.readiness.domain.lifetimes import end_of_support
from collector.readiness.domain.model import DeviceSeen, Releases
from collector.readiness.evidence.known_fact import Known, KnownFact, Own


def _read(device: DeviceSeen, own: Own, releases: Releases) -> Known | None:
    del device
    said = own.get("device")
    if said is None or said.status != "ok":
        return None
    system = said.facts.get("os_name")
    listed = releases.lifetimes.get(system) if isinstance(system, str) else None
    if listed is None:
        return Known(None, "system_not_listed", said)
    told = {name: said.facts.get(f"os_{name}") for name in ("version", "release", "edition")}
    found = end_of_support(listed, **{name: value if isinstance(value, str) else None for name, value in told.items()})
    if isinstance(found, str):
        return Known(None, found, said)
    return Known(found.isoformat(), "", said)


KNOWN = KnownFact(
    "support",
    FactSpec("system_ends_on", "str", DATE_UNIT, "last day on which the system is supported, by config/lifetimes"),
    _read,
)
