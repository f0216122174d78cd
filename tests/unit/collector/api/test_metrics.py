"""`GET /metrics` over real HTTP: the format that was asked for, compressed for those who take it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from collector.api.metrics import MetricsResource
from tests.support.metrics_server import eventful_snapshot, serving
from tests.support.verdicts import NOW


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of `/metrics`."""
    with serving(MetricsResource(eventful_snapshot, lambda: NOW).routes()) as base:
        yield f"{base}/metrics"


def test_plain_text_by_default(url: str) -> None:
    """Prometheus' classic text format."""
    answer = httpx.get(url, headers={"accept": "*/*"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "# TYPE provklar_reports_total counter" in answer.text


def test_openmetrics_when_asked_for(url: str) -> None:
    """The format that Prometheus prefers, with its end mark."""
    answer = httpx.get(url, headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.text.endswith("# EOF\n")
    assert "# UNIT provklar_evidence_age_seconds seconds" in answer.text


def test_gzip_only_for_those_who_take_it(url: str) -> None:
    """The same text either way."""
    packed = httpx.get(url, headers={"accept-encoding": "gzip"})
    plain = httpx.get(url, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


def test_one_metric_by_name(url: str) -> None:
    """`name[]` picks, as with other exporters."""
    text = httpx.get(url, params={"name[]": "provklar_build_info"}).text
    assert {line.split("{")[0] for line in text.splitlines() if not line.startswith("#")} == {"provklar_build_info"}


def test_only_get(url: str) -> None:
    """Metrics are read, never written."""
    assert httpx.post(url).status_code == 405
