"""Real Chromium and a real collector. Both go with their module: Playwright occupies the thread's event loop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.collectors import Place
from tests.support.measuring_pages import bare_page, page_app
from tests.support.serving import served
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


@pytest.fixture(scope="module")
def bare(browser: Browser) -> Iterator[Page]:
    """A page that may import the page's modules."""
    with served(page_app(), lifespan="off") as address, bare_page(browser, address) as page:
        yield page
