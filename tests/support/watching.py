"""A real Prometheus that watches a collector, and the queries of the committed dashboards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.support.dashboards import DASHBOARDS, queries
from tests.support.processes import free_port, running, wait_until_answers

PATIENCE_S = 60.0
ROOT = Path(__file__).parents[2]
QUERIES = [
    pytest.param(name, expr, id=f"{name}-{told}")
    for name, dashboard in sorted(DASHBOARDS.items())
    for told, expr in queries(dashboard)
]
"""Every query of every dashboard, with the dashboard's name."""


def configuration(collector: str) -> str:
    """The provisioned configuration, aimed at the test's collector and in a hurry."""
    made: dict[str, Any] = yaml.safe_load((ROOT / "dashboards/provisioning/prometheus.yml").read_text("utf-8"))
    made["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    made["scrape_configs"][0]["static_configs"] = [{"targets": [collector.removeprefix("http://")]}]
    made["rule_files"] = [str(ROOT / "dashboards/rules/*.yaml")]
    del made["alerting"]
    return yaml.safe_dump(made)


class Prometheus:
    """A running Prometheus."""

    def __init__(self, base: str) -> None:
        self._base = base

    def get(self, path: str, **params: str) -> Any:
        """The `data` of an answer of its API."""
        answer = httpx.get(f"{self._base}/api/v1/{path}", params=params, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def query(self, expr: str) -> list[dict[str, Any]]:
        """The vector of a query now."""
        found: list[dict[str, Any]] = self.get("query", query=expr)["result"]
        return found

    def wait_for(self, expr: str) -> list[dict[str, Any]]:
        """The vector of a query as soon as it has one.

        On a busy machine a scrape may come too late for Prometheus, and then there is nothing until the next one.
        """
        deadline = time.monotonic() + PATIENCE_S
        while not (found := self.query(expr)):
            assert time.monotonic() < deadline, f"nothing from {expr} within {PATIENCE_S} s"
            time.sleep(0.2)
        return found


@contextmanager
def prometheus_watching(collector: str, folder: Path) -> Iterator[Prometheus]:
    """Prometheus with the provisioned configuration, after several scrapes of the collector at that address."""
    (folder / "prometheus.yml").write_text(configuration(collector), "utf-8")
    address, log = f"127.0.0.1:{free_port()}", folder / "prometheus.log"
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address={address}",
    ]
    with running(command, log=log):
        wait_until_answers(f"http://{address}/-/ready", log=log)
        asked = Prometheus(f"http://{address}")
        asked.wait_for("count_over_time(provklar_judged_timestamp_seconds[1h]) >= 3")
        yield asked
