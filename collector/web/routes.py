"""The pages that people read: thin HTTP around the view models. Swedish at the root, English under `/en/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from collector.clock import Clock
from collector.http.headers import PAGE_HEADERS, STATIC_HEADERS, AddHeaders
from collector.http.requests import RefusedError
from collector.i18n.messages import LANGUAGES, Language
from collector.judgement.snapshot import ReadSnapshot
from collector.web.page import Asked, Page
from collector.web.pages import pages
from collector.web.rendering import STATIC, render_page
from collector.web.views.error import error_page
from collector.web.views.layout import address

MACHINE_PATHS = ("/api/", "/measure/", "/healthz", "/metrics")
"""Where programs ask: they get a `Problem` as JSON, never a page."""


def routes(read_snapshot: ReadSnapshot, clock: Clock) -> list[BaseRoute]:
    """The pages in both languages, and the files that they need."""
    made: list[BaseRoute] = [
        Mount(
            "/static",
            app=StaticFiles(directory=STATIC),
            name="static",
            middleware=[Middleware(AddHeaders, headers=STATIC_HEADERS)],
        ),
        Route("/en", _to_english, name="english"),
    ]
    for language in LANGUAGES:
        made += _in_language(language, read_snapshot, clock)
    return made


def _in_language(language: Language, read_snapshot: ReadSnapshot, clock: Clock) -> list[BaseRoute]:
    found = sorted(pages().items(), key=lambda item: "{" in item[1].path)  # a fixed address goes before a pattern
    return [
        Route(
            address(language, page.path),
            _showing(f"{name}.html", page, language, read_snapshot, clock),
            name=f"{name}-{language}",
        )
        for name, page in found
    ]


def _showing(
    template: str, page: Page, language: Language, read_snapshot: ReadSnapshot, clock: Clock
) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        asked = Asked(read_snapshot(), clock(), language, request.path_params, request.query_params)
        view = page.view(asked)
        return _error(404, language) if view is None else _page(template, view, language)

    return show


def error_handlers() -> Mapping[Any, Callable[[Request, Exception], Response]]:
    """For Starlette's `exception_handlers`: a page for people, a `Problem` for programs."""
    return {HTTPException: _refused, 500: _failed}


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = _explained(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


def _failed(request: Request, _error: Exception) -> Response:
    # Starlette raises the error again once this answer is sent, so the server's log has the traceback.
    return _explained(request, 500)


def _explained(request: Request, status: int) -> Response:
    if request.url.path.startswith(MACHINE_PATHS):
        reason = HTTPStatus(status)
        return RefusedError(
            status, reason.name.lower(), f"{reason.phrase}: {request.method} {request.url.path}"
        ).response
    return _error(status, "en" if request.url.path.startswith("/en/") else "sv")


def _error(status: int, language: Language) -> Response:
    return _page("error.html", error_page(status, language), language, status=status)


def _page(template: str, view: msgspec.Struct, language: Language, *, status: int = 200) -> Response:
    return HTMLResponse(render_page(template, view, language), status_code=status, headers=PAGE_HEADERS)


def _to_english(_request: Request) -> Response:
    return RedirectResponse(address("en"), status_code=308)
