"""What differs between two recordings, as lines that a person can read. Pure."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from tests.support.same_bytes.recording import KINDS, Kind, Recording

SHOWN_LINES = 24
SHOWN_COLUMNS = 300
_BETWEEN_PARTS = re.compile(r'(?<=>)(?=<)|(?<=[,{\[])(?=[{"])')
"""Where JSON and HTML that stand on one line may be broken, so that a diff shows what differs and not all of it."""


class Difference(NamedTuple):
    """One thing that both sides were asked, and said otherwise, or that one of them alone said."""

    kind: Kind
    name: str
    lines: list[str]


def differences(before: Recording, after: Recording) -> list[Difference]:
    """All of them, in the order in which they were said."""
    names = dict.fromkeys([*before.texts, *after.texts])
    return [Difference(*name, lines) for name in names if (lines := _told(name, before.texts, after.texts))]


def _told(
    name: tuple[Kind, str], before: Mapping[tuple[Kind, str], str], after: Mapping[tuple[Kind, str], str]
) -> list[str]:
    if name not in after:
        return ["only before"]
    if name not in before:
        return ["only after"]
    return [] if before[name] == after[name] else bounded(before[name], after[name])


def bounded(before: str, after: str) -> list[str]:
    """A unified diff of two texts that differ, cut in length and in width."""
    lines = difflib.unified_diff(in_lines(before), in_lines(after), "before", "after", n=1, lineterm="")
    shown = [_cut(line) for line in islice(lines, SHOWN_LINES + 1)]
    if not shown:
        return ["the same but for the ends of lines"]
    return shown if len(shown) <= SHOWN_LINES else [*shown[:SHOWN_LINES], "... and more"]


def in_lines(text: str) -> list[str]:
    """The text in short lines, whatever it is."""
    return [part for line in text.split("\n") for part in _BETWEEN_PARTS.split(line)]


def _cut(line: str) -> str:
    return line if len(line) <= SHOWN_COLUMNS else f"{line[:SHOWN_COLUMNS]} ..."


def counted(before: Recording, after: Recording, found: list[Difference]) -> Iterator[str]:
    """A line per kind: how much was compared, and how much of it differs."""
    asked = Counter(kind for kind, _ in {**before.texts, **after.texts})
    differ = Counter(difference.kind for difference in found)
    for kind in KINDS:
        yield f"{kind:10} {asked[kind]:6} compared {differ[kind]:6} differ"
