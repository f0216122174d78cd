"""The web probe's page (`/prob`, in English `/en/prob` and `/probe`), its files, and the sheet of QR codes to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from collector.configuration.links import PROBE, PROBE_SIGNS, base_url
from collector.configuration.model import Configuration, Settings
from collector.http.headers import PAGE_HEADERS, STATIC_HEADERS, AddHeaders
from collector.http.rates import RateLimit
from collector.http.requests import client_address
from collector.i18n.messages import LANGUAGES, Language
from collector.readiness.domain.room_names import room_of
from collector.readiness.domain.sessions import SupervisedSession
from collector.web.rendering import render_page
from collector.web.views.layout import address
from collector.web_probe.views import PROBE_FILES, ProbePlace, loaded_first, probe_page, script_files, sheet_page

WRONG_CODES_PER_MINUTE = 60
"""Per client address, which a class shares: enough for mistyping, too few to guess by."""
TEMPLATES = Path(__file__).parent / "templates"
NAMES = {"school": ("skola", "school"), "room": ("sal", "room"), "session": ("pass", "session")}
"""How a link may name what it leads to."""

FindSession = Callable[[str], SupervisedSession | None]
"""The supervised session that goes on under a code."""


def routes(configuration: Callable[[], Configuration], sessions: FindSession) -> list[BaseRoute]:
    """`configuration` gives the one in use. These go before the other pages: their files lie in the same folder."""
    files = f"/static/probe/{_digest()}"
    made: list[BaseRoute] = [
        Mount(
            files,
            app=StaticFiles(directory=PROBE_FILES),
            name="probe-files",
            middleware=[Middleware(AddHeaders, headers=STATIC_HEADERS), Middleware(GZipMiddleware)],
        ),
        Route("/probe", _to_english, name="probe"),
    ]
    guesses = Guesses(sessions)
    for language in LANGUAGES:
        made += _in_language(language, configuration, guesses, files)
    return made


def _digest() -> str:
    """Changes with any of the files. They import each other by name, so one address covers them all: nobody is given an
    old one beside a new one out of a cache.
    """
    contents = sha256()
    for path in script_files():
        contents.update(path.name.encode() + b"\0" + path.read_bytes())
    return contents.hexdigest()[:12]


class Guesses:
    """Looks sessions up by the codes that people type; after many wrong ones from an address no more for a while."""

    def __init__(self, sessions: FindSession) -> None:
        self._sessions = sessions
        self._wrong = RateLimit(WRONG_CODES_PER_MINUTE)

    def session(self, request: Request, code: str) -> SupervisedSession | None:
        """The session that goes on under the code."""
        client = client_address(request) or "unknown"
        found = self._sessions(code) if code and not self._wrong.wait_s(client) else None
        if code and found is None:
            self._wrong.count(client)
        return found


def _in_language(
    language: Language, configuration: Callable[[], Configuration], guesses: Guesses, files: str
) -> list[BaseRoute]:
    modules = loaded_first()

    def show_probe(request: Request) -> Response:
        known, asked = configuration(), _asked(request.query_params)
        session = guesses.session(request, asked["session"])
        place = _place_of(known, asked, session)
        view = probe_page(known, language, asked, place, files=files, modules=modules)
        return _page("probe.html", view, language, _with_script(known.settings))

    def show_sheet(request: Request) -> Response:
        known, asked = configuration(), _asked(request.query_params)
        school = known.schools.get(asked["school"])
        if school is None:
            raise HTTPException(404)
        return _page("probe_sheet.html", sheet_page(known, school, language, files), language, PAGE_HEADERS)

    return [
        Route(address(language, PROBE), show_probe, name=f"probe-{language}", middleware=[Middleware(GZipMiddleware)]),
        Route(address(language, PROBE_SIGNS), show_sheet, name=f"probe-sheet-{language}"),
    ]


def _place_of(known: Configuration, asked: Mapping[str, str], session: SupervisedSession | None) -> ProbePlace:
    """Where the link leads: a session says itself which school and room it is for."""
    school = known.schools.get(session.school if session else asked["school"])
    room = room_of(school, session.room if session else asked["room"]) if school else None
    return ProbePlace(school, room, session)


def _asked(query: Mapping[str, str]) -> dict[str, str]:
    """The school and the room, or the session, that the link names, as written."""
    return {
        what: next((query[name].strip() for name in names if query.get(name)), "")[:200]
        for what, names in NAMES.items()
    }


def _to_english(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(address("en", PROBE) + query, status_code=308)


def _with_script(settings: Settings) -> Mapping[str, str]:
    """The page's own scripts may run, and talk to the collector and to the measurement point alone."""
    point = urlsplit(settings.agents.measurement_url or base_url(settings))
    policy = PAGE_HEADERS["Content-Security-Policy"]
    allowed = f"{policy}; script-src 'self'; connect-src 'self' {point.scheme}://{point.netloc}"
    return {**PAGE_HEADERS, "Content-Security-Policy": allowed}


def _page(template: str, view: msgspec.Struct, language: Language, headers: Mapping[str, str]) -> Response:
    return HTMLResponse(render_page(template, view, language, TEMPLATES), headers=headers)
