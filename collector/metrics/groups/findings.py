"""The findings of every sitting: status, headroom, and the evidence behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from collector.metrics.metric import (
    SITTING,
    Metric,
    MetricGroup,
    NamedSample,
    Scrape,
    one_per_series,
    states,
)
from collector.readiness.domain.model import Finding, Status, Verdict

FINDING = (*SITTING, "requirement", "room")

METRICS = [
    Metric(
        "provklar_finding_info",
        "info",
        "",
        "A finding's title in Swedish as it stands, its severity, who acts, and what explains it, if anything.",
        (*FINDING, "title", "severity", "owner", "caused_by"),
    ),
    Metric(
        "provklar_finding_status",
        "gauge",
        "",
        "1 for the status that the finding has, 0 for the others. room is empty for what concerns the whole school.",
        (*FINDING, "status"),
    ),
    Metric(
        "provklar_finding_headroom_ratio",
        "gauge",
        "ratio",
        "Available divided by needed for this requirement. Absent when it is not known or has no meaning.",
        FINDING,
    ),
    Metric(
        "provklar_evidence_present",
        "gauge",
        "",
        "1 when there is any evidence behind the finding, 0 when there is none.",
        FINDING,
    ),
    Metric(
        "provklar_evidence_age_seconds",
        "gauge",
        "seconds",
        "Age of the newest evidence behind the finding. Absent when there is none.",
        FINDING,
    ),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """Those of every finding of every sitting."""
    for verdict in scrape.snapshot.verdicts:
        for finding in one_per_series(verdict.findings):
            yield from _about(verdict, finding, scrape.now)


def _about(verdict: Verdict, finding: Finding, now: datetime) -> Iterator[NamedSample]:
    key = (verdict.school.code, verdict.sitting.id, finding.requirement, finding.room or "")
    yield (
        "provklar_finding_info",
        (*key, finding.heading.sv, finding.severity, finding.owner or "", finding.caused_by or ""),
        1,
    )
    yield from states("provklar_finding_status", key, finding.status)
    if finding.headroom is not None and finding.status is not Status.UNKNOWN:
        yield "provklar_finding_headroom_ratio", key, finding.headroom
    newest_at = finding.evidence.newest_at
    yield "provklar_evidence_present", key, newest_at is not None
    if newest_at is not None:
        yield "provklar_evidence_age_seconds", key, max(0.0, (now - newest_at).total_seconds())


GROUP = MetricGroup(30, METRICS, samples)
