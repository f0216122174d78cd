"""Whoever reads what a command prints may stop reading: that is no error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.unit.collector.configuration.folders import CASES

ENROLLED = '{"received_at":"2026-11-20T08:00:00Z","kind":"enrolled","school":"99000001","device":{"device_id":"d1"}}\n'


def test_explain_to_a_reader_who_has_had_enough(tmp_path: Path) -> None:
    """The first line is read, the pipe is closed, and all is well."""
    world = tmp_path / "world.jsonl"
    world.write_text(ENROLLED)
    command = [sys.executable, "-m", "collector.cli", "explain", "ek-9", "--replay", str(world)]
    command += ["--config", str(CASES / "good")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert (run.wait(timeout=60), run.stderr.read()) == (0, b"")
