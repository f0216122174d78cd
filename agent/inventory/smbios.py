"""The firmware's table of the machine (SMBIOS): its maker, serial number and UUID. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

_HEADER_BYTES = 4
_SYSTEM, _END = 1, 127
_MAKER, _SERIAL, _UUID = 0x04, 0x07, 0x08
_UUID_BYTES = 16


def system_ids(table: bytes) -> tuple[str | None, str | None, str | None]:
    """UUID, maker and serial number of the system; None for what the table does not hold."""
    for kind, fields, strings in _structures(table):
        if kind == _SYSTEM:
            uuid = fields[_UUID : _UUID + _UUID_BYTES]
            known = str(UUID(bytes_le=uuid)) if len(uuid) == _UUID_BYTES else None
            return known, _string(fields, strings, _MAKER), _string(fields, strings, _SERIAL)
    return None, None, None


def _structures(table: bytes) -> Iterator[tuple[int, bytes, list[bytes]]]:
    """Type, fields and strings of each structure. Two zeros end the strings, or stand where there are none."""
    place = 0
    while place + _HEADER_BYTES <= len(table):
        kind, length = table[place], table[place + 1]
        end = table.find(b"\0\0", place + length)
        if length < _HEADER_BYTES or kind == _END or end < 0:
            return
        yield kind, table[place : place + length], table[place + length : end].split(b"\0")
        place = end + 2


def _string(fields: bytes, strings: list[bytes], offset: int) -> str | None:
    number = fields[offset] if offset < len(fields) else 0
    return strings[number - 1].decode("latin-1") if 0 < number <= len(strings) else None
