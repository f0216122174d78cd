"""Facts about a whole school that are worked out from what its devices measured.

Each has a file of its own in this folder with a `DERIVED`; the folder is the list. `DERIVED_FACTS` maps names to units.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from collector.readiness.assessment.derived_fact import DerivedFact


def _found_in_folder() -> dict[str, DerivedFact]:
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    facts = (module.DERIVED for module in modules)
    return {fact.name: fact for fact in facts}


DERIVED: Mapping[str, DerivedFact] = _found_in_folder()
DERIVED_FACTS: Mapping[str, str] = {name: fact.unit for name, fact in DERIVED.items()}
