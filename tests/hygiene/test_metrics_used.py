"""A metric name is an API: dashboards and rules use only names, and labels, that the catalogue has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from collector.metrics.groups import METRICS
from tests.hygiene.modules import ROOT

FILES = sorted([*ROOT.glob("dashboards/grafana/*.json"), *ROOT.glob("dashboards/rules/*.y*ml")])


def test_there_are_dashboards_and_rules_to_look_at() -> None:
    assert {path.suffix for path in FILES} >= {".json", ".yaml"}


def test_metrics_that_are_used_exist() -> None:
    known = {metric.name for metric in METRICS}
    named = {path.name: set(re.findall(r"\b(provklar_[a-z_]+)\b", path.read_text())) for path in FILES}
    assert [name for name, used in named.items() if not used] == [], "files that use no metric at all"
    assert {name: used - known for name, used in named.items() if used - known} == {}


def test_labels_that_are_selected_on_exist() -> None:
    offenders = [f"{path.name}: {name} has no label {label}" for path in FILES for name, label in unknown_labels(path)]
    assert offenders == []


def unknown_labels(path: Path) -> Iterator[tuple[str, str]]:
    """Each label that is selected on without being there, with its metric."""
    labels = {metric.name: {*metric.labels, "job", "instance"} for metric in METRICS}
    text = path.read_text().replace('\\"', '"')
    for name, selector in re.findall(r"\b(provklar_[a-z_]+)\{([^}]*)\}", text):
        for label in set(re.findall(r"([a-z_]+)\s*[=!]~?", selector)) - labels.get(name, set()):
            yield name, label
