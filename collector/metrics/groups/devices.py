"""How many devices each school has, and how many of them are heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from collector.metrics.metric import Metric, MetricGroup, NamedSample, Scrape

REPORTING_WITHIN = timedelta(days=1)
"""A device that was not heard for longer is silent."""

METRICS = [
    Metric(
        "provklar_devices",
        "gauge",
        "",
        "Enrolled agents by whether they were heard within a day (reporting) or not (silent).",
        ("school", "state"),
    ),
    Metric(
        "provklar_web_devices",
        "gauge",
        "",
        "Browsers that ran the web probe: web counts as a device, web_once keeps nothing between visits and does not.",
        ("school", "kind"),
    ),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """Those of every school, also of one without any."""
    reporting, silent = Counter[str](), Counter[str]()
    browsers = Counter((device.school, device.kind) for device in scrape.snapshot.devices)
    for device in scrape.snapshot.devices:
        heard = device.last_seen_at is not None and scrape.now - device.last_seen_at <= REPORTING_WITHIN
        if device.kind == "agent":  # a browser reports when somebody opens the page: its silence means nothing
            (reporting if heard else silent)[device.school] += 1
    for code in sorted(scrape.snapshot.configuration.schools):
        yield "provklar_devices", (code, "reporting"), reporting[code]
        yield "provklar_devices", (code, "silent"), silent[code]
        yield "provklar_web_devices", (code, "web"), browsers[code, "web"]
        yield "provklar_web_devices", (code, "web_once"), browsers[code, "web_once"]


GROUP = MetricGroup(50, METRICS, samples)
