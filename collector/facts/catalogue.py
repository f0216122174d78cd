"""The facts that probes measure, with type, unit and plausible bounds, from `facts.json`; and what a report may claim.

A fact outside its bounds is not a bad school but a bad measurement: it is refused when it arrives, so that no verdict
ever stands on it. Probes and facts that are not in the catalogue are kept as they are; a newer agent may send them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib.resources import files
from typing import Literal

import msgspec

from agent.protocol.wire import FactValue, ProbeResult

FactType = Literal["bool", "int", "float", "str"]


class FactSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fact. `minimum` and `maximum` bound what can be true of any school machine, in the fact's own unit."""

    name: str
    type: FactType
    unit: str
    help: str
    minimum: float | None = None
    maximum: float | None = None

    @property
    def is_number(self) -> bool:
        """Whether it can be laid against a number."""
        return self.type in ("int", "float")


class _Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    probes: dict[str, list[FactSpec]]
    surveys: dict[str, list[FactSpec]]


def _by_name(results: Mapping[str, list[FactSpec]]) -> dict[str, dict[str, FactSpec]]:
    return {probe: {spec.name: spec for spec in specs} for probe, specs in results.items()}


_READ = msgspec.json.decode(files("collector.facts").joinpath("facts.json").read_bytes(), type=_Catalogue)

PROBES: Mapping[str, Mapping[str, FactSpec]] = _by_name(_READ.probes)
"""The facts by name of every probe that can be planned."""

_RESULTS: Mapping[str, Mapping[str, FactSpec]] = {**PROBES, **_by_name(_READ.surveys)}
"""Those, and what comes of surveys, which a person starts."""

FACTS: Mapping[str, FactSpec] = {
    f"{probe}.{name}": spec for probe, specs in _RESULTS.items() for name, spec in specs.items()
}
"""Every known fact by `probe.fact_name`, as requirements write it."""

_NO_FACTS: Mapping[str, FactSpec] = {}
_FITS: Mapping[str, tuple[type, ...]] = {"bool": (bool,), "int": (int,), "float": (float, int), "str": (str,)}


def check_facts(result: ProbeResult) -> tuple[str, str] | None:
    """The first implausible fact as (place in the result, what is wrong with it), or None when all are plausible."""
    specs = _RESULTS.get(result.probe, _NO_FACTS)
    for name, value in result.facts.items():
        spec = specs.get(name)
        if spec is None or value is None:
            continue
        wrong = _implausible(value, spec)
        if wrong is not None:
            return f"facts.{name}", f"{result.probe}.{name} {wrong}"
    return None


def _implausible(value: FactValue, spec: FactSpec) -> str | None:
    if type(value) not in _FITS[spec.type]:
        return f"must be {spec.type}, not {type(value).__name__}"
    if not isinstance(value, int | float):
        return None
    if not math.isfinite(value):
        return "is not a finite number"
    if spec.minimum is not None and value < spec.minimum:
        return f"is {value:g} {spec.unit}, below {spec.minimum:g}, the least that can be true"
    if spec.maximum is not None and value > spec.maximum:
        return f"is {value:g} {spec.unit}, above {spec.maximum:g}, the most that can be true"
    return None
