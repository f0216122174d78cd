"""Chromium, and a stub of a measurement point at a known rate that serves the measuring modules too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.measuring_pages import bare_page, serve_from
from tests.support.measuring_runs import Line
from tests.support.shown_pages import chromium
from tests.support.stub_collector import StubCollector, stub_collector


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Gone with its module: Playwright occupies the thread's event loop."""
    with chromium() as started:
        yield started


@pytest.fixture
def stub() -> Iterator[StubCollector]:
    """A measurement point at a known rate, which serves the page as well."""
    with stub_collector() as started:
        line = Line()
        started.misbehave |= {"/down": line.down, "/up": line.up}
        serve_from(started)
        yield started


@pytest.fixture
def page(browser: Browser, stub: StubCollector) -> Iterator[Page]:
    """The bare page of that stub."""
    with bare_page(browser, stub.url) as opened:
        yield opened
