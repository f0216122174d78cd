"""Whoever reads what a command prints may stop reading: that is no error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.collector.configuration.folders import CASES

ENROLLED = '{"received_at":"2026-11-20T08:00:00Z","kind":"enrolled","school":"99000001","device":{"device_id":"d1"}}\n'


@pytest.mark.parametrize(
    "asked",
    [
        ("explain", "ek-9", "--replay", "{world}"),
        ("replay", "{world}"),
        ("verdict",),
        ("device", "list", "--school", "{school}"),
    ],
    ids=lambda asked: asked[0],
)
def test_to_a_reader_who_has_had_enough(asked: tuple[str, ...], tmp_path: Path) -> None:
    """The pipe is closed, whether a command writes lines or a table, and all is well."""
    world = tmp_path / "world.jsonl"
    world.write_text(ENROLLED)
    told = [one.format(world=world, school="99000001") for one in asked]
    command = [sys.executable, "-m", "collector.cli", *told, "--config", str(CASES / "good")]
    environ = {**os.environ, "PROVKLAR_DATA": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert (run.wait(timeout=60), run.stderr.read()) == (0, b"")
