"""What `make generate` writes, made in a copy of the checkout."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.support.same_bytes.side import Side

LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "var", "__pycache__", ".*_cache", ".hypothesis", "tests")
WRITTEN = ("facts.json", "*.schema.json", "dashboards/grafana/*.json")
"""By name: the files may have moved."""


def generated(side: Side) -> None:
    """Records each file, and what making them printed."""
    copy = side.world / "copy"
    shutil.copytree(side.checkout.root, copy, ignore=LEFT_OUT)
    for path in _written(copy):
        path.unlink()
    venv = side.checkout.python.parent.parent
    command = ["make", "generate", "--silent", "-o", f"{venv}/.dev", f"VENV={venv}"]
    done = subprocess.run(
        command, cwd=copy, env=side.environment("generate"), capture_output=True, text=True, check=False
    )
    side.note("command", "make generate", f"exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    for path in _written(copy):
        side.note("file", f"generated {path.name}", path.read_text("utf-8"))
    shutil.rmtree(copy)


def _written(folder: Path) -> list[Path]:
    return sorted(path for pattern in WRITTEN for path in folder.rglob(pattern))
