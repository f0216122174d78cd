"""What became of the lines of a replay: how many were taken, what was remarked, and what was refused and why."""

from __future__ import annotations

from collections import Counter

import msgspec

from collector.readiness.domain.model import Text


class RefusedLine(msgspec.Struct, frozen=True):
    """A line that was not taken; `line` counts from 1, `place` is a JSON path in it."""

    line: int
    kind: str | None
    why: Text
    place: str | None


class Receipts(msgspec.Struct):
    """`taken` counts lines by kind. `remarks` counts reports that were taken and that a collector has something to say
    of: `duplicate`, `clock_corrected`, `not_at_school`.
    """

    taken: Counter[str] = msgspec.field(default_factory=Counter)
    remarks: Counter[str] = msgspec.field(default_factory=Counter)
    refused: list[RefusedLine] = []
