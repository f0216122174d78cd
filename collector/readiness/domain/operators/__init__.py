"""The operators of requirements: one file, one operator of the file's name; the folder is the list."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from agent.protocol.wire import FactValue
from collector.readiness.domain.comparison import KINDS, ComparisonOperator, RequiredValue, Setting
from collector.readiness.domain.releases import LIST_FRESH_DAYS


def _found_in_folder() -> dict[str, ComparisonOperator]:
    """By name, in the order in which people are told of them."""
    found: dict[str, ComparisonOperator] = {
        module.name: import_module(f"{__name__}.{module.name}").OPERATOR for module in iter_modules(__path__)
    }
    return dict(sorted(found.items(), key=lambda item: (KINDS.index(item[1].of), item[0])))


OPERATORS: Mapping[str, ComparisonOperator] = _found_in_folder()


def compare(operator: str, measured: FactValue, wanted: RequiredValue, setting: Setting) -> bool | None:
    """Whether `measured` satisfies `wanted`, or None where that cannot be told."""
    return OPERATORS[operator].compare(measured, wanted, setting)


def is_aging(operator: str, setting: Setting) -> bool:
    """Whether what passes by the list of releases is not quite to be believed any more, as the list has aged."""
    return OPERATORS[operator].goes_by_the_latest and setting.list_age_days > LIST_FRESH_DAYS
