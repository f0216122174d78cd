"""The version of this program, written once: in CHANGELOG.md, from where the package carries it."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata


@lru_cache(maxsize=1)
def agent_version() -> str:
    """The installed version; `unknown` where the program runs without having been installed."""
    try:
        return metadata.version("provklar")
    except metadata.PackageNotFoundError:
        return "unknown"
