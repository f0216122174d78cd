"""What one side said: a text for each thing that was asked of it, by kind and name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import quote

Kind = Literal["page", "answer", "metrics", "wire", "file", "database", "command", "help"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST_NAME = 200


class Recording:
    """The texts in the order in which they came."""

    def __init__(self) -> None:
        """Empty."""
        self._texts: dict[tuple[Kind, str], str] = {}

    def note(self, kind: Kind, name: str, text: str) -> None:
        """Keeps a text; a name that was used before gets a number."""
        number, free = 1, name
        while (kind, free) in self._texts:
            number += 1
            free = f"{name} #{number}"
        self._texts[kind, free] = text

    @property
    def texts(self) -> Mapping[tuple[Kind, str], str]:
        """All of them, by kind and name."""
        return self._texts

    def save(self, folder: Path) -> None:
        """Writes each text to a file of its own, for whoever wants to look with programs of his own."""
        for (kind, name), text in self._texts.items():
            path = folder / kind / file_name(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def file_name(name: str) -> str:
    """The name as a file may have it: a long one is cut, and told from others by a digest."""
    quoted = quote(name, safe=" =,;#")
    if len(quoted) <= LONGEST_NAME:
        return quoted
    return f"{quoted[:LONGEST_NAME]} {hashlib.sha256(name.encode()).hexdigest()[:12]}"
