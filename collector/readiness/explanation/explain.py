"""A verdict taken apart: every number behind it with its origin, source, trust and time, as plain data or as lines."""

from __future__ import annotations

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
from collector.readiness.domain.verdicts import beside_the_verdict, hint_text, set_aside_text


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


def explain_lines(
    verdict: Verdict,
    render: Callable[[Text], str],
    choose: Callable[[Bilingual], str],
    show: Callable[[FactValue], str],
    unit_in_words: Callable[[str], str] = str,
) -> list[str]:
    """The same as lines of text. `render`, `choose` and `unit_in_words` pick the language, `show` writes a value."""
    lines = [render(_headline(verdict))]
    if verdict.hints is not None:
        lines.append(render(hint_text(verdict.hints)))
    lines += [render(set_aside_text(one)) for one in verdict.set_aside]
    lines += [render(one) for one in beside_the_verdict(verdict)]
    for finding in explanation(verdict):
        lines += ["", f"{choose(finding.title)} ({finding.requirement}): {render(STATUSES[finding.status])}"]
        lines.append(f"  {render(finding.why)}")
        lines += [f"  -> {render(advice)}" for advice in finding.advice]
        if _remedy_helps(finding):
            lines.append(f"  -> {choose(finding.remedy)}")
        if finding.caused_by is not None:
            lines.append(f"  {render(Text('explain_caused_by', {'requirement': finding.caused_by}))}")
        lines += [f"    {_number_line(number, render, show, unit_in_words)}" for number in finding.numbers]
    return lines


def _remedy_helps(finding: ExplainedFinding) -> bool:
    """What mends a failure (a faster line) is no answer where it is only not known, and better advice is at hand."""
    if finding.status is Status.UNKNOWN:
        return not finding.advice
    return finding.status is not Status.READY


def _headline(verdict: Verdict) -> Text:
    sitting, profile, at = verdict.sitting.id, verdict.profile, verdict.judged_at
    return Text("explain_headline", {"sitting": sitting, "profile": profile, "at": at})


def _number_line(
    number: ExplainedNumber,
    render: Callable[[Text], str],
    show: Callable[[FactValue], str],
    unit_in_words: Callable[[str], str],
) -> str:
    known = f"{show(number.value)} {unit_in_words(number.unit)}".strip()
    value = render(Text("explain_no_value")) if number.value is None else known
    beliefs = [render(number.origin), number.source]
    if number.trust is not None:
        beliefs.append(render(number.trust))
    if number.at is not None:
        beliefs.append(render(Text("explain_at", {"at": number.at})))
    return f"{render(number.name)}: {value} [{'; '.join(beliefs)}]"


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
