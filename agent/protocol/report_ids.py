"""Ids of reports that count up: `RUN.NUMBER`. A collector keeps ranges of numbers in place of every id.

Whatever is not of this form is an id like any other, unique for ever.
"""

from __future__ import annotations

import re
from typing import NamedTuple

RUN_BYTES = 8
_FORM = re.compile(r"([0-9a-f]{16})\.([1-9][0-9]{0,14})")


class CountedId(NamedTuple):
    """A report by its number within a run of numbers that nobody else counts in."""

    run: bytes
    number: int

    def __str__(self) -> str:
        """As it stands in a report."""
        return f"{self.run.hex()}.{self.number}"


def counted_id(report_id: str) -> CountedId | None:
    """The run and number of an id of that form; None for any other."""
    found = _FORM.fullmatch(report_id)
    return CountedId(bytes.fromhex(found[1]), int(found[2])) if found else None
