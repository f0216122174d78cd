"""Files that survive a crash, and the lock."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from agent.system import files
from agent.system.files import LockedError, exclusively, remove_leftovers, write_durably


def test_a_file_is_written_whole_for_the_owner_only(tmp_path: Path) -> None:
    """And replaces the one before."""
    path = tmp_path / "identity.json"
    write_durably(path, b"old")
    write_durably(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, say."""
    path = tmp_path / "kept"
    write_durably(path, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_durably(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_leftovers_of_a_crash_are_removed_when_old(tmp_path: Path) -> None:
    """A young one may be another process's."""
    old, young, other = tmp_path / ".a.1.tmp", tmp_path / ".b.2.tmp", tmp_path / "c.json"
    for path in (old, young, other):
        path.touch()
    os.utime(old, (1, 1))
    remove_leftovers(tmp_path, 60)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".b.2.tmp", "c.json"]


def test_the_lock_holds_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is free again afterwards."""
    monkeypatch.setattr(files, "_LOCK_POLL_S", 0.01)
    with exclusively(tmp_path / "lock", 1), pytest.raises(LockedError), exclusively(tmp_path / "lock", 0.05):
        pass
    with exclusively(tmp_path / "lock", 0.05):
        pass
