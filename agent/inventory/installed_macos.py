"""Which programs are installed on macOS: from the applications' own Info.plist, told apart by their identifier."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.inventory import property_list
from agent.inventory.firefox_channel import DESCRIPTION, with_channel
from agent.inventory.products import Installed, Product
from agent.measuring.contract import ProbeFailureError
from agent.system.machine import System

_PATTERNS = ("/Applications/*.app/Contents/Info.plist", "/Users/*/Applications/*.app/Contents/Info.plist")
_VERSION = re.compile(r"\d+(?:\.\d+)*")


def find(system: System, products: Sequence[Product], deadline_s: float) -> list[Installed]:
    """Those for everybody, and those of users whose folders may be read. Raises ProbeFailureError where there is no
    application at all.
    """
    del deadline_s
    names = {bundle: product.name for product in products for bundle in product.bundles}
    paths = [path for pattern in _PATTERNS for path in system.paths(pattern)]
    if not paths:
        raise ProbeFailureError("applications_unreadable", "no application at all is found, which can't be")
    found = []
    for path in paths:
        identifier, version = _described(system, path)
        if identifier in names:
            description = f"{path.rpartition('/')[0]}/Resources/{DESCRIPTION}"
            found.append(Installed(names[identifier], with_channel(system, version, description), "bundle"))
    return found


def _described(system: System, path: str) -> tuple[str, str | None]:
    try:
        return bundle(system.read_bytes(path) or b"")
    except PermissionError:
        return "", None


def bundle(raw: bytes) -> tuple[str, str | None]:
    """Identifier and version of an application, from XML or binary; ("", None) for what is no property list."""
    said = property_list.read(raw)
    identifier, version = said.get("CFBundleIdentifier"), said.get("CFBundleShortVersionString")
    number = _VERSION.match(version) if isinstance(version, str) else None
    return identifier if isinstance(identifier, str) else "", number[0] if number else None
