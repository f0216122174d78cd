"""The pages that people read: one file, one page; the folder is the list. Every module here has a `PAGE`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from collector.judgement.snapshot import Snapshot
from collector.web.page import Page


@lru_cache(maxsize=1)
def pages() -> Mapping[str, Page]:
    """Every page by the name of its file."""
    return {found.name: import_module(f"{__name__}.{found.name}").PAGE for found in iter_modules(__path__)}


@lru_cache(maxsize=1)
def navigation() -> Mapping[str, str]:
    """The paths of the pages that every page leads to, by name and in their order."""
    shown = [(page.navigation, name, page.path) for name, page in pages().items() if page.navigation is not None]
    return {name: path for _, name, path in sorted(shown)}


def samples(snapshot: Snapshot) -> list[str]:
    """Addresses that show all that pages can look like in `snapshot`."""
    return [address for page in pages().values() for address in page.samples(snapshot)]
