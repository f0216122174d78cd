"""Turns decisions into Alertmanager's alerts: labels for machines, Swedish and then English for people. Pure but for
the sentences, which `collector.i18n.messages` reads from `locale/*/alerts.po`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import msgspec

from collector.configuration.links import runbook_page, sitting_page
from collector.i18n.messages import LANGUAGES, Language, choose, render
from collector.readiness.alerts.decide import Alert, Ended, Said
from collector.readiness.domain.model import Status, Text

ALERTNAMES: Mapping[Status, str] = MappingProxyType(
    {
        Status.NOT_READY: "ProvklarNotReady",
        Status.UNKNOWN: "ProvklarUnknown",
        Status.AT_RISK: "ProvklarAtRisk",
    }
)
"""One alert per status that is worth a warning; each has a page in `dashboards/runbooks/`."""

SEVERITIES: Mapping[Status, str] = MappingProxyType(
    {Status.NOT_READY: "critical", Status.UNKNOWN: "warning", Status.AT_RISK: "info"}
)


class PostableAlert(msgspec.Struct, frozen=True):
    """One alert as `POST /api/v2/alerts` takes it. Equal `labels` are the same alert."""

    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime = msgspec.field(name="startsAt")
    ends_at: datetime = msgspec.field(name="endsAt")
    generator_url: str = msgspec.field(name="generatorURL")


def firing(alert: Alert, *, base: str, now: datetime, lasts: timedelta) -> PostableAlert:
    """`alert` as it is to be told; it ends by itself when nobody has repeated it for `lasts`."""
    said = alert.said
    return _postable(
        said,
        {
            "summary": _both(" / ", lambda language: _summary(alert, language)),
            "description": _both("\n\n", lambda language: _description(alert, language)),
            "remedy": _both(" / ", lambda language: _remedy(alert, language)),
        },
        base=base,
        ends_at=now + lasts,
    )


def resolved(ended: Ended, *, base: str, now: datetime) -> PostableAlert:
    """The end of an alert, with the reason: an end alone does not say that anything is mended."""
    text = _both(" / ", lambda language: _ending(ended, language))
    return _postable(ended.said, {"summary": text, "description": text, "ended": ended.reason}, base=base, ends_at=now)


def labels(said: Said) -> dict[str, str]:
    """What identifies the alert. `days_before` is the stage: a new stage is a new alert in the same group, so that
    Alertmanager tells it again.
    """
    return {
        "alertname": ALERTNAMES[said.status],
        "severity": SEVERITIES[said.status],
        "school": said.school,
        "sitting": said.sitting,
        "cause": said.cause,
        "days_before": str(said.stage),
        "simulated": "true" if said.simulated else "false",
    }


def _postable(said: Said, annotations: dict[str, str], *, base: str, ends_at: datetime) -> PostableAlert:
    page = sitting_page(base, said.sitting)
    return PostableAlert(
        labels=labels(said),
        annotations={
            **annotations,
            "school_name": said.school_name,
            "link": page,
            "runbook_url": runbook_page(base, ALERTNAMES[said.status]),
        },
        starts_at=said.said_at or said.since,
        ends_at=ends_at,
        generator_url=page,
    )


def _summary(alert: Alert, language: Language) -> str:
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


def _description(alert: Alert, language: Language) -> str:
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


def _remedy(alert: Alert, language: Language) -> str:
    """The profile's advice and the same in numbers, each once however many rooms it concerns."""
    if not alert.findings:
        return render(Text("alert_whole_verdict_remedy"), language)
    said = [choose(finding.remedy, language) for finding in alert.findings]
    said += [render(text, language) for finding in alert.findings for text in finding.advice]
    return " ".join(dict.fromkeys(said))


def _ending(ended: Ended, language: Language) -> str:
    values = {"school": ended.said.school_name, "cause": choose(ended.said.title, language)}
    return _marked(ended.said, render(Text(f"alert_{ended.reason}", {**values}), language), language)


def _marked(said: Said, sentence: str, language: Language) -> str:
    return render(Text("alert_simulated", {"sentence": sentence}), language) if said.simulated else sentence


def _both(between: str, say: Callable[[Language], str]) -> str:
    """Swedish first, then English."""
    return between.join(say(language) for language in LANGUAGES)
