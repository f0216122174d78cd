"""A recorded Windows registry: a file as `reg export` writes it (in UTF-8), asked as the system door asks Windows."""

from __future__ import annotations

import re
from pathlib import Path

from agent.system.windows_registry import RegistryValue

_ROOTS = {"HKEY_LOCAL_MACHINE": "HKLM", "HKEY_USERS": "HKU", "HKEY_CURRENT_USER": "HKCU"}


class RecordedRegistry:
    """Keys and names are the same in any case, as on Windows. A file that is not there is an empty registry."""

    def __init__(self, path: Path) -> None:
        self._keys: dict[str, tuple[str, dict[str, RegistryValue]]] = {}
        if not path.exists():
            return
        text = path.read_text(encoding="utf-8").replace("\\\n", "")
        values: dict[str, RegistryValue] = {}
        for line in text.splitlines():
            if key := re.fullmatch(r"\[(.+)\]", line):
                values = self._added(key[1])
            elif pair := re.fullmatch(r'(@|"(?:[^"\\]|\\.)*")=(.+)', line):
                values["" if pair[1] == "@" else _unescaped(pair[1])] = _value(pair[2])

    def _added(self, key: str) -> dict[str, RegistryValue]:
        root, _, path = key.partition("\\")
        parts = [_ROOTS[root], *path.split("\\")]
        for depth in range(1, len(parts) + 1):
            whole = "\\".join(parts[:depth])
            self._keys.setdefault(whole.lower(), (whole, {}))
        return self._keys["\\".join(parts).lower()][1]

    def values(self, key: str) -> dict[str, RegistryValue] | None:
        """As `agent.system.windows_registry.values`."""
        found = self._keys.get(key.lower())
        return None if found is None else dict(found[1])

    def keys(self, key: str) -> list[str]:
        """As `agent.system.windows_registry.keys`."""
        above = f"{key.lower()}\\"
        below = (whole for folded, (whole, _) in self._keys.items() if folded.startswith(above))
        return [whole[len(above) :] for whole in below if "\\" not in whole[len(above) :]]


def _unescaped(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1])


def _value(text: str) -> RegistryValue:
    if text.startswith("dword:"):
        return int(text.removeprefix("dword:"), 16)
    if text.startswith("hex:"):
        return bytes.fromhex(text.removeprefix("hex:").replace(",", " "))
    return _unescaped(text)
