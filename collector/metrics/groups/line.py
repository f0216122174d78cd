"""What each school's line gives, and what a sitting needs of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from collector.metrics.metric import (
    BYTES_PER_MBIT,
    SITTING,
    Metric,
    MetricGroup,
    NamedSample,
    Scrape,
    one_per_series,
)
from collector.readiness.domain.model import Profile, Status, Verdict

LINE_FACTS: Mapping[str, str] = MappingProxyType({"line.down_headroom": "down", "line.up_headroom": "up"})
"""The facts whose findings tell the rate of the line, and the direction of each."""

METRICS = [
    Metric(
        "provklar_line_measured_bytes_per_second",
        "gauge",
        "bytes_per_second",
        "What the line gives, by the cautious bound that the verdict uses. Absent when it is not known.",
        (*SITTING, "direction"),
    ),
    Metric(
        "provklar_line_required_bytes_per_second",
        "gauge",
        "bytes_per_second",
        "What the line must give for the sitting, with its margin, while the rest of the school goes on.",
        (*SITTING, "direction"),
    ),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """Those of every sitting whose line was judged."""
    profiles = scrape.snapshot.configuration.profiles
    for verdict in scrape.snapshot.verdicts:
        yield from _about(verdict, profiles.get(verdict.profile))


def _about(verdict: Verdict, profile: Profile | None) -> Iterator[NamedSample]:
    key = (verdict.school.code, verdict.sitting.id)
    requirements = profile.requirements if profile else []
    directions = {r.id: LINE_FACTS[str(r.fact)] for r in requirements if str(r.fact) in LINE_FACTS}
    for finding in one_per_series(verdict.findings):
        if finding.unit != "Mbit/s" or finding.requirement not in directions:
            continue
        labels = (*key, directions[finding.requirement])
        if isinstance(finding.measured, int | float) and finding.status is not Status.UNKNOWN:
            yield "provklar_line_measured_bytes_per_second", labels, finding.measured * BYTES_PER_MBIT
        if isinstance(finding.required, int | float):
            yield "provklar_line_required_bytes_per_second", labels, finding.required * BYTES_PER_MBIT


GROUP = MetricGroup(40, METRICS, samples)
