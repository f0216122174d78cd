"""The judged sittings: what they are, their status and their headroom."""

from __future__ import annotations

from collections.abc import Iterator

from collector.configuration.links import base_url, sitting_page
from collector.metrics.metric import SITTING, Metric, MetricGroup, NamedSample, Scrape, boolean, states
from collector.readiness.domain.model import Status, Verdict

METRICS = [
    Metric(
        "provklar_sitting_info",
        "info",
        "",
        "A judged sitting: what it is, which profile judges it, whether any of it is simulated, and its page.",
        (*SITTING, "test", "year_group", "profile", "simulated", "page"),
    ),
    Metric(
        "provklar_sitting_status",
        "gauge",
        "",
        "1 for the status that the sitting has (ready, at_risk, not_ready or unknown), 0 for the others.",
        (*SITTING, "status"),
    ),
    Metric(
        "provklar_sitting_headroom_ratio",
        "gauge",
        "ratio",
        "Available divided by needed for what binds the sitting; 1 is just enough. Absent when it is not known.",
        SITTING,
    ),
    Metric(
        "provklar_sitting_start_timestamp_seconds",
        "gauge",
        "seconds",
        "When the sitting starts, as seconds since 1970 (UTC).",
        SITTING,
    ),
    Metric("provklar_sitting_pupils", "gauge", "", "How many pupils take the test at once.", SITTING),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """Those of every sitting."""
    base = base_url(scrape.snapshot.configuration.settings)
    for verdict in scrape.snapshot.verdicts:
        yield from _about(verdict, base)


def _about(verdict: Verdict, base: str) -> Iterator[NamedSample]:
    sitting = verdict.sitting
    key = (verdict.school.code, sitting.id)
    page = sitting_page(base, sitting.id)
    about = (sitting.test, sitting.year_group, verdict.profile, boolean(verdict.simulated), page)
    yield "provklar_sitting_info", (*key, *about), 1
    yield "provklar_sitting_start_timestamp_seconds", key, verdict.starts_at.timestamp()
    yield "provklar_sitting_pupils", key, sitting.pupils
    yield from states("provklar_sitting_status", key, verdict.status)
    if verdict.headroom is not None and verdict.status is not Status.UNKNOWN:
        yield "provklar_sitting_headroom_ratio", key, verdict.headroom


GROUP = MetricGroup(20, METRICS, samples)
