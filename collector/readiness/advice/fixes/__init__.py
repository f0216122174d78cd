"""Ways of mending: one file, one way; the folder is the list. `FIX_KINDS` has the cheapest first."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from collector.readiness.advice.change import FixKind


def _found_in_folder() -> list[FixKind]:
    kinds: list[FixKind] = [import_module(f"{__name__}.{found.name}").FIX for found in iter_modules(__path__)]
    return sorted(kinds, key=lambda kind: (kind.rank, kind.name))


FIX_KINDS: Sequence[FixKind] = _found_in_folder()
