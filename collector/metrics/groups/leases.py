"""Leave to fill the lines of schools: given, refused and held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from collector.metrics.metric import Metric, MetricGroup, NamedSample, Scrape
from collector.readiness.leases.scheduler import Refusal

METRICS = [
    Metric("provklar_leases_granted_total", "counter", "", "Leases of schools' lines given since the start."),
    Metric(
        "provklar_leases_refused_total",
        "counter",
        "",
        "Leases of schools' lines refused since the start, by the reason's code.",
        ("code",),
    ),
    Metric("provklar_leases_held", "gauge", "", "Leases that this collector gave and that are in force now."),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """Every reason from the start."""
    leases = scrape.snapshot.leases
    yield "provklar_leases_granted_total", (), leases.granted
    for code in get_args(Refusal):
        yield "provklar_leases_refused_total", (code,), leases.refused.get(code, 0)
    yield "provklar_leases_held", (), leases.held


GROUP = MetricGroup(100, METRICS, samples)
