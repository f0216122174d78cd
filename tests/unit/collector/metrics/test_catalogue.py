"""The catalogue keeps the naming rules, and what is exposed is the catalogue."""

from __future__ import annotations

import subprocess

import pytest
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from collector.metrics.exporter import SnapshotCollector, registry
from collector.metrics.groups import GROUPS, METRICS
from collector.metrics.metric import Metric, MetricGroup, Scrape
from collector.readiness.alerts.delivery import Delivery
from tests.support.metrics_server import eventful_snapshot
from tests.support.verdicts import NOW

UNITS = {"": "", "seconds": "_seconds", "ratio": "_ratio", "bytes_per_second": "_bytes_per_second"}


def exposed() -> str:
    """What a scrape of the eventful snapshot gives, in the plain text format."""
    delivery = Delivery(at=NOW, sent=1, unsent=0)
    collector = SnapshotCollector(eventful_snapshot, lambda: NOW, lambda: delivery)
    return generate_latest(registry(collector)).decode()


def test_no_name_stands_twice() -> None:
    """A metric is declared once."""
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_every_group_has_a_place_of_its_own() -> None:
    """Else the order of what is exposed would hang on names of files."""
    assert len({group.place for group in GROUPS}) == len(GROUPS) > 10


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.metrics[0].name)
def test_a_group_tells_of_its_own_metrics_alone(group: MetricGroup) -> None:
    """With a value for each of its labels."""
    labels = {metric.name: len(metric.labels) for metric in group.metrics}
    told = [*group.samples(Scrape(eventful_snapshot(), Delivery(at=NOW, sent=1, unsent=0), NOW))]
    assert {name for name, _, _ in told} == labels.keys()
    assert all(len(values) == labels[name] for name, values, _ in told)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_names_follow_the_conventions(metric: Metric) -> None:
    """Prefix, base unit at the end, `_total` for counters and only for them, `_info` for infos and only for them."""
    assert metric.name.startswith("provklar_")
    assert metric.name.endswith(UNITS[metric.unit])
    assert metric.name.endswith("_total") == (metric.type == "counter")
    assert metric.name.endswith("_info") == (metric.type == "info")
    assert metric.help.endswith(".")
    assert len(set(metric.labels)) == len(metric.labels)


def test_exposed_is_the_catalogue() -> None:
    """Every metric of the catalogue is exposed with its type and labels, and nothing else is."""
    types = {"info": "gauge", "counter": "counter", "gauge": "gauge"}
    seen = {}
    for family in text_string_to_metric_families(exposed()):
        labels = {frozenset(sample.labels) for sample in family.samples}
        seen[family.name + ("_total" if family.type == "counter" else "")] = (family.type, labels)
    assert seen == {m.name: (types[m.type], {frozenset(m.labels)}) for m in METRICS}


def test_requirements_are_labels_never_names() -> None:
    """A new requirement needs no new metric."""
    requirements = {"line_down", "wifi_signal"}
    assert not any(requirement in metric.name for metric in METRICS for requirement in requirements)
    assert 'requirement="wifi_signal"' in exposed()


@pytest.mark.needs("promtool")
def test_promtool_finds_nothing_to_say() -> None:
    """Prometheus' own linter accepts names, help and types."""
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=exposed(), capture_output=True, text=True, timeout=30, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
