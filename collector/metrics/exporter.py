"""Gives `/metrics` what the groups tell of the newest snapshot, in the order of the catalogue.

Nothing is measured or judged in a scrape. What is not known is absent or has the status `unknown`; no metric turns
a missing value into a healthy number. Units are Prometheus' base units: seconds, ratio, bytes per second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector, CollectorRegistry

from collector.clock import Clock
from collector.judgement.snapshot import ReadSnapshot
from collector.metrics.groups import GROUPS, METRICS
from collector.metrics.metric import Metric, Scrape
from collector.readiness.alerts.delivery import Delivery

Sample = tuple[tuple[str, ...], float]
Samples = dict[str, list[Sample]]
"""Label values (in the catalogue's order) and a value, by metric name."""


class SnapshotCollector(Collector):
    """Gives a registry the metrics of the newest snapshot, anew at each scrape."""

    def __init__(
        self,
        read_snapshot: ReadSnapshot,
        clock: Clock,
        read_delivery: Callable[[], Delivery | None] = lambda: None,
    ) -> None:
        """`read_delivery` tells how the last round of warnings went; None when there was none."""
        self._read_snapshot = read_snapshot
        self._read_delivery = read_delivery
        self._clock = clock

    def describe(self) -> Iterator[Family]:
        """The names alone, so that nothing is read when the collector is registered."""
        return (_family(metric, []) for metric in METRICS)

    def collect(self) -> Iterator[Family]:
        """Every metric of the catalogue, in its order."""
        samples: Samples = {metric.name: [] for metric in METRICS}
        scrape = Scrape(self._read_snapshot(), self._read_delivery(), self._clock())
        for group in GROUPS:
            for name, labels, value in group.samples(scrape):
                samples[name].append((labels, value))
        return (_family(metric, samples[metric.name]) for metric in METRICS)


def registry(collector: SnapshotCollector) -> CollectorRegistry:
    """A registry of its own with nothing else in it."""
    made = CollectorRegistry()
    made.register(collector)
    return made


def _family(metric: Metric, samples: Iterable[Sample]) -> Family:
    match metric.type:
        case "info":
            info = InfoMetricFamily(metric.name.removesuffix("_info"), metric.help, labels=metric.labels)
            for labels, _ in samples:
                info.add_metric(labels, {})
            return info
        case "counter":
            counter = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
            for labels, value in samples:
                counter.add_metric(labels, value)
            return counter
        case "gauge":
            gauge = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels, unit=metric.unit)
            for labels, value in samples:
                gauge.add_metric(labels, value)
            return gauge
