"""Which version of the collector answers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from collector.metrics.metric import Metric, MetricGroup, NamedSample, Scrape

METRICS = [
    Metric("provklar_build_info", "info", "", "Which version of the collector answers.", ("version",)),
]


def samples(_scrape: Scrape) -> Iterator[NamedSample]:
    """One."""
    yield "provklar_build_info", (version("provklar"),), 1


GROUP = MetricGroup(0, METRICS, samples)
