"""A verdict taken apart: every number behind it with its origin, source, trust and time, as plain data or as lines."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import (
    Bilingual,
    EvidenceSummary,
    ExplanationStep,
    Finding,
    Status,
    Text,
    Trust,
    Verdict,
)
from collector.readiness.domain.order import deciding, roots
from collector.readiness.domain.verdicts import beside_the_verdict, hint_text, set_aside_text

WIDTH = 100
"""Columns, as wide as terminals and mails usually are."""


@dataclass(frozen=True)
class ExplainedNumber:
    """One number: what it is called, what it is, and why it can be believed. `origin` and `trust` are sentences."""

    name: Text
    value: FactValue
    unit: str
    origin: Text
    source: str
    trust: Text | None
    at: datetime | None


@dataclass(frozen=True)
class ExplainedFinding:
    """One finding with its numbers in the order of the arithmetic. `binds` says that it decides the verdict."""

    requirement: str
    title: Bilingual
    status: Status
    binds: bool
    room: str | None
    measured: FactValue
    required: FactValue
    unit: str
    headroom: float | None
    why: Text
    advice: list[Text]
    remedy: Bilingual
    caused_by: str | None
    evidence: EvidenceSummary
    numbers: list[ExplainedNumber]


def explanation(verdict: Verdict) -> list[ExplainedFinding]:
    """All findings of the verdict, in the profile's order."""
    return [_explained(finding, binds=finding.requirement == verdict.binding) for finding in verdict.findings]


@dataclass(frozen=True)
class Words:
    """How a language says it: `render` a sentence, `choose` a side of what is written in both, `quantity` a value with
    its unit.
    """

    render: Callable[[Text], str]
    choose: Callable[[Bilingual], str]
    quantity: Callable[[FactValue, str], str]


def explain_lines(verdict: Verdict, words: Words, width: int = WIDTH) -> list[str]:
    """The same as lines of text, none wider than `width`: what the verdict is and what it rests on, what would mend it,
    then the findings, worst first, each with what follows from it and with its numbers.
    """
    lines = [
        *_verdict_lines(verdict, words),
        *_fix_lines(verdict, words),
        *_drift_lines(verdict, words),
        *_beside_lines(verdict, words),
    ]
    for root, below in roots(verdict.findings):
        lines += ["", *_finding_lines(_explained(root, binds=root.requirement == verdict.binding), words, "")]
        for finding in below:
            lines.append(f"  {words.render(Text('explain_follows'))}")
            lines += _finding_lines(_explained(finding, binds=False), words, "    ")
    return [part for line in lines for part in _wrapped(line, width)]


def _wrapped(line: str, width: int) -> list[str]:
    """What goes on in the next line is set in."""
    indent = len(line) - len(line.lstrip(" ")) + 4
    return textwrap.wrap(line, width, subsequent_indent=" " * indent, break_on_hyphens=False) or [""]


def _verdict_lines(verdict: Verdict, words: Words) -> list[str]:
    lines = [words.render(_headline(verdict)), words.render(_VERDICTS[verdict.status])]
    cause = deciding(verdict)
    if cause is None:
        return [*lines, words.render(Text("explain_nothing_judged"))]
    rests = "explain_rests" if verdict.status is Status.READY else "explain_binds"
    named = f"{words.choose(cause.heading)} ({cause.requirement})"
    return [*lines, words.render(Text(rests, {"what": named})), f"  {words.render(cause.why)}"]


def _fix_lines(verdict: Verdict, words: Words) -> list[str]:
    if not verdict.fixes:
        return []
    told = (f"{words.render(fix.what)} {words.render(_THEN[fix.becomes])}" for fix in verdict.fixes)
    return ["", words.render(Text("explain_fixes")), *(f"  {place}. {one}" for place, one in enumerate(told, 1))]


def _drift_lines(verdict: Verdict, words: Words) -> list[str]:
    if verdict.drift is None:
        return []
    head = words.render(Text("drift_since", {"at": verdict.drift.ready_until}))
    told = [
        f"  {words.render(Text('drift_change', {'at': one.at}))} {words.render(one.what)}"
        for one in verdict.drift.changes
    ]
    return ["", head, *(told or [f"  {words.render(Text('drift_nothing'))}"])]


