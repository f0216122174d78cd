"""What is known of the air in a room, from its devices, from surveys and from network gear.

Facts about a room that no single device can tell each have a file of their own here with a `ROOM_FACT`; the folder is
the list. `ROOM_FACT_UNITS` maps names to units.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from collector.readiness.rooms.fact import RoomFact


def _found_in_folder() -> dict[str, RoomFact]:
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    facts = (module.ROOM_FACT for module in modules if hasattr(module, "ROOM_FACT"))
    return {fact.name: fact for fact in facts}


ROOM_FACTS: Mapping[str, RoomFact] = _found_in_folder()
ROOM_FACT_UNITS: Mapping[str, str] = {name: fact.unit for name, fact in ROOM_FACTS.items()}
