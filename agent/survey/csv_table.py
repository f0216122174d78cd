"""The CSV of all surveyed rooms: one line per room and own access point. A room that is surveyed again is replaced."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from agent.survey.aggregate import OwnAccessPoint

COLUMNS = ("room", "captured_at", *OwnAccessPoint.__struct_fields__)


class SheetError(Exception):
    """What is in the file is no such sheet."""


class SignalEntry(NamedTuple):
    """The median signal of one access point in one room; None where the radio did not tell."""

    room: str
    bssid: str
    signal_dbm: int | None


class Sheet:
    """The lines of a CSV text; an empty text is an empty sheet. Raises SheetError."""

    def __init__(self, text: str = "") -> None:
        reader = csv.reader(io.StringIO(text))
        self._lines: list[list[str]] = []
        if text:
            try:
                header, *lines = reader
            except csv.Error as error:
                raise SheetError from error
            if tuple(header) != COLUMNS or any(len(line) != len(COLUMNS) for line in lines):
                raise SheetError
            self._lines = lines

    def put(self, room: str, captured_at: datetime, own: Sequence[OwnAccessPoint]) -> None:
        """Replaces what is known of a room. One in which nothing was heard keeps a line: that too is a finding."""
        self._lines = [line for line in self._lines if line[0] != room]
        moment = captured_at.isoformat(timespec="seconds")
        said = [[_cell(getattr(one, name)) for name in OwnAccessPoint.__struct_fields__] for one in own]
        nothing = [""] * len(OwnAccessPoint.__struct_fields__)
        self._lines += [[room, moment, *cells] for cells in said or [nothing]]
        self._lines.sort(key=lambda line: line[0])

    def text(self) -> str:
        """The sheet as CSV."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([COLUMNS, *self._lines])
        return out.getvalue()

    def rooms(self) -> list[str]:
        """Every surveyed room, sorted."""
        return sorted({line[0] for line in self._lines})

    def heard(self) -> list[SignalEntry]:
        """Which access point was heard where. Raises SheetError for a signal that is no number."""
        bssid, signal = COLUMNS.index("bssid"), COLUMNS.index("signal_median_dbm")
        try:
            return [
                SignalEntry(line[0], line[bssid], int(line[signal]) if line[signal] else None)
                for line in self._lines
                if line[bssid]
            ]
        except ValueError as error:
            raise SheetError from error


def _cell(value: str | float | None) -> str:
    return "" if value is None else str(value)
