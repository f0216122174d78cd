"""The system door's own part of devices, on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agent.system.machine import System


def test_bytes_of_a_file_within_bounds(tmp_path: Path) -> None:
    """A file, one that is too long to be what is looked for, a folder, and nothing."""
    (tmp_path / "short").write_bytes(b"\0\xff")
    (tmp_path / "long").write_bytes(bytes(2**20 + 1))
    system = System()
    assert system.read_bytes(str(tmp_path / "short")) == b"\0\xff"
    assert len(system.read_bytes(str(tmp_path / "long")) or b"") == 2**20
    assert system.read_bytes(str(tmp_path)) is None
    assert system.read_bytes(str(tmp_path / "short" / "below")) is None
    assert system.read_bytes(str(tmp_path / "none")) is None


def test_patterns_begin_at_the_root(tmp_path: Path) -> None:
    """Sorted, and blanks in names are no end of a name."""
    for name in ("b x", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Info").touch()
    assert System().paths(f"{tmp_path}/*/Info") == [f"{tmp_path}/a/Info", f"{tmp_path}/b x/Info"]
    assert System().paths(f"{tmp_path}/no/*") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not look")
def test_folders_that_may_not_be_read_hold_nothing() -> None:
    """Another user's folder is passed over, not fallen over."""
    with TemporaryDirectory() as name:  # pytest's own folders are closed to others altogether
        users = Path(name)
        users.chmod(0o755)
        for user, mode in (("closed", 0o700), ("open", 0o755)):
            (users / user).mkdir()
            (users / user / "x").touch()
            (users / user).chmod(mode)
        script = f"from agent.system.machine import System; print(System().paths('{users}/*/x'))"
        as_nobody = ["setpriv", "--reuid=65534", "--clear-groups", sys.executable, "-c", script]
        done = subprocess.run(as_nobody, capture_output=True, text=True, timeout=60, check=False)
        assert (done.stdout.strip() or done.stderr) == f"['{users}/open/x']"
