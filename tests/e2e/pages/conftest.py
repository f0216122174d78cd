"""Real Chromium against a real uvicorn that serves hand-made verdicts of every kind."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser
from starlette.applications import Starlette

from collector.web import routes as pages
from tests.support.processes import free_port, wait_until_answers
from tests.support.shown_pages import chromium, every_kind
from tests.support.verdicts import NOW


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a collector's pages."""
    port = free_port()
    shown = every_kind()
    app = Starlette(routes=pages.routes(lambda: shown, lambda: NOW), exception_handlers=pages.error_handlers())
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_answers(address)
        yield address
    finally:
        server.should_exit = True
        thread.join(timeout=15)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window. Gone with its module: Playwright occupies the thread's event loop."""
    with chromium() as started:
        yield started
