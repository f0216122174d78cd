"""How far devices get on the way to the test, rung by rung."""

from __future__ import annotations

from collections.abc import Iterator

from collector.metrics.metric import Metric, MetricGroup, NamedSample, Scrape
from collector.readiness.incidents.attribute import RUNG_STATUSES

METRICS = [
    Metric(
        "provklar_ladder_devices",
        "gauge",
        "",
        "Devices that tried a rung of the ladder within half an hour, by what they found (ok, slow or failed).",
        ("school", "rung", "kind", "status"),
    ),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """All states of each rung, so that a query can tell "none" from "not known"."""
    for one in scrape.snapshot.rungs:
        for status in RUNG_STATUSES:
            yield "provklar_ladder_devices", (one.school, one.rung, one.kind, status), one.devices.get(status, 0)


GROUP = MetricGroup(110, METRICS, samples)
