"""A metric name is an API: dashboards and rules use only names, and labels, that the catalogue has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.metrics.exporter import METRICS
from tests.hygiene.modules import ROOT

FILES = sorted([*ROOT.glob("dashboards/grafana/*.json"), *ROOT.glob("dashboards/rules/*.y*ml")])


def test_there_are_dashboards_and_rules_to_look_at() -> None:
    assert {path.suffix for path in FILES} >= {".json", ".yaml"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_metrics_that_are_used_exist(path: Path) -> None:
    named = set(re.findall(r"\b(provklar_[a-z_]+)\b", path.read_text()))
    assert named, f"{path.name} uses no metric at all"
    assert named - {metric.name for metric in METRICS} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_labels_that_are_selected_on_exist(path: Path) -> None:
    labels = {metric.name: set(metric.labels) for metric in METRICS}
    text = path.read_text().replace('\\"', '"')
    for name, selector in re.findall(r"\b(provklar_[a-z_]+)\{([^}]*)\}", text):
        used = set(re.findall(r"([a-z_]+)\s*[=!]~?", selector))
        assert used <= labels[name] | {"job", "instance"}, f"{name} has no label {used - labels[name]}"
