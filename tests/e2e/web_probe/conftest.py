"""Real Chromium and a real collector. Both go with their module: Playwright occupies the thread's event loop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.collectors import Place
from tests.support.shown_pages import chromium
from tests.support.web_visits import web_collector


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A collector that judges browsers."""
    folder: Path = tmp_path_factory.mktemp("web-probe")
    with web_collector(folder) as running:
        yield running
