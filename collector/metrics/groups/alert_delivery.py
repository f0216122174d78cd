"""Whether warnings reach Alertmanager."""

from __future__ import annotations

from collections.abc import Iterator

from collector.metrics.metric import Metric, MetricGroup, NamedSample, Scrape

METRICS = [
    Metric(
        "provklar_alert_delivery_successful",
        "gauge",
        "",
        "1 when the last round of warnings reached Alertmanager, 0 when it did not. Absent when none was tried.",
    ),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """Nothing until a round was tried."""
    if scrape.delivery is not None:
        yield "provklar_alert_delivery_successful", (), scrape.delivery.problem is None


GROUP = MetricGroup(80, METRICS, samples)
