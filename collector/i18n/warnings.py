"""A warning in words, and its end: for every channel alike. Sentences are those of `locale/*/alerts.po`."""

from __future__ import annotations

from collections.abc import Callable

from collector.i18n.messages import LANGUAGES, Language, choose, render
from collector.readiness.alerts.decide import Alert, AlertRecord, Ended
from collector.readiness.domain.model import Status, Text


def summary(alert: Alert, language: Language) -> str:
    """Which school, which sitting, and what stops it, on one line."""
    said, verdict = alert.said, alert.verdict
    text = Text(
        f"alert_summary_{said.status.value}",
        {
            "school": said.school_name,
            "test": verdict.sitting.test,
            "starts_at": verdict.starts_at,
            "cause": choose(said.title, language),
        },
    )
    return _marked(said, render(text, language), language)


def description(alert: Alert, language: Language) -> str:
    """Whom it is about, since when, and why, finding by finding."""
    sitting = alert.verdict.sitting
    about = Text("alert_about", {"pupils": sitting.pupils, "year_group": sitting.year_group, "since": alert.said.since})
    lines = [render(about, language)]
    if not alert.findings:
        lines.append(render(Text("alert_whole_verdict"), language))
    for finding in alert.findings:
        why = render(finding.why, language)
        lines.append(
            render(Text("alert_in_room", {"room": finding.room, "why": why}), language) if finding.room else why
        )
    if alert.said.status is Status.UNKNOWN:
        lines.append(render(Text("alert_unknown_is_not_ready"), language))
    return "\n".join(lines)


def remedy(alert: Alert, language: Language) -> str:
    """The profile's advice and the same in numbers, each once however many rooms it concerns."""
    if not alert.findings:
        return render(Text("alert_whole_verdict_remedy"), language)
    said = [choose(finding.remedy, language) for finding in alert.findings]
    said += [render(text, language) for finding in alert.findings for text in finding.advice]
    return " ".join(dict.fromkeys(said))


def ending(ended: Ended, language: Language) -> str:
    """That it is over, and why."""
    values = {"school": ended.said.school_name, "cause": choose(ended.said.title, language)}
    return _marked(ended.said, render(Text(f"alert_{ended.reason}", {**values}), language), language)


def _marked(said: AlertRecord, sentence: str, language: Language) -> str:
    return render(Text("alert_simulated", {"sentence": sentence}), language) if said.simulated else sentence


def in_both(between: str, say: Callable[[Language], str]) -> str:
    """What `say` says in each language, Swedish first, with `between` between."""
    return between.join(say(language) for language in LANGUAGES)
