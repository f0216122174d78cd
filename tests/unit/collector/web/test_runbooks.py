"""`GET /runbooks/{alertname}` over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from collector.configuration.links import runbook_page
from collector.web import runbooks
from tests.support.metrics_server import serving


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of the collector."""
    with serving(runbooks.routes()) as address:
        yield address


def test_the_link_of_a_warning_leads_to_its_runbook(base: str) -> None:
    """As plain text that any browser shows."""
    answer = httpx.get(runbook_page(base, "ProvklarNotReady"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("# ProvklarNotReady\n")


def test_an_unknown_name_gets_the_list(base: str) -> None:
    """And cannot lead out of the folder."""
    answer = httpx.get(f"{base}/runbooks/..%2Fcompose.yaml")
    assert answer.status_code == 404
    unknown = httpx.get(runbook_page(base, "Nothing"))
    assert unknown.status_code == 404
    assert "ProvklarCollectorDown" in unknown.text


def test_an_installation_without_the_folder_has_no_runbooks(tmp_path: Path) -> None:
    """The routes still work, and say that there is no such page."""
    assert runbooks.runbooks((tmp_path / "nowhere",)) == {}


def test_the_first_folder_that_exists_is_read(tmp_path: Path) -> None:
    """The package's own before the checkout's."""
    (tmp_path / "A.md").write_text("text", "utf-8")
    (tmp_path / "note.txt").write_text("no runbook", "utf-8")
    assert runbooks.runbooks((tmp_path / "nowhere", tmp_path)) == {"A": "text"}
