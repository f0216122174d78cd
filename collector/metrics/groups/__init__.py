"""The metrics by what they tell of: one group, one file with a `GROUP`; the folder is the list."""

from __future__ import annotations

import importlib
import pkgutil

from collector.metrics.metric import Metric, MetricGroup


def _found_in_folder() -> list[MetricGroup]:
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return sorted((module.GROUP for module in modules), key=lambda group: group.place)


GROUPS: list[MetricGroup] = _found_in_folder()
METRICS: list[Metric] = [metric for group in GROUPS for metric in group.metrics]
