"""What came of asking to fill lines, as a value that metrics show."""

from __future__ import annotations

import msgspec


class LeaseCounts(msgspec.Struct, frozen=True):
    """`granted` and `refused` (by code) since the start; `held` are in force."""

    granted: int = 0
    refused: dict[str, int] = {}
    held: int = 0
