"""Who the simulated machines became when they enrolled, so that a second run does not enrol them again."""

from __future__ import annotations

from pathlib import Path

import msgspec

from agent.protocol.wire import Enrolled


class Identities:
    """Device id and token by the machine's label; kept in a file that only its owner can read, if a path is given.

    A file that cannot be read raises `OSError`, one with other content `msgspec.DecodeError`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._by_label: dict[str, Enrolled] = {}
        if path is not None and path.exists():
            self._by_label = msgspec.json.decode(path.read_bytes(), type=dict[str, Enrolled])

    def get(self, label: str) -> Enrolled | None:
        """What the machine got at its enrolment, if it has enrolled."""
        return self._by_label.get(label)

    def add(self, label: str, enrolled: Enrolled) -> None:
        """Remembers an enrolment."""
        self._by_label[label] = enrolled

    def forget(self, label: str) -> None:
        """Drops an enrolment that the collector does not know any more."""
        self._by_label.pop(label, None)

    def save(self) -> None:
        """Writes the file whole or not at all; does nothing without a path."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_bytes(msgspec.json.encode(self._by_label))
        draft.replace(self._path)
