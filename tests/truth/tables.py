"""The figures of a run as tables, for a terminal and for docs/truth.md alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.truth.judging import Judged, ProposedFix
from tests.truth.tally import STATUSES, Tally, at_most, tallies, together, usefulness

STATED = 0.9
"""What the bounds of findings say of themselves."""


def tables(judged: Sequence[Judged]) -> str:
    """All of them."""
    found = tallies(judged)
    parts = [_said(found), _false(found), _coverage(found), _useful(judged), _mended(judged), _cost(found)]
    return "\n\n".join(part for part in parts if part)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    texts = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in texts
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _said(found: Mapping[str, Tally]) -> str:
    """Truth by what was said."""
    head = ["family", *(f"fails: {status}" for status in STATUSES), *(f"holds: {status}" for status in STATUSES)]
    return _table(head, [[name, *_counts(tally)] for name, tally in _with_all(found)])


def _counts(tally: Tally) -> list[int]:
    return [tally.said[succeeds, status] for succeeds in (False, True) for status in STATUSES]


def _with_all(found: Mapping[str, Tally]) -> Iterator[tuple[str, Tally]]:
    yield from found.items()
    yield "all", together(found.values())


def _false(found: Mapping[str, Tally]) -> str:
    head = ["family", "false ready", "of", "at most", "false not ready", "of", "at most"]
    rows = []
    for name, tally in _with_all(found):
        fails, holds = tally.count(succeeds=False), tally.count(succeeds=True)
        rows.append([name, *_share(tally.false_ready, fails), *_share(tally.false_not_ready, holds)])
    return _table(head, rows)


def _share(found: int, of: int) -> list[object]:
    return [found, of, f"{100 * at_most(found, of):.2f} %" if of else "-"]


def _coverage(found: Mapping[str, Tally]) -> str:
    """How often a stated bound holds; it says that it does in nine cases of ten."""
    rows = [
        [name, requirement, f"{100 * sum(one.holds for one in bounds) / len(bounds):.1f} %", len(bounds)]
        for name, tally in found.items()
        for requirement, bounds in sorted(tally.bounds.items())
    ]
    return _table(["family", "bound", f"holds (says {100 * STATED:.0f} %)", "of"], rows) if rows else ""


def _useful(judged: Sequence[Judged]) -> str:
    by_itself, rehearsed = usefulness(judged), usefulness(judged, rehearsed=True)
    days = max((one.days for one in (by_itself, rehearsed) if one is not None), default=0)
    rows: list[list[object]] = []
    for useful, how in ((by_itself, ""), (rehearsed, ", with one rehearsal on its weekday")):
        if useful is not None:
            known, ready = ([f"{100 * share:.1f} %" for share in shares] for shares in (useful.known, useful.ready))
            rows.append([f"known{how}", *known, useful.worlds])
            rows.append([f"ready by then, of the truly ready{how}", *ready, useful.truly_ready])
    head = ["typical schools", *(f"day {day}" for day in range(1, days + 1)), "of"]
    return _table(head, rows) if rows else ""


def _mended(judged: Sequence[Judged]) -> str:
    """Ways out that were proposed, and how many of them are some."""
    proposed = [fix for one in judged for sitting in one.sittings.values() for fix in sitting.fixes]
    kinds = sorted({fix.kind for fix in proposed})
    rows = [[kind, sum(fix.flips for fix in proposed if fix.kind == kind), _of(kind, proposed)] for kind in kinds]
    return _table(["way out", "mends its world", "of"], rows) if rows else ""


def _of(kind: str, proposed: Sequence[ProposedFix]) -> int:
    return sum(fix.kind == kind for fix in proposed)


def _cost(found: Mapping[str, Tally]) -> str:
    whole = together(found.values())
    made_s, judged_s = (seconds / max(1, whole.worlds) for seconds in (whole.made_s, whole.judged_s))
    cost = f"of a processor {made_s:.3f} s each to make and {judged_s:.3f} s to judge"
    return f"{whole.worlds} worlds; {cost}; {whole.refused} lines were refused"
