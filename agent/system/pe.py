"""The version that a Windows program carries inside itself (VS_FIXEDFILEINFO of its version resource).

Read from the file rather than asked of version.dll: the same code then runs, and is tested, on any system. Ours,
because pefile is large and takes the whole program apart for the one field that is wanted.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

_RESOURCES = 2
"""Which data directory of the optional header tells where the resources are."""

_VERSION_TYPE = 16
"""RT_VERSION."""

_MARK, _SIGNATURE = int.from_bytes(b"MZ", "little"), int.from_bytes(b"PE\0\0", "little")
_MAGIC_PE32 = 0x10B
_MAGIC_PE32_PLUS = 0x20B
_FIXED_SIGNATURE = struct.pack("<I", 0xFEEF04BD)
_SECTIONS_MAX = 96
_ENTRIES_MAX = 4_096
_RESOURCE_MAX_BYTES = 65_536
_SUBDIRECTORY = 0x8000_0000


class Section(NamedTuple):
    """A part of the file and where it lies in memory."""

    address: int
    size: int
    offset: int


def file_version(path: str) -> str | None:
    """Such as 131.0.6778.86; None for a file without a version, or one that is no Windows program. OSError where it
    cannot be read.
    """
    with Path(path).open("rb") as program:
        try:
            return version_of(program)
        except struct.error:  # the file ends where something should be
            return None


def version_of(program: BinaryIO) -> str | None:
    """The same, of an open file. Raises struct.error where the file is cut short."""
    found = _resources(program)
    if found is None:
        return None
    root, sections = found
    start = root.offset
    # Three levels: kind of resource, its name, its language. The first name and language do: versions are alike.
    entry = _entry(program, start, 0, _VERSION_TYPE)
    for _ in range(2):
        if entry is None or not entry & _SUBDIRECTORY:
            return None
        entry = _entry(program, start, entry & ~_SUBDIRECTORY, None)
    if entry is None or entry & _SUBDIRECTORY:
        return None
    address, size = _unpacked(program, start + entry, "<II")
    offset = _offset_of(address, sections)
    if offset is None:
        return None
    program.seek(offset)
    return fixed_version(program.read(min(size, _RESOURCE_MAX_BYTES)))


def fixed_version(resource: bytes) -> str | None:
    """The file version of a VS_VERSIONINFO structure; all zeros say that nobody set one."""
    at = resource.find(_FIXED_SIGNATURE)
    if at < 0 or len(resource) < at + 16:
        return None
    _, _, high, low = struct.unpack_from("<IIII", resource, at)
    parts = (high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF)
    return ".".join(map(str, parts)) if any(parts) else None


def _resources(program: BinaryIO) -> tuple[Section, list[Section]] | None:
    """Where the resources begin in the file, and all sections."""
    (mark,) = _unpacked(program, 0, "<H")
    (header,) = _unpacked(program, 0x3C, "<I")
    signature, _, count, _, _, _, optional, _ = _unpacked(program, header, "<IHHIIIHH")
    if mark != _MARK or signature != _SIGNATURE or count > _SECTIONS_MAX:
        return None
    (magic,) = _unpacked(program, header + 24, "<H")
    if magic not in (_MAGIC_PE32, _MAGIC_PE32_PLUS):
        return None
    directories = header + 24 + (96 if magic == _MAGIC_PE32 else 112)
    address, size = _unpacked(program, directories + 8 * _RESOURCES, "<II")
    sections = [_section(program, header + 24 + optional + 40 * number) for number in range(count)]
    offset = _offset_of(address, sections) if address else None
    return None if offset is None else (Section(address, size, offset), sections)


def _section(program: BinaryIO, at: int) -> Section:
    _, virtual, address, raw, offset = _unpacked(program, at, "<8sIIII")
    return Section(address, max(virtual, raw), offset)


def _offset_of(address: int, sections: list[Section]) -> int | None:
    inside = (one for one in sections if one.address <= address < one.address + one.size)
    return next((address - one.address + one.offset for one in inside), None)


def _entry(program: BinaryIO, start: int, directory: int, wanted: int | None) -> int | None:
    """What the entry `wanted` (or the first) of a resource directory points to."""
    *_, names, numbers = _unpacked(program, start + directory, "<IIHHHH")
    for index in range(min(names + numbers, _ENTRIES_MAX)):
        name, target = _unpacked(program, start + directory + 16 + 8 * index, "<II")
        if wanted is None or name == wanted:
            return int(target)
    return None


def _unpacked(program: BinaryIO, offset: int, form: str) -> tuple[int, ...]:
    program.seek(offset)
    return struct.unpack(form, program.read(struct.calcsize(form)))
