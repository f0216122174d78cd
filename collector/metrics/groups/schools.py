"""The schools of the inventory, and whether anything about them is simulated."""

from __future__ import annotations

from collections.abc import Iterator

from collector.metrics.metric import Metric, MetricGroup, NamedSample, Scrape, boolean

METRICS = [
    Metric(
        "provklar_school_info",
        "info",
        "",
        "A school of the inventory. simulated is true when the school, or any of its devices, is simulated.",
        ("school", "name", "simulated"),
    ),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """One per school."""
    simulated = {device.school for device in scrape.snapshot.devices if device.simulated}
    for code, school in sorted(scrape.snapshot.configuration.schools.items()):
        yield "provklar_school_info", (code, school.name, boolean(school.simulated or code in simulated)), 1


GROUP = MetricGroup(10, METRICS, samples)
