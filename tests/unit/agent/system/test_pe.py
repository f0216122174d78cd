"""Versions inside Windows programs: real ones (the launchers that pip carries), and damaged ones."""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.system.machine import System
from agent.system.pe import file_version, fixed_version, version_of


def launchers() -> list[Path]:
    """For 32-bit, 64-bit and ARM Windows."""
    found = find_spec("pip")
    assert found is not None
    assert found.origin is not None
    return sorted((Path(found.origin).parent / "_vendor" / "distlib").glob("*.exe"))


PROGRAM = launchers()[0].read_bytes()


def test_real_programs_of_every_architecture() -> None:
    """Each carries the version in its resources; the text beside it says the same."""
    assert len(launchers()) >= 4
    for path in launchers():
        version = file_version(str(path))
        assert version is not None, path
        assert version.encode("utf-16-le") in path.read_bytes(), path


def test_a_file_that_is_no_program_has_no_version(tmp_path: Path) -> None:
    """Nor has one that is empty, or one that is not there: the system door says None for that too."""
    (tmp_path / "text").write_text("MZ and no more")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "long").write_bytes(b"\x7fELF" + bytes(4096))
    assert [file_version(str(tmp_path / name)) for name in ("text", "empty", "long")] == [None, None, None]
    assert System().file_version(str(tmp_path / "missing")) is None
    with pytest.raises(FileNotFoundError):
        file_version(str(tmp_path / "missing"))


def test_four_numbers() -> None:
    """As VS_FIXEDFILEINFO packs them; all zeros are no version."""
    signature = struct.pack("<I", 0xFEEF04BD)
    packed = struct.pack("<III", 0x10000, 131 << 16, 6778 << 16 | 86)
    assert fixed_version(b"head" + signature + packed) == "131.0.6778.86"
    assert fixed_version(signature + bytes(12)) is None
    assert fixed_version(signature + packed[:-1]) is None
    assert fixed_version(packed) is None


@given(st.integers(0, len(PROGRAM) - 1))
def test_a_program_that_breaks_off(length: int) -> None:
    """Ends in a version, in none, or in the error that says that something is missing."""
    with suppress(struct.error):
        assert version_of(io.BytesIO(PROGRAM[:length])) in (None, version_of(io.BytesIO(PROGRAM)))


@given(st.integers(0, 0x400), st.binary(min_size=1, max_size=64))
def test_a_program_with_damaged_headers(place: int, noise: bytes) -> None:
    """The same, and it never goes on for ever."""
    damaged = PROGRAM[:place] + noise + PROGRAM[place + len(noise) :]
    with suppress(struct.error):
        version_of(io.BytesIO(damaged))
