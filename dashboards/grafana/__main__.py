"""Writes every dashboard as JSON beside its module, or with `--check` says which are not current (exit 1)."""

from __future__ import annotations

import sys
from pathlib import Path

from dashboards.grafana.build import FOLDER, built


def main(arguments: list[str]) -> int:
    """Writes, or only compares; prints the files concerned."""
    stale = [name for name, text in built().items() if not _is(FOLDER / name, text)]
    for name in stale:
        print(f"{name}: not current" if "--check" in arguments else f"{name}: written")
        if "--check" not in arguments:
            (FOLDER / name).write_text(built()[name], "utf-8")
    return 1 if stale and "--check" in arguments else 0


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
