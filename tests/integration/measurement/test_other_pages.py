"""Pages of other servers at both kinds of measurement point: let in when they are named, and never without a ticket."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from collector.configuration.model import Measurement
from tests.support.measurement_points import Point, ticket
from tests.support.processes import BIN

Start = Callable[[Measurement], Point]
OURS, OTHER = "https://provklar.example.se", "https://another.example"


@pytest.fixture(scope="module")
def welcoming(start_once: Start) -> Point:
    """A measurement point that lets pages of one server in."""
    return start_once(Measurement(allowed_origins=[f"{OURS}/prob"]))


@pytest.fixture
def client(welcoming: Point) -> Iterator[httpx.Client]:
    """The holder of a ticket there."""
    with welcoming.client() as client:
        yield client


def asked_first(client: httpx.Client, path: str, origin: str) -> httpx.Response:
    """What a browser asks before it sends a ticket to another server."""
    headers = {
        "origin": origin,
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
    }
    del client.headers["authorization"]
    return client.options(path, headers=headers)


@pytest.mark.parametrize("path", ["/ping", "/down", "/up"])
def test_a_browser_that_asks_first(client: httpx.Client, path: str) -> None:
    """May send a ticket from our pages; needs none to ask."""
    told = asked_first(client, path, OURS)
    assert (told.status_code, told.content) == (204, b"")
    assert told.headers["access-control-allow-origin"] == OURS
    assert "authorization" in told.headers["access-control-allow-headers"]
    assert set(told.headers["access-control-allow-methods"].split(", ")) == {"GET", "POST"}
    assert int(told.headers["access-control-max-age"]) > 60


@pytest.mark.parametrize("path", ["/ping", "/down?bytes=1000", "/up"])
def test_another_page(client: httpx.Client, path: str) -> None:
    """Is told nothing, whether it asks or not."""
    answers = [
        client.request("POST" if path == "/up" else "GET", path, headers={"origin": OTHER}),
        asked_first(client, path, OTHER),
    ]
    for answer in answers:
        assert answer.is_success
        assert answer.headers["vary"].lower() == "origin"
        assert not [name for name in answer.headers if name.startswith(("access-control", "timing-allow"))]


def test_our_page_may_read_every_answer(client: httpx.Client) -> None:
    """And its timing and its length."""
    down = client.get("/down", params={"bytes": 1_000}, headers={"origin": OURS})
    up = client.post("/up", content=b"x" * 1_000, headers={"origin": OURS})
    ping = client.get("/ping", headers={"origin": OURS})
    for answer in (down, up, ping):
        assert answer.headers["access-control-allow-origin"] == OURS
        assert answer.headers["timing-allow-origin"] == OURS
        assert "content-length" in answer.headers["access-control-expose-headers"]
    assert (len(down.content), up.json()["bytes"], ping.status_code) == (1_000, 1_000, 204)


def test_a_refusal_can_be_read_too(client: httpx.Client) -> None:
    """So that the page can say why; asking first is no way round the ticket."""
    assert asked_first(client, "/down", OURS).status_code == 204
    for path in ("/ping", "/down?bytes=10"):
        refused = client.get(path, headers={"origin": OURS})
        assert (refused.status_code, refused.json()["code"]) == (401, "ticket_missing")
        assert refused.headers["access-control-allow-origin"] == OURS
        assert "access-control-allow-methods" not in refused.headers
    wrong = client.get(
        "/down?bytes=10", headers={"origin": OURS, "authorization": f"Bearer {ticket(purpose='round_trips')}"}
    )
    assert wrong.status_code == 403
    assert wrong.headers["access-control-allow-origin"] == OURS


def test_agents_are_told_nothing_of_pages(client: httpx.Client) -> None:
    """They name no page."""
    assert not [name for name in client.get("/ping").headers if name.startswith("access-control")]


def test_an_address_that_names_no_server(tmp_path: Path) -> None:
    """Ends the command with a sentence that says how to write it."""
    secret = tmp_path / "secret"
    secret.write_text("x" * 40)
    command: list[str | Path] = [BIN / "provklar", "measurement-point", "--secret-file", secret]
    command += ["--allowed-origins", "provklar.example.se"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "https://provklar.example.se" in done.stderr


def test_by_default_no_page_of_another_server(start: Start) -> None:
    """Nobody is let in unless somebody named them."""
    with start(Measurement()).client() as client:
        assert "access-control-allow-origin" not in client.get("/ping", headers={"origin": OURS}).headers
        assert asked_first(client, "/ping", OURS).status_code == 204
