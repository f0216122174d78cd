"""What differs from when the sitting was ready last: every kind of difference, in the order of time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from collector.readiness.domain.model import Drift, DriftChange
from collector.readiness.drift import kinds
from collector.readiness.drift.compared import Compared, Differs

KINDS: Sequence[Differs] = [
    import_module(f"{kinds.__name__}.{found.name}").differs for found in iter_modules(kinds.__path__)
]


def drift(compared: Compared) -> Drift:
    """All that is other than it was; of two at the same time the order is that of the kinds' names."""
    changes = [change for differs in KINDS for change in differs(compared)]
    return Drift(compared.until, sorted(changes, key=_in_time))


def _in_time(change: DriftChange) -> tuple[float, str]:
    return change.at.timestamp(), change.kind
