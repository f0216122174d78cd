"""The pages over HTTP: both languages, headers, static files, escaping, and what is said when something is wrong."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.i18n.messages import LANGUAGES, sentences
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import Status
from collector.web import routes as routes_of_pages
from collector.web.pages import navigation, pages, samples
from collector.web.rendering import static_address
from tests.support.asgi import Client
from tests.support.verdicts import NOW, changed, device, finding, school, sitting, snapshot, verdict

SHOWN = snapshot(verdict(finding(headroom=1.8)), devices=[device()])
SAMPLES = samples(SHOWN)
PAGES = [*SAMPLES, "/nowhere"]


def fail(_request: Request) -> Response:
    """A route with a defect."""
    raise RuntimeError("a defect, with a secret in it")


def client(made: Snapshot | None = None) -> Client:
    """A client of the pages alone, beside two routes with a defect."""
    shown = made or SHOWN
    broken: list[Any] = [Route("/broken", fail), Route("/api/broken", fail)]
    app = Starlette(
        routes=[*routes_of_pages.routes(lambda: shown, lambda: NOW), *broken],
        exception_handlers=routes_of_pages.error_handlers(),
    )
    return Client(app)


def asked(link: str) -> tuple[str, list[tuple[str, str]]]:
    """Where a link in HTML leads, and what it asks for there in whichever order."""
    parts = urlsplit(unescape(link))
    return parts.path, sorted(parse_qsl(parts.query))


def text(html: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("</head>")[1]).split())


@pytest.mark.parametrize("path", PAGES)
def test_pages_in_both_languages(path: str) -> None:
    """Each says which language it is in, and has one main heading."""
    for prefix, language in (("", "sv"), ("/en", "en")):
        html = client().get(prefix + path).text
        assert f'<html lang="{language}">' in html
        assert html.count("<h1>") == 1
        assert html.count("<main ") == 1


@pytest.mark.parametrize("name", sorted(pages()))
def test_every_page_gives_samples_of_itself(name: str) -> None:
    """In both languages, and none of another page: what is tested on samples is tested on every page."""
    page = pages()[name]
    shown = page.samples(SHOWN)
    assert shown
    for path in shown:
        below, _, _ = path.removeprefix("/").partition("?")
        assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", page.path), below)
        assert [client().get(prefix + path).status_code for prefix in ("", "/en")] == [200, 200]


def test_no_two_pages_have_the_same_address() -> None:
    """Nor two that differ only in what a part of the address is called."""
    addresses = [re.sub(r"\{\w+\}", "{}", page.path) for page in pages().values()]
    assert sorted(set(addresses)) == sorted(addresses)


def test_every_page_leads_to_those_of_the_navigation() -> None:
    """In their order, in the language of the page; the one that is shown says so."""
    for language, prefix in zip(LANGUAGES, ("/", "/en/"), strict=True):
        links = [f"{prefix}{path}" for path in navigation().values()]
        for shown, link in zip(navigation(), links, strict=True):
            [bar] = re.findall(r'<nav class="pages".*?</nav>', client().get(link).text, re.DOTALL)
            assert re.findall(r'href="([^"]*)"', bar) == links
            assert re.findall(r'href="([^"]*)" aria-current="page"', bar) == [f"{prefix}{navigation()[shown]}"]
            assert f">{sentences(language)[f'page_nav_{shown}']}<" in bar


def test_the_pages_of_the_navigation() -> None:
    """What people look for first stands first."""
    assert list(navigation())[:3] == ["overview", "rooms", "devices"]


@pytest.mark.parametrize("path", SAMPLES)
def test_the_language_link_leads_to_the_same_page(path: str) -> None:
    """There and back again."""
    english = re.search(r'<a href="([^"]+)" lang="en"', client().get(path).text)
    assert english is not None
    assert asked(english[1]) == asked(f"/en{path}")
    swedish = re.search(r'<a href="([^"]+)" lang="sv"', client().get(unescape(english[1])).text)
    assert swedish is not None
    assert asked(swedish[1]) == asked(path)


def test_english_without_its_slash() -> None:
    """`/en` is what people type."""
    answer = client().get("/en")
    assert (answer.status_code, answer.headers["location"]) == (308, "/en/")


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_safe(path: str) -> None:
    """No script, no style and no picture from elsewhere may run, and a status never comes out of a cache."""
    answer = client().get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in answer.text
    assert " style=" not in answer.text


def test_only_own_files_are_asked_for() -> None:
    """A school's firewall, or a reader's privacy, has nothing to fear."""
    html = client().get("/").text
    assert set(re.findall(r'(?:src|href)="(https?:[^"]*)"', html)) == set()


def test_static_files_are_kept_and_checked() -> None:
    """For long, as the address changes with the content; asked again, nothing is sent twice."""
    answer = client().get(static_address("site.css"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = client().get(static_address("site.css"), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_nothing_but_static_files_is_served() -> None:
    """Not the templates beside them."""
    assert client().get("/static/../templates/base.html").status_code == 404
    assert client().get("/static/%2e%2e/templates/base.html").status_code == 404


def test_what_operators_write_is_escaped() -> None:
    """A school may be called anything."""
    odd = school(name="<script>alert(1)</script>")
    made = snapshot(verdict(finding(), of=odd, about=sitting(of=odd)), devices=[device(label="<b>x</b>")])
    for path in samples(made):
        html = client(made).get(path).text
        assert "<script>" not in html
        assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client(made).get("/").text


def test_the_query_is_escaped() -> None:
    """What a reader is lured to ask for cannot leave its place."""
    answer = client().get('/?school="><script>alert(1)</script>&page=x&status="')
    assert answer.status_code == 200
    assert "<script>" not in answer.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "9" * 400, "99999"])
def test_a_page_number_that_is_none(page: str) -> None:
    """Gives a page, never an error."""
    assert client().get("/", params={"page": page}).status_code == 200


def test_status_is_words_and_symbol_beside_colour() -> None:
    """The words are there for everybody, the symbol is hidden from a screen reader that has just read the words."""
    made = snapshot(verdict(finding(status=Status.UNKNOWN)))
    html = client(made).get("/").text
    [row] = re.findall(r'<article class="row.*?</article>', html, re.DOTALL)
    assert 'class="badge badge-unknown"><svg class="symbol"' in row
    assert "Vet inte än" in row
    assert "ready" not in row
    assert "Redo" not in row


def test_a_sitting_tells_its_story() -> None:
    """From the verdict to how it is known, in reading order."""
    bad = finding(status=Status.NOT_READY, headroom=0.6)
    seen = text(client(snapshot(verdict(bad))).get("/sittings/ek-9-ma").text)
    parts = [
        "Ekskolan Matematik",
        "Inte redo",
        "Som det är nu kan inte alla 52 elever",
        "Saknas 40 %",
        "Att åtgärda",
        "46,8\u00a0Mbit/s",
        "Beställ en snabbare linje.",
        "Bygger på 240 mätningar",
    ]
    places = [seen.find(" ".join(part.split())) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere", 404, "Sidan finns inte"),
        ("/sittings/gone", 404, "Sidan finns inte"),
        ("/en/nowhere", 404, "There is no such page"),
        ("/en/sittings/gone", 404, "There is no such page"),
        ("/broken", 500, "Något gick fel hos oss"),
    ],
)
def test_errors_in_plain_words(path: str, status: int, words: str) -> None:
    """What happened and what to do; nothing from inside."""
    answer = client().get(path)
    assert answer.status_code == status
    assert words in text(answer.text)
    assert "secret" not in answer.text


@pytest.mark.parametrize(("path", "status", "code"), [("/api/nowhere", 404, "not_found"), ("/api/broken", 500, None)])
def test_errors_for_programs(path: str, status: int, code: str | None) -> None:
    """A program gets a `Problem`, never a page."""
    answer = client().get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code or "internal_server_error")
    assert "secret" not in answer.text


def test_pages_can_only_be_read() -> None:
    """And the answer says which methods there are."""
    answer = client().post("/")
    assert (answer.status_code, "GET" in answer.headers["allow"]) == (405, True)
    assert "Så går det inte att göra" in answer.text


def test_a_page_shows_what_the_snapshot_holds_now() -> None:
    """Each request reads the newest snapshot: nothing is kept between them."""
    current = [snapshot(verdict(finding(headroom=1.8)))]
    app = Starlette(routes=routes_of_pages.routes(lambda: current[0], lambda: NOW))
    assert "Räcker 1,8 gånger" in Client(app).get("/").text
    worse = changed(current[0].verdicts[0], status=Status.NOT_READY, headroom=0.5)
    current[0] = msgspec.structs.replace(current[0], verdicts=[worse])
    assert "Saknas 50 %" in Client(app).get("/").text