def _beside_lines(verdict: Verdict, words: Words) -> list[str]:
    """What had no say."""
    hints = [] if verdict.hints is None else [words.render(hint_text(verdict.hints))]
    caught = (words.render(set_aside_text(one)) for one in verdict.set_aside)
    lines = [*hints, *caught, *(words.render(one) for one in beside_the_verdict(verdict))]
    return ["", *lines] if lines else []


def _finding_lines(finding: ExplainedFinding, words: Words, indent: str) -> list[str]:
    """Its advice where nothing explains it: what is mended is the root."""
    named = f"{words.choose(finding.title)} ({finding.requirement})"
    lines = [f"{named}: {words.render(STATUSES[finding.status])}", f"  {words.render(finding.why)}"]
    if not indent:
        lines += [f"  -> {words.render(advice)}" for advice in finding.advice]
        lines += [f"  -> {words.choose(finding.remedy)}"] if _remedy_helps(finding) else []
    lines += [f"    {_number_line(number, words)}" for number in finding.numbers]
    return [indent + line for line in lines]


def _remedy_helps(finding: ExplainedFinding) -> bool:
    """What mends a failure (a faster line) is no answer where it is only not known, and better advice is at hand."""
    if finding.status is Status.UNKNOWN:
        return not finding.advice
    return finding.status is not Status.READY


def _headline(verdict: Verdict) -> Text:
    sitting, profile, at = verdict.sitting.id, verdict.profile, verdict.judged_at
    return Text("explain_headline", {"sitting": sitting, "profile": profile, "at": at})


def _number_line(number: ExplainedNumber, words: Words) -> str:
    nothing = words.render(Text("explain_no_value"))
    value = nothing if number.value is None else words.quantity(number.value, number.unit)
    beliefs = [words.render(number.origin), number.source]
    if number.trust is not None:
        beliefs.append(words.render(number.trust))
    if number.at is not None:
        beliefs.append(words.render(Text("explain_at", {"at": number.at})))
    return f"{words.render(number.name)}: {value} [{'; '.join(beliefs)}]"


def _explained(finding: Finding, *, binds: bool) -> ExplainedFinding:
    return ExplainedFinding(
        requirement=finding.requirement,
        title=finding.heading,
        status=finding.status,
        binds=binds,
        room=finding.room,
        measured=finding.measured,
        required=finding.required,
        unit=finding.unit,
        headroom=finding.headroom,
        why=finding.why,
        advice=finding.advice,
        remedy=finding.remedy,
        caused_by=finding.caused_by,
        evidence=finding.evidence,
        numbers=[_number(step) for step in finding.steps],
    )


def _number(step: ExplanationStep) -> ExplainedNumber:
    return ExplainedNumber(
        name=Text(step.name),
        value=step.value,
        unit=step.unit,
        origin=_ORIGINS[step.origin],
        source=step.source,
        trust=None if step.trust is None else _TRUSTS[step.trust],
        at=step.at,
    )


_VERDICTS = {
    Status.READY: Text("explain_verdict_ready"),
    Status.AT_RISK: Text("explain_verdict_at_risk"),
    Status.NOT_READY: Text("explain_verdict_not_ready"),
    Status.UNKNOWN: Text("explain_verdict_unknown"),
}
_THEN = {
    Status.READY: Text("explain_then_ready"),
    Status.AT_RISK: Text("explain_then_at_risk"),
    Status.NOT_READY: Text("explain_then_not_ready"),
    Status.UNKNOWN: Text("explain_then_unknown"),
}
STATUSES = {
    Status.READY: Text("explain_ready"),
    Status.AT_RISK: Text("explain_at_risk"),
    Status.NOT_READY: Text("explain_not_ready"),
    Status.UNKNOWN: Text("explain_unknown"),
}
_ORIGINS = {
    "measured": Text("explain_measured"),
    "configured": Text("explain_configured"),
    "profile": Text("explain_profile"),
    "computed": Text("explain_computed"),
}
_TRUSTS = {
    Trust.PUBLISHED: Text("explain_published"),
    Trust.PUBLISHED_ELSEWHERE: Text("explain_published_elsewhere"),
    Trust.SECOND_HAND: Text("explain_second_hand"),
    Trust.ASSUMED: Text("explain_assumed"),
}
