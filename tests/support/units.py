"""How a fact's name ends for its unit, so that nobody can mistake kbit for Mbit."""

from __future__ import annotations

from collections.abc import Collection

from agent.protocol.facts import FactSpec


def ending(unit: str) -> str:
    """`Mbit/s` -> `_mbit_s`."""
    return "_" + unit.lower().replace("/", "_").replace("%", "percent")


def wears_its_unit(spec: FactSpec, units: Collection[str]) -> bool:
    """Whether the name ends in the unit, and in no longer one of `units`. What is counted is a plural that no name can
    end in: there it is `_count`.
    """
    if spec.name.endswith("_count"):
        return spec.type == "int" and bool(spec.unit)
    fitting = [unit for unit in {spec.unit, *units} - {""} if spec.name.endswith(ending(unit))]
    return max(fitting, key=len, default="") == spec.unit
