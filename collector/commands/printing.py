"""How commands write to a terminal: tables, Swedish first, a colour and always a word beside it."""

from __future__ import annotations

import sys
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from collector.i18n.messages import Language, choose, moment, number, render
from collector.readiness.domain.model import Finding, Status, Text, Verdict
from collector.readiness.domain.verdicts import beside_the_verdict

COLOURS = {
    Status.READY: "green",
    Status.AT_RISK: "yellow",
    Status.NOT_READY: "bold red",
    Status.UNKNOWN: "cyan",
}
NARROWEST = 120
NOTHING = "–"


class _Terminal(Console):
    """One whose reader may have had enough: that is for `collector.cli` to know, and no failure of the command."""

    def on_broken_pipe(self) -> None:
        """Raises BrokenPipeError, where rich would end the process with exit code 1."""
        raise BrokenPipeError


def console(*, to_error: bool = False) -> Console:
    """A terminal of at least a readable width, also when the output goes to a file."""
    stream = sys.stderr if to_error else sys.stdout
    plain = _Terminal(file=stream)
    return plain if plain.is_terminal else _Terminal(file=stream, width=max(plain.width, NARROWEST), highlight=False)


def say(code: str, language: Language, **values: str | float) -> str:
    """A sentence of the commands' own catalogue."""
    return render(Text(code=code, values=dict(values)), language)


def binding(verdict: Verdict) -> Finding | None:
    """The finding that decides the verdict."""
    return next((f for f in verdict.findings if f.requirement == verdict.binding), None)


def what_to_do(finding: Finding, language: Language) -> str:
    """The advice in numbers where there is one, else the profile's remedy."""
    advice = [render(text, language) for text in finding.advice]
    return " ".join(advice) or choose(finding.remedy, language)


def lines_beside(verdicts: list[Verdict], language: Language) -> list[str]:
    """What is told below a table, by the id of the sitting: odd days, and plans."""
    return [
        f"{verdict.sitting.id}: {' '.join(render(one, language) for one in told)}"
        for verdict in verdicts
        if (told := beside_the_verdict(verdict))
    ]


class _Cells(NamedTuple):
    """What a table says of one verdict."""

    sitting: str
    starts: str
    status: Line
    headroom: str
    binding: str
    todo: str


def _cells(verdict: Verdict, language: Language) -> _Cells:
    finding = binding(verdict)
    simulated = f" ({say('simulated', language)})" if verdict.simulated else ""
    return _Cells(
        sitting=f"{verdict.school.name}{simulated}\n{verdict.sitting.test}\n{verdict.sitting.id}",
        starts=moment(verdict.starts_at, language),
        status=Line(say(f"status_{verdict.status.value}", language), style=COLOURS[verdict.status]),
        headroom=number(verdict.headroom, language, 2) if verdict.headroom is not None else NOTHING,
        binding=f"{choose(finding.heading, language)}: {render(finding.why, language)}" if finding else NOTHING,
        todo=what_to_do(finding, language) if finding and verdict.status is not Status.READY else NOTHING,
    )


def verdict_table(verdicts: list[Verdict], language: Language, width: int = NARROWEST) -> Table:
    """Sitting, starts, status, headroom, what binds, what to do; two in each column where a terminal is narrow."""
    table = Table(show_lines=True, expand=True)
    make = _wide if width >= NARROWEST else _narrow
    make(table, [_cells(verdict, language) for verdict in verdicts], language)
    return table


_SITTING, WIDEST_ID = 16, 32
"""How wide the column of the sitting is at least, and at most: an id in one piece can be copied."""


def _wide(table: Table, rows: list[_Cells], language: Language) -> None:
    longest_id = max((len(row.sitting.splitlines()[-1]) for row in rows), default=0)
    width = min(WIDEST_ID, max(_SITTING, longest_id))
    table.add_column(say("column_sitting", language), width=width, overflow="fold")
    table.add_column(say("column_starts", language), width=11)
    table.add_column(say("column_status", language), width=12)
    table.add_column(say("column_headroom", language), justify="right", width=9)
    table.add_column(say("column_binding", language), ratio=5, overflow="fold")
    table.add_column(say("column_todo", language), ratio=5, overflow="fold")
    for row in rows:
        table.add_row(*row)


def _narrow(table: Table, rows: list[_Cells], language: Language) -> None:
    def heads(*names: str) -> str:
        return "\n".join(say(f"column_{name}", language) for name in names)

    table.add_column(heads("sitting", "starts"), ratio=2, overflow="fold")
    table.add_column(heads("status", "headroom"), width=16)
    table.add_column(heads("binding", "todo"), ratio=3, overflow="fold")
    for row in rows:
        table.add_row(
            f"{row.sitting}\n{row.starts}",
            Line("\n").join((row.status, Line(row.headroom))),
            row.binding if row.todo == NOTHING else f"{row.binding}\n→ {row.todo}",
        )
