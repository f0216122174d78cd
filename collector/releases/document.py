"""The list of releases as it is kept: the text of `releases.yaml`, replaced as a whole."""

from __future__ import annotations

import json
import os
from pathlib import Path

from collector.readiness.domain.model import Releases


def releases_yaml(releases: Releases) -> str:
    """The text of `releases.yaml`: one release per line, oldest first, so that an update is easy to review."""
    lines = [
        "# Stable browser releases: what `latest_minus` and `months_old_at_most` in a profile are laid against.",
        "# Made by `provklar releases refresh`; replace it as a whole rather than edit it.",
        f"as_of: {releases.as_of.isoformat()}",
        f"source: {quoted(releases.source)}",
    ]
    if releases.looked_up:
        lines.append("looked_up:")
        lines += [f"  {product}: {day.isoformat()}" for product, day in releases.looked_up.items()]
    lines.append("products:")
    for product, known in releases.products.items():
        lines.append(f"  {product}:")
        lines += [f"    - {{version: {quoted(one.version)}, released: {one.released.isoformat()}}}" for one in known]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A text as YAML takes it, whatever it holds."""
    return json.dumps(text, ensure_ascii=False)


def write_releases(releases: Releases, path: Path) -> None:
    """Replaces `path` in one step, so that a collector reading it at this moment sees the old list or the new one.
    Raises OSError, and leaves the old one as it was.
    """
    write_whole(releases_yaml(releases), path)


def write_whole(text: str, path: Path) -> None:
    """Replaces a file in one step. Raises OSError, and leaves the old one as it was."""
    unfinished = path.with_suffix(".new")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
