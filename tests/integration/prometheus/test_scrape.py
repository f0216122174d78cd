"""A real Prometheus scrapes a real collector's `/metrics`, and every query of every dashboard gets data from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import yaml

from collector.api.metrics import MetricsResource
from collector.judgement.snapshot import Snapshot
from collector.metrics.groups import METRICS
from collector.readiness.alerts.delivery import Delivery
from tests.support.dashboards import DASHBOARDS, filled_in, panels
from tests.support.metrics_server import eventful_snapshot, serving
from tests.support.watching import QUERIES, ROOT, Prometheus, prometheus_watching

READINESS = DASHBOARDS["readiness"]
pytestmark = pytest.mark.needs("prometheus")


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Prometheus with several scrapes of a collector whose reports go up."""
    folder = tmp_path_factory.mktemp("prometheus")
    reports = iter(range(40, 1_000_000))

    def now() -> datetime:
        return datetime.now(UTC)

    def busy() -> Snapshot:
        accepted = next(reports)
        made = eventful_snapshot(now())
        totals = {"accepted": accepted, "rejected": accepted // 2}
        return msgspec.structs.replace(made, outcomes_total=totals, rejected_total={"future_schema": accepted // 2})

    delivery = Delivery(at=now(), sent=1, unsent=0)
    with (
        serving(MetricsResource(busy, now, lambda: delivery).routes()) as collector,
        prometheus_watching(collector, folder) as watching,
    ):
        yield watching


def test_the_scrape_is_healthy(prometheus: Prometheus) -> None:
    """Prometheus says so itself, and takes every sample."""
    (target,) = prometheus.get("targets", state="active")["activeTargets"]
    assert (target["health"], target["lastError"]) == ("up", "")
    prometheus.wait_for("scrape_samples_scraped == scrape_samples_post_metric_relabeling")


def test_every_metric_of_the_catalogue_arrives_with_its_help(prometheus: Prometheus) -> None:
    """Name, type and help as declared."""
    known = prometheus.get("targets/metadata", match_target='{job="provklar"}')
    arrived = {entry["metric"]: entry["help"] for entry in known}
    for metric in METRICS:
        name = metric.name if metric.name in arrived else re.sub(r"_(info|total)$", "", metric.name)
        assert arrived[name] == metric.help
        prometheus.wait_for(metric.name)


@pytest.mark.parametrize(("dashboard", "expr"), QUERIES)
@pytest.mark.parametrize("school", [".*", "10000002", "10000001|10000002"], ids=["all", "one", "two"])
def test_every_query_of_a_dashboard_returns_data(
    prometheus: Prometheus, dashboard: str, expr: str, school: str
) -> None:
    """With the variables as Grafana puts them in: all schools, the simulated one, two of them."""
    asked = filled_in(expr, DASHBOARDS[dashboard], school=school)
    assert "$" not in asked
    prometheus.wait_for(asked)


def texts(rows: list[dict[str, Any]], *labels: str) -> list[tuple[str, ...]]:
    """These labels of every row, sorted."""
    return sorted(tuple(row["metric"].get(label, "") for label in labels) for row in rows)


def of_panel(title: str) -> str:
    """The first query of a panel of the readiness dashboard, for all schools."""
    (panel,) = [panel for panel in panels(READINESS) if panel["title"] == title]
    return filled_in(panel["targets"][0]["expr"], READINESS)


def test_the_table_of_sittings_shows_status_names_and_pages(prometheus: Prometheus) -> None:
    """One row per sitting, each with its one status."""
    rows = prometheus.wait_for(of_panel("Provtillfällen"))
    assert texts(rows, "name", "sitting", "status", "simulated") == [
        ("Almskolan", "alm-9-ma", "not_ready", "true"),
        ("Askskolan", "ask-9-ma", "unknown", "false"),
        ("Ekskolan", "ek-9-ma", "ready", "false"),
    ]
    assert {row["metric"]["page"] for row in rows} >= {"http://127.0.0.1:8080/sittings/alm-9-ma"}


def test_the_table_of_findings_leaves_out_what_is_ready(prometheus: Prometheus) -> None:
    """Not ready and unknown, with title and room."""
    rows = prometheus.wait_for(of_panel("Det som inte är redo"))
    assert texts(rows, "requirement", "room", "status", "title") == [
        ("line_down", "", "not_ready", "Linjen ned"),
        ("line_up", "", "unknown", "Linjen ned"),
        ("wifi_signal", "a2", "unknown", "Signal"),
    ]


def test_the_timeline_gives_each_status_its_number(prometheus: Prometheus) -> None:
    """In the order that the panel's words are in."""
    values = {row["metric"]["sitting"]: row["value"][1] for row in prometheus.wait_for(of_panel("Status över tid"))}
    assert values == {"ek-9-ma": "1", "alm-9-ma": "3", "ask-9-ma": "4"}


def test_the_counts_by_status(prometheus: Prometheus) -> None:
    """An unknown sitting is counted as unknown and nowhere else."""
    titles = ("Redo", "På gränsen", "Inte redo", "Vet inte än")
    assert [prometheus.wait_for(of_panel(title))[0]["value"][1] for title in titles] == ["1", "0", "1", "1"]


def test_the_line_in_bits_per_second(prometheus: Prometheus) -> None:
    """46.8 and 20.8 Mbit/s."""
    rows = prometheus.wait_for(of_panel("Linjen: uppmätt mot behov"))
    assert {row["metric"]["sitting"]: float(row["value"][1]) for row in rows} == {
        "ek-9-ma": pytest.approx(46_800_000),
        "alm-9-ma": pytest.approx(20_800_000),
    }


def test_the_example_of_the_documentation_works(prometheus: Prometheus) -> None:
    """It finds the sitting that never had evidence, and not the simulated one."""
    text = (ROOT / "docs/metrics.md").read_text("utf-8")
    found = prometheus.wait_for(text.split("```promql\n")[1].split("```")[0])
    assert texts(found, "sitting") == [("ask-9-ma",)]


def test_the_variable_names_schools_and_stands_for_their_codes(prometheus: Prometheus) -> None:
    """Its pattern on the text that Grafana makes of each series."""
    (variable,) = [v for v in READINESS["templating"]["list"] if v["name"] == "school"]
    pattern = re.compile(variable["regex"].strip("/").replace("(?<", "(?P<"))
    metric = variable["query"].removeprefix("query_result(").removesuffix(")")
    found = {}
    for row in prometheus.wait_for(metric):
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(row["metric"].items()) if name != "__name__")
        match = pattern.search(f"{metric}{{{labels}}} 1")
        assert match
        found[match["text"]] = match["value"]
    assert found == {"Ekskolan": "10000001", "Almskolan": "10000002", "Askskolan": "10000003"}


def test_the_rules_are_evaluated_without_errors(prometheus: Prometheus) -> None:
    """By a real Prometheus on real series; none fires on a healthy chain."""
    rules = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
    files = [yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "dashboards/rules").glob("*.yaml")]
    written = [rule["alert"] for file in files for group in file["groups"] for rule in group["rules"]]
    assert sorted(rule["name"] for rule in rules) == sorted(written)
    assert written
    assert {rule.get("lastError", "") for rule in rules} == {""}
    assert [rule["name"] for rule in rules if rule["state"] == "firing"] == []


def test_an_incident_is_one_alert(prometheus: Prometheus) -> None:
    """The one of the scene is on its way, by school and rung, though three metrics tell of it."""
    prometheus.wait_for('ALERTS{alertname="ProvklarIncident"}')
    rules = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
    alerts = [alert for rule in rules if rule["name"] == "ProvklarIncident" for alert in rule["alerts"]]
    assert texts([{"metric": alert["labels"]} for alert in alerts], "school", "rung", "actor", "severity") == [
        ("10000001", "dns-1", "school", "critical")
    ]
    (alert,) = alerts
    assert alert["annotations"]["summary"].startswith("Ekskolan: steget dns-1 fallerar; skolan behöver agera / ")
