"""One file, one probe. The folder is the list: every module here has a `PROBE`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from agent.measuring.contract import Probe


@lru_cache(maxsize=1)
def discovered() -> dict[str, Probe]:
    """Every probe by name: the folder is the list."""
    found: dict[str, Probe] = {}
    for module in pkgutil.iter_modules(__path__):
        probe: Probe = importlib.import_module(f"{__name__}.{module.name}").PROBE
        found[probe.name] = probe
    return dict(sorted(found.items()))
