"""Where releases of browsers are published: one file, one source; the folder is the list. Each has a `SOURCE`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

import msgspec

from collector.releases.published import Published, Source, SourceRefusedError


@lru_cache(maxsize=1)
def sources() -> Mapping[str, Source]:
    """Every source by the name of its file."""
    return {found.name: import_module(f"{__name__}.{found.name}").SOURCE for found in iter_modules(__path__)}


def addresses() -> list[str]:
    """The publishers' own lists."""
    return [source.address for source in sources().values() if source.address is not None]


def understood(written_at: str, raw: bytes, today: date) -> Published:
    """What was found at an address or in a file, whichever source it is of. Raises SourceRefusedError."""
    for source in sources().values():
        try:
            found = source.read(msgspec.json.decode(raw, type=source.form), today)
        except (msgspec.DecodeError, KeyError, ValueError):
            continue
        if found is not None:
            return found
    raise SourceRefusedError("releases_unknown_form", source=written_at)
