"""The whole of it watched as an operator would: a simulated municipality, Prometheus, Alertmanager, the dashboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.support.collectors import SCHOOL, Place, place_in, serving, until
from tests.support.dashboards import DASHBOARDS, filled_in
from tests.support.processes import free_port, running, wait_until_answers
from tests.support.watching import QUERIES, ROOT, Prometheus, prometheus_watching

pytestmark = [pytest.mark.needs("prometheus", "prometheus-alertmanager"), pytest.mark.timeout(240)]
FLEET = ("--schools", "6", "--devices", "90", "--seed", "4")


@dataclass
class Watched:
    """A collector with a simulated municipality, and what watches it."""

    place: Place
    prometheus: Prometheus
    alertmanager: str

    def alerts(self) -> list[dict[str, Any]]:
        """What Alertmanager holds as firing."""
        found: list[dict[str, Any]] = httpx.get(f"{self.alertmanager}/api/v2/alerts", timeout=10).json()
        return found


def be_refused(place: Place) -> None:
    """A device of the next version reports something that this collector cannot read yet."""
    enrolment = {"school": SCHOOL, "key": place.key()}
    token = httpx.post(f"{place.url}/api/v1/enrolments", json=enrolment, timeout=10).json()["token"]
    sent = {"reports": [{"schema": 99}]}
    answer = httpx.post(
        f"{place.url}/api/v1/reports", json=sent, headers={"authorization": f"Bearer {token}"}, timeout=10
    )
    [told] = answer.json()["answers"]
    assert (told["outcome"], told["code"]) == ("rejected", "schema_too_new")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    place, alerting = place_in(folder), f"http://127.0.0.1:{free_port()}"
    place.replace(
        "collector.yaml", "  # alertmanager_url: http://127.0.0.1:9093", f"  alertmanager_url: {alerting}\n  every_s: 5"
    )
    prepared = place.run("provklar", "simulate", "--prepare", *FLEET)
    assert prepared.returncode == 0, prepared.stderr
    command = [
        "prometheus-alertmanager",
        f"--config.file={ROOT / 'dashboards/provisioning/alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={alerting.removeprefix('http://')}",
        "--cluster.listen-address=",
    ]
    with running(command, log=folder / "alertmanager.log"), serving(place):
        wait_until_answers(f"{alerting}/-/ready", log=folder / "alertmanager.log")
        sent = place.run("provklar", "simulate", *FLEET)
        assert sent.returncode == 0, sent.stderr
        be_refused(place)
        until(lambda: any(s["status"] == "ready" for s in place.get("/api/v1/sittings")), seconds=60)
        with prometheus_watching(place.url, folder) as prometheus:
            yield Watched(place, prometheus, alerting)


@pytest.mark.parametrize(("dashboard", "query"), QUERIES)
def test_every_query_of_a_dashboard_returns_data(watched: Watched, dashboard: str, query: str) -> None:
    watched.prometheus.wait_for(filled_in(query, DASHBOARDS[dashboard]))


def test_prometheus_and_the_api_agree(watched: Watched) -> None:
    told = {s["id"]: s["status"] for s in watched.place.get("/api/v1/sittings")}
    assert {"ready", "not_ready"} <= set(told.values())

    def scraped() -> dict[str, str]:
        found = watched.prometheus.query("provklar_sitting_status == 1")
        return {one["metric"]["sitting"]: one["metric"]["status"] for one in found}

    until(lambda: scraped() == {s["id"]: s["status"] for s in watched.place.get("/api/v1/sittings")})


def test_alertmanager_holds_one_alert_per_school_sitting_and_cause(watched: Watched) -> None:
    until(lambda: len(watched.alerts()) >= 5)
    labels = [alert["labels"] for alert in watched.alerts()]
    keys = [(one["school"], one["sitting"], one["cause"]) for one in labels]
    assert len(keys) == len(set(keys))
    told = {s["id"]: s["status"] for s in watched.place.get("/api/v1/sittings")}
    assert all(told[one["sitting"]] != "ready" for one in labels)
    for alert in watched.alerts():
        assert {"summary", "description", "remedy", "link", "runbook_url"} <= set(alert["annotations"])
        for link in ("link", "runbook_url"):
            assert httpx.get(alert["annotations"][link], timeout=10).status_code == 200


def test_simulated_schools_are_marked_in_every_warning(watched: Watched) -> None:
    until(lambda: any(alert["labels"]["school"].startswith("98") for alert in watched.alerts()))
    for alert in watched.alerts():
        assert alert["labels"]["simulated"] == str(alert["labels"]["school"].startswith("98")).lower()
