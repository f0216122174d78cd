"""The real registry module with a made-up `winreg`, and the reader of recordings."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pytest

from agent.system import windows_registry
from agent.system.windows_registry import RegistryValue, keys_of, values_of
from tests.support.recorded_registry import RecordedRegistry


class Key:
    """An open key of the made-up registry."""

    def __init__(self, values: list[tuple[str, object, int]], keys: list[str]) -> None:
        self.values, self.keys, self.closed = values, keys, False

    def __enter__(self) -> Key:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closed = True


class Winreg:
    """Answers as Python's `winreg` does: one entry at a time, and OSError behind the last one."""

    HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER, HKEY_USERS = object(), object(), object()
    KEY_READ, KEY_WOW64_64KEY = 0x20019, 0x100

    def __init__(self) -> None:
        self.key = Key([("", "default", 1), ("UBR", 2314, 4), ("EDID", b"\0\xff", 3), ("none", None, 0)], ["a", "b"])
        self.opened: list[tuple[object, str, int, int]] = []

    def OpenKey(self, root: object, path: str, reserved: int, access: int) -> Key:  # noqa: N802  winreg's name
        self.opened.append((root, path, reserved, access))
        if path == "denied":
            raise PermissionError
        if path != r"SOFTWARE\there":
            raise FileNotFoundError
        return self.key

    def EnumValue(self, key: Key, index: int) -> tuple[str, object, int]:  # noqa: N802  as above
        if index >= len(key.values):
            raise OSError(259, "No more data is available")
        return key.values[index]

    def EnumKey(self, key: Key, index: int) -> str:  # noqa: N802  as above
        if index >= len(key.keys):
            raise OSError(259, "No more data is available")
        return key.keys[index]


def test_values_and_keys_are_read_to_the_end_and_closed() -> None:
    """In the 64-bit view, read only; a value without content is left out."""
    winreg = Winreg()
    assert values_of(winreg, r"HKLM\SOFTWARE\there") == {"": "default", "UBR": 2314, "EDID": b"\0\xff"}
    assert keys_of(winreg, r"HKU\SOFTWARE\there") == ["a", "b"]
    assert winreg.opened == [
        (winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\there", 0, 0x20119),
        (winreg.HKEY_USERS, r"SOFTWARE\there", 0, 0x20119),
    ]
    assert winreg.key.closed


@pytest.mark.parametrize("key", [r"HKLM\SOFTWARE\missing", r"HKLM\denied", "HKCU"])
def test_what_is_not_there_or_not_ours_to_read(key: str) -> None:
    """No value and no key, no error."""
    assert values_of(Winreg(), key) is None
    assert keys_of(Winreg(), key) == []


def test_on_other_systems_there_is_none() -> None:
    """Nothing is imported that is not there."""
    assert windows_registry.values(r"HKLM\SOFTWARE") is None
    assert windows_registry.keys(r"HKLM\SOFTWARE") == []


def test_recordings_are_read_as_windows_writes_them(tmp_path: Path) -> None:
    """Strings with quotes and backslashes, numbers, bytes over several lines; any case will do to ask."""
    path = tmp_path / "registry.reg"
    path.write_text(
        "Windows Registry Editor Version 5.00\n\n"
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A b]\n"
        '@="\\"C:\\\\x y\\\\z.exe\\" -q"\n'
        '"n"=dword:0000090a\n'
        '"{1},0"=hex:00,ff,\\\n  10\n\n'
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A b\\c]\n"
    )
    recorded = RecordedRegistry(path)
    expected: dict[str, RegistryValue] = {"": r'"C:\x y\z.exe" -q', "n": 0x90A, "{1},0": b"\0\xff\x10"}
    assert recorded.values(r"HKLM\software\a B") == expected
    assert recorded.keys("HKLM") == ["SOFTWARE"]
    assert recorded.keys(r"HKLM\SOFTWARE\A b") == ["c"]
    assert recorded.values(r"HKLM\SOFTWARE\A b\c") == {}
    assert recorded.values(r"HKLM\nothing") is None
