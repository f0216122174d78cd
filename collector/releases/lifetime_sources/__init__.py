"""Where lifetimes are published: one file, one source; the folder is the list. Each has a `SOURCE`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

import msgspec

from collector.releases.lifetimes import LifetimeSource, PublishedLifetimes


@lru_cache(maxsize=1)
def lifetime_sources() -> Mapping[str, LifetimeSource]:
    """Every source by the name of its file."""
    return {found.name: import_module(f"{__name__}.{found.name}").SOURCE for found in iter_modules(__path__)}


def lifetime_addresses() -> list[str]:
    """What is asked when nothing else is named."""
    return [address for source in lifetime_sources().values() for address in source.addresses]


def lifetimes_in(raw: bytes, today: date) -> PublishedLifetimes | None:
    """What was found at an address or in a file, if it is of one of these sources."""
    for source in lifetime_sources().values():
        try:
            found = source.read(msgspec.json.decode(raw, type=source.form), today)
        except (msgspec.DecodeError, KeyError, ValueError):
            continue
        if found is not None:
            return found
    return None
