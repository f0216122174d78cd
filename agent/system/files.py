"""Files that survive a crash, and a lock between two processes of the same agent."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

TEMPORARY_SUFFIX = ".tmp"
_LOCK_POLL_S = 0.1


def write_durably(path: Path, content: bytes) -> None:
    """Writes `path` whole or not at all, readable by the owner only, on the disk before this returns.

    OSError (a full disk, say) leaves the old content as it was and no half-written file behind.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Puts renames and removals in `folder` on the disk. Windows does so by itself and can't open a folder."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftovers(folder: Path, older_than_s: float) -> None:
    """Removes temporary files of writes that a crash cut off; younger ones may be another process's."""
    oldest = time.time() - older_than_s
    for path in folder.glob(f".*{TEMPORARY_SUFFIX}"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:
            continue


class LockedError(Exception):
    """Another process kept the lock for longer than the caller would wait."""


@contextmanager
def exclusively(path: Path, patience_s: float) -> Iterator[None]:
    """Holds the lock file `path`, waiting up to `patience_s` for whoever has it. The system frees it at a crash.

    Raises LockedError.
    """
    deadline = time.monotonic() + patience_s
    with path.open("ab") as stream:
        while not _try_lock(stream):
            if time.monotonic() >= deadline:
                raise LockedError(str(path))
            time.sleep(_LOCK_POLL_S)
        yield


def _try_lock(stream: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
