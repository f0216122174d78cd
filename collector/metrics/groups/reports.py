"""What became of the reports since the start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args, get_type_hints

from agent.protocol.wire import ReportAnswer
from collector.metrics.metric import Metric, MetricGroup, NamedSample, Scrape

OUTCOMES: tuple[str, ...] = get_args(get_type_hints(ReportAnswer)["outcome"])

METRICS = [
    Metric("provklar_reports_total", "counter", "", "Reports taken in since the start, by outcome.", ("outcome",)),
    Metric(
        "provklar_reports_rejected_total",
        "counter",
        "",
        "Reports rejected since the start, by the reason's code.",
        ("code",),
    ),
    Metric(
        "provklar_results_left_out_total",
        "counter",
        "",
        "Results since the start that were not kept: they told of another network than the school's (networks).",
        ("probe",),
    ),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """Every outcome from the start, so that a rate is right from the first report."""
    snapshot = scrape.snapshot
    for outcome in OUTCOMES:
        yield "provklar_reports_total", (outcome,), snapshot.outcomes_total.get(outcome, 0)
    for code, count in sorted(snapshot.rejected_total.items()):
        yield "provklar_reports_rejected_total", (code,), count
    for probe, count in sorted(snapshot.left_out_total.items()):
        yield "provklar_results_left_out_total", (probe,), count


GROUP = MetricGroup(60, METRICS, samples)
