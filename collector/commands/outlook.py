"""`provklar verdict --by-school`: which schools would pass a profile, and what it would take, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from rich.table import Table
from rich.text import Text as Line

from agent.protocol.wire import FactValue
from collector.api.findings import SchoolAnswer, school_answer
from collector.commands.printing import COLOURS, NOTHING, say, what_to_do
from collector.configuration.model import Configuration
from collector.i18n.formatting import counted, told_amount
from collector.i18n.messages import Language, choose, render
from collector.judgement.service import EvidenceStore, judge_sittings
from collector.readiness.domain.model import Profile, Sitting, Status
from collector.readiness.domain.verdicts import plan_texts
from collector.readiness.explanation.outlook import SchoolOutlook, outlook, thought_sitting


class MissingAnswer(msgspec.Struct, frozen=True):
    """How far it is from holding, in that unit."""

    amount: float
    unit: str


class OutlookAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One school as `--json` tells it. `sitting` is the worst to come; with `thought_of` it is none that is planned,
    but one of the largest year group. `passes` is null while nobody knows, and `takes` says what it would take.
    """

    school: SchoolAnswer
    profile: str | None
    status: Status | Literal["no_sitting"]
    passes: bool | None
    sitting: str | None
    thought_of: bool
    pupils: int | None
    binding: str | None
    title: str | None
    measured: FactValue
    required: FactValue
    unit: str | None
    headroom: float | None
    missing: MissingAnswer | None
    why: str | None
    takes: list[str]


def outlooks(
    configuration: Configuration,
    store: EvidenceStore,
    now: datetime,
    sittings: Sequence[Sitting],
    profile: Profile | None,
) -> list[SchoolOutlook]:
    """Every school by its sittings to come; one that has none, by one of its largest year group."""
    with_sitting = {one.school for one in sittings}
    others = (school for code, school in configuration.schools.items() if code not in with_sitting)
    thought = [one for school in others if (one := thought_sitting(school)) is not None]
    verdicts = judge_sittings(configuration, store, now, sittings=[*sittings, *thought], profile=profile)
    return outlook(configuration.schools.values(), verdicts, configuration.profiles)


def outlook_answer(row: SchoolOutlook, language: Language) -> OutlookAnswer:
    """The row as data, with sentences in that language."""
    verdict, binding = row.verdict, row.binding
    return OutlookAnswer(
        school=school_answer(row.school),
        profile=verdict.profile if verdict else None,
        status=verdict.status if verdict else "no_sitting",
        passes=_passes(row),
        sitting=verdict.sitting.id if verdict and not row.is_thought else None,
        thought_of=row.is_thought,
        pupils=verdict.sitting.pupils if verdict else None,
        binding=binding.requirement if binding else None,
        title=choose(binding.heading, language) if binding else None,
        measured=binding.measured if binding else None,
        required=binding.required if binding else None,
        unit=binding.unit if binding else None,
        headroom=verdict.headroom if verdict else None,
        missing=MissingAnswer(row.missing.amount, row.missing.unit) if row.missing else None,
        why=render(binding.why, language) if binding else None,
        takes=_takes(row, language),
    )


def _passes(row: SchoolOutlook) -> bool | None:
    """At risk passes: the requirement holds, without the margin."""
    if row.verdict is None or row.verdict.status is Status.UNKNOWN:
        return None
    return row.verdict.status is not Status.NOT_READY


def _takes(row: SchoolOutlook, language: Language) -> list[str]:
    """What it would take: the plan where nothing is measured, else what the binding requirement advises."""
    verdict = row.verdict
    if verdict is None or verdict.status is Status.READY:
        return []
    if verdict.plan is not None:
        return [render(one, language) for one in plan_texts(verdict.plan)]
    return [] if row.binding is None else [what_to_do(row.binding, language)]


def outlook_table(rows: Sequence[SchoolOutlook], language: Language) -> Table:
    """School and sitting, whether it passes, what binds and what is missing, what it would take."""
    table = Table(show_lines=True, expand=True)
    table.add_column(say("column_school", language), ratio=3, overflow="fold")
    table.add_column(say("column_passes", language), width=13)
    table.add_column(say("column_binding", language), ratio=4, overflow="fold")
    table.add_column(say("column_missing", language), width=14, justify="right", overflow="fold")
    table.add_column(say("column_takes", language), ratio=6, overflow="fold")
    for row in rows:
        table.add_row(
            _named(row, language),
            _answered(row, language),
            choose(row.binding.heading, language) if row.binding else NOTHING,
            _missing(row, language),
            " ".join(_takes(row, language)) or NOTHING,
        )
    return table


def _missing(row: SchoolOutlook, language: Language) -> str:
    if row.missing is None or row.binding is None:
        return NOTHING
    return told_amount(row.missing.amount, row.missing.unit, language, row.binding.share_of)


def _named(row: SchoolOutlook, language: Language) -> str:
    if row.verdict is None:
        return row.school.name
    sitting = row.verdict.sitting
    who = counted(language, "page_who", sitting.pupils, grade=sitting.year_group)
    what = say("outlook_thought", language) if row.is_thought else sitting.id
    return f"{row.school.name}\n{what}\n{who}"


def _answered(row: SchoolOutlook, language: Language) -> Line:
    if row.verdict is None:
        return Line(say("outlook_no_sitting", language))
    return Line(say(f"outlook_{row.verdict.status.value}", language), style=COLOURS[row.verdict.status])


def outlook_heading(rows: Sequence[SchoolOutlook], language: Language) -> str:
    """How many schools pass, do not, and are not known, which add up to all of them."""
    passes = [_passes(row) for row in rows]
    counts = {"schools": len(rows), "passing": passes.count(True), "failing": passes.count(False)}
    return say("outlook_heading", language, **counts, unknown=passes.count(None))
