"""What the probes of a simulated machine find: one file, one probe of the file's name; the folder is the list.

A probe that has no file here, and runs unless an operator says otherwise, is drawn from what it declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from collector.facts.catalogue import PLANNABLE
from collector.simulate.any_probe import by_declaration
from collector.simulate.probe import SimulatedProbe


@lru_cache(maxsize=1)
def in_turn() -> Mapping[str, SimulatedProbe]:
    """Those that share one source of chance, in the order in which they draw from it."""
    turns = {name: probe.turn for name, probe in _in_folder().items() if probe.turn is not None}
    return {name: _in_folder()[name] for name in sorted(turns, key=turns.__getitem__)}


@lru_cache(maxsize=1)
def latecomers() -> Mapping[str, SimulatedProbe]:
    """All others, by name."""
    undescribed = {name: one for name, one in PLANNABLE.items() if one.plan is not None and name not in _in_folder()}
    drawn = {name: by_declaration(name, declared) for name, declared in undescribed.items()}
    described = {name: probe for name, probe in _in_folder().items() if probe.turn is None}
    return dict(sorted((drawn | described).items()))


def that_break() -> tuple[str, ...]:
    """Those that never succeed on some machines."""
    return tuple(name for name, probe in (*in_turn().items(), *latecomers().items()) if probe.breaks)


@lru_cache(maxsize=1)
def _in_folder() -> Mapping[str, SimulatedProbe]:
    return {module.name: import_module(f"{__name__}.{module.name}").SIMULATED for module in iter_modules(__path__)}
