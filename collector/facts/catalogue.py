"""What probes declare, from `facts.json`: what they are about, and their facts with type, unit and plausible bounds;
and what a report may claim. Constant data and pure functions, so the pure core may ask too.

A fact outside its bounds is not a bad school but a bad measurement: it is refused when it arrives, so that no verdict
ever stands on it. Probes and facts that are not in the catalogue are kept as they are; a newer agent may send them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib.resources import files

import msgspec

from agent.protocol.facts import ALL_FACTS, Declaration, FactSpec, RoomEvidence
from agent.protocol.wire import FactValue, ProbeResult


class _Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    probes: dict[str, Declaration]
    surveys: dict[str, Declaration]


def _by_name(results: Mapping[str, Declaration]) -> dict[str, dict[str, FactSpec]]:
    return {probe: {spec.name: spec for spec in declared.facts} for probe, declared in results.items()}


_READ = msgspec.json.decode(files("collector.facts").joinpath("facts.json").read_bytes(), type=_Catalogue)

PLANNABLE: Mapping[str, Declaration] = _READ.probes
"""Every probe that can be planned, by name."""

DECLARED: Mapping[str, Declaration] = {**PLANNABLE, **_READ.surveys}
"""Those, and what comes of surveys, which a person starts."""

PROBES: Mapping[str, Mapping[str, FactSpec]] = _by_name(PLANNABLE)
"""The facts by name of every probe that can be planned."""

_RESULTS: Mapping[str, Mapping[str, FactSpec]] = _by_name(DECLARED)

FACTS: Mapping[str, FactSpec] = {
    f"{probe}.{name}": spec for probe, specs in _RESULTS.items() for name, spec in specs.items()
}
"""Every known fact by `probe.fact_name`, as requirements write it."""

LOADING_THE_LINE: Sequence[str] = [name for name, declared in DECLARED.items() if declared.loads_line]
"""Probes that fill the line while they run."""


def that_show_rooms(evidence: RoomEvidence) -> list[str]:
    """What tells of the network of the room in which it was measured, by its air or by the line from there."""
    return [name for name, declared in DECLARED.items() if declared.shows_room == evidence]


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


PAGE_PROBE = "visit"
"""What the web probe's page says of itself alone, and no agent has: that it is in sight."""

_ONLY_OF_PAGES: Mapping[str, tuple[str, ...]] = {PAGE_PROBE: ("page",)}


def made_up_by_page(result: ProbeResult) -> str | None:
    """The place in a browser's result of the first thing that no page in a browser can know; None when it can know it
    all. What is null is said to be not known.
    """
    known = _page_knows(result.probe)
    if not known:
        return "probe"
    if result.rows:
        return "rows"
    strange = (name for name, value in result.facts.items() if value is not None and name not in known)
    return None if known == ALL_FACTS else next((f"facts.{name}" for name in strange), None)


def _page_knows(probe: str) -> tuple[str, ...]:
    declared = DECLARED.get(probe)
    return declared.page_knows if declared else _ONLY_OF_PAGES.get(probe, ())


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
