"""A bare page in a real browser that may import the measuring modules of the web probe, and what it is asked to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from collector.web.rendering import STATIC

MODULES = STATIC / "probe"
PAGE_AT, MODULES_AT = "/bare", "/modules"
_CALL = """async ([module, name, argument]) => {
  const modules = await import(`/modules/${module}`);
  return await modules[name](argument);
}"""


def page_routes() -> list[BaseRoute]:
    """The page and the modules."""
    return [
        Route(PAGE_AT, lambda _request: HTMLResponse("<!doctype html><title>bare</title>")),
        Mount(MODULES_AT, app=StaticFiles(directory=MODULES)),
    ]


def page_app(routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Serves the page, and what else is wanted on the same server."""
    return Starlette(routes=[*page_routes(), *routes])


@contextmanager
def bare_page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, in a context of its own. A complaint of the browser's console is an error of the test's."""
    context = browser.new_context()
    context.set_default_timeout(60_000)
    page = context.new_page()
    try:
        page.goto(address + PAGE_AT)
        yield page
    finally:
        context.close()


def called(page: Page, module: str, name: str, argument: Any) -> Any:
    """What the module's function gives."""
    return page.evaluate(_CALL, [module, name, argument])
