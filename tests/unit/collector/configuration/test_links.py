"""Links lead to where people reach the collector."""

from __future__ import annotations

import pytest

from collector.configuration.links import base_url, runbook_page, sitting_page
from collector.configuration.model import Agents, Listen, Settings


def settings(public_url: str | None, host: str = "127.0.0.1") -> Settings:
    """Settings that listen on `host`, port 8080."""
    agents = Agents(plans=[])
    return Settings(authority="x", profile="p", agents=agents, listen=Listen(host=host), public_url=public_url)


@pytest.mark.parametrize(
    ("public_url", "host", "base"),
    [
        ("https://provklar.example/", "0.0.0.0", "https://provklar.example"),
        (None, "127.0.0.1", "http://127.0.0.1:8080"),
        (None, "0.0.0.0", "http://localhost:8080"),
        (None, "::", "http://localhost:8080"),
        (None, "fd00::1", "http://[fd00::1]:8080"),
    ],
)
def test_base(public_url: str | None, host: str, base: str) -> None:
    """The public address, else one that can be followed from this machine."""
    assert base_url(settings(public_url, host)) == base


def test_pages() -> None:
    """A sitting's id cannot lead out of its page."""
    assert sitting_page("http://x", "a/b c") == "http://x/sittings/a%2Fb%20c"
    assert runbook_page("http://x", "ProvklarAtRisk") == "http://x/runbooks/ProvklarAtRisk"
