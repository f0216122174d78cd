"""Reads Windows' registry; nothing is understood here.

A key is written as `HKLM\\SOFTWARE\\...`. Always the view of 64-bit programs, whatever this one is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

RegistryValue = str | int | bytes | list[str]

_ROOTS = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER", "HKU": "HKEY_USERS"}
_MOST = 10_000
"""How many keys or values are read of one key at most."""


def values(key: str) -> dict[str, RegistryValue] | None:
    """The values of a key by name ("" for the default one); None for a key that is not there, or may not be read."""
    return _read(key, values_of) if sys.platform == "win32" else None


def keys(key: str) -> list[str]:
    """The names of the keys right below."""
    return (_read(key, keys_of) or []) if sys.platform == "win32" else []


def _read(key: str, reader: Callable[[Any, str], Any]) -> Any:  # noqa: ANN401  what the reader gives
    import winreg  # noqa: PLC0415  is part of Python on Windows only

    return reader(winreg, key)


def values_of(winreg: Any, key: str) -> dict[str, RegistryValue] | None:  # noqa: ANN401  the module `winreg`
    """The same, by a given module `winreg`."""
    opened = _opened(winreg, key)
    if opened is None:
        return None
    with opened:
        return {name: data for name, data, _ in _each(winreg.EnumValue, opened) if _is_plain(data)}


def keys_of(winreg: Any, key: str) -> list[str]:  # noqa: ANN401  as above
    """The same, by a given module `winreg`."""
    opened = _opened(winreg, key)
    if opened is None:
        return []
    with opened:
        return list(_each(winreg.EnumKey, opened))


def _opened(winreg: Any, key: str) -> Any:  # noqa: ANN401  as above
    root, _, path = key.partition("\\")
    access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    try:
        return winreg.OpenKey(getattr(winreg, _ROOTS[root]), path, 0, access)
    except OSError:
        return None


def _each(ask: Callable[[Any, int], Any], opened: Any) -> Iterator[Any]:  # noqa: ANN401  as above
    """The registry has no list: one asks for the first, the second ... until there is none."""
    for index in range(_MOST):
        try:
            yield ask(opened, index)
        except OSError:
            return


def _is_plain(data: object) -> bool:
    return isinstance(data, str | int | bytes | list)


class Registry:
    """The registry of this machine, if it runs Windows."""

    def registry_values(self, key: str) -> dict[str, RegistryValue] | None:
        """The values of a key of Windows' registry, such as `HKLM\\SOFTWARE\\...`, by name; None if it is not there."""
        return values(key)

    def registry_keys(self, key: str) -> list[str]:
        """The names of the keys right below a key of Windows' registry; none if it is not there."""
        return keys(key)
