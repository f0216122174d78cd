"""Whether the collector judges, and by the configuration that is on disk."""

from __future__ import annotations

from collections.abc import Iterator

from collector.metrics.metric import Metric, MetricGroup, NamedSample, Scrape

METRICS = [
    Metric(
        "provklar_judged_timestamp_seconds",
        "gauge",
        "seconds",
        "When verdicts were last judged, as seconds since 1970 (UTC). Absent until the first judgement.",
    ),
    Metric(
        "provklar_configuration_last_reload_successful",
        "gauge",
        "",
        "1 when the files on disk are in use, 0 when they are wrong and the older configuration stands.",
    ),
    Metric(
        "provklar_configuration_loaded_timestamp_seconds",
        "gauge",
        "seconds",
        "When the configuration in use was loaded, as seconds since 1970 (UTC).",
    ),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """No time of judging before there was any."""
    snapshot = scrape.snapshot
    if snapshot.judged_at is not None:
        yield "provklar_judged_timestamp_seconds", (), snapshot.judged_at.timestamp()
    yield "provklar_configuration_last_reload_successful", (), not snapshot.configuration_errors
    yield "provklar_configuration_loaded_timestamp_seconds", (), snapshot.configuration.loaded_at.timestamp()


GROUP = MetricGroup(70, METRICS, samples)
