"""Which of the programs that are looked for are installed, on any system."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.inventory import installed_linux, installed_macos, installed_windows
from agent.inventory.products import Installed, Product
from agent.measuring.contract import ProbeUnsupportedError
from agent.system.machine import System

_READERS = {
    "linux": installed_linux.find,
    "windows": installed_windows.find,
    "macos": installed_macos.find,
}


def find(system: System, products: Sequence[Product], deadline_s: float) -> list[Installed]:
    """Every installation. Raises ProbeUnsupportedError on a system of another kind."""
    reader = _READERS.get(system.platform_name())
    if reader is None:
        raise ProbeUnsupportedError("unknown_system", f"not on {system.platform_name()}")
    return reader(system, products, deadline_s)


def lowest_version(versions: list[str]) -> str | None:
    """The oldest of several installations: nobody knows which one a pupil will start."""
    return min(versions, key=lambda version: [int(part) for part in re.findall(r"\d+", version)], default=None)
