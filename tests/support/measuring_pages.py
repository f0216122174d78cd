"""A bare page in a real browser that may import the measuring modules of the web probe, and what it is asked to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from collector.web.rendering import STATIC
from tests.support.stub_collector import StubCollector, respond

MODULES = STATIC.parents[1] / "web_probe" / "static"
BARE = '<!doctype html><title>bare</title><link rel="icon" href="data:,">'
PAGE_AT, MODULES_AT = "/bare", "/modules"
_CALL = """async ([module, name, argument]) => {
  const modules = await import(`/modules/${module}`);
  return await modules[name](argument);
}"""


def page_routes() -> list[BaseRoute]:
    """The page and the modules."""
    return [
        Route(PAGE_AT, lambda _request: HTMLResponse(BARE)),
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


def serve_from(stub: StubCollector) -> str:
    """Lets a stub serve the page and the modules too, so that to the browser all is one server; gives its address."""
    stub.misbehave[PAGE_AT] = respond(200, BARE.encode(), Content_Type="text/html")
    for module in MODULES.glob("*.js"):
        _serve_module(stub, module.name, module.read_text())
    return stub.url


def hasten(stub: StubCollector, waits: Mapping[str, Mapping[str, float]]) -> None:
    """Serves modules with other values of some of their constants: waits by module and name."""
    for module, values in waits.items():
        text = (MODULES / module).read_text()
        for name, value in values.items():
            text, found = re.subn(rf"\b{name} = [\d.]+", f"{name} = {value}", text)
            assert found == 1, f"{module} has no constant {name}"
        _serve_module(stub, module, text)


def _serve_module(stub: StubCollector, name: str, text: str) -> None:
    stub.misbehave[f"{MODULES_AT}/{name}"] = respond(200, text.encode(), Content_Type="text/javascript")


def called(page: Page, module: str, name: str, argument: Any) -> Any:
    """What the module's function gives."""
    return page.evaluate(_CALL, [module, name, argument])


def evaluated(page: Page, module: str, call: str, *values: Any) -> Any:
    """What a call of the module's functions gives: `m` is the module, `v` the values."""
    return page.evaluate(
        f"async (v) => {{ const m = await import('{MODULES_AT}/{module}'); return {call}; }}", list(values)
    )
