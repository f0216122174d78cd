"""The same question to both kinds of measurement point gets the same answer: one protocol, two transports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import NamedTuple

import httpx
import pytest

from collector.configuration.model import Measurement
from tests.support.measurement_points import Point, bearing, in_a_collector, of_its_own, ticket

OURS = {"origin": "https://provklar.example.se"}
OTHERS = {"origin": "https://another.example"}
THE_TRANSPORTS_OWN = {"date", "server", "connection", "cache-control"}
"""Headers in which they may differ. Neither lets an answer be kept; a process of its own says so of each."""


class Told(NamedTuple):
    """An answer, without what no two are alike in."""

    status: int
    headers: Mapping[str, str]
    body: str


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Point, Point]]:
    """One in a collector and one of its own, with the same bounds."""
    bounds = Measurement(allowed_origins=[OURS["origin"]], bytes_per_ticket=1_000_000)
    with ExitStack() as running:
        folders = tmp_path_factory.mktemp("collector"), tmp_path_factory.mktemp("own")
        collector = running.enter_context(in_a_collector(folders[0], bounds))
        yield collector, running.enter_context(of_its_own(folders[1], bounds))


def told(point: Point, method: str, path: str, headers: Mapping[str, str], content: bytes | None) -> Told:
    """What that point answers. Times, and bytes that are never alike, count by their number."""
    answer = httpx.request(
        method, f"{point.url}/measure/v1/{path}", headers=headers, content=content, trust_env=False, timeout=30
    )
    kept = {name: value for name, value in answer.headers.items() if name not in THE_TRANSPORTS_OWN}
    body = re.sub(r'("(?:started_s|until_s)":)[-0-9.e]+', r"\1T", answer.text)
    if path == "counts" and answer.is_success:
        body = "the runs"
    if answer.headers.get("content-type") == "application/octet-stream":
        body = f"{len(answer.content)} bytes"
    elif body != answer.text:
        del kept["content-length"]
    return Told(answer.status_code, kept, re.sub(r"ended at [^U]*UTC", "ended at T", body))


GOOD = bearing(ticket(seconds=3_600))
CASES = {
    "ping": ("GET", "ping", GOOD, None),
    "ping for our page": ("GET", "ping", GOOD | OURS, None),
    "ping for another page": ("GET", "ping", GOOD | OTHERS, None),
    "down": ("GET", "down?bytes=1000", GOOD, None),
    "down despite loss": ("GET", "down?bytes=1000&congestion=bbr", GOOD, None),
    "down for our page": ("GET", "down?bytes=1000", GOOD | OURS, None),
    "down of no number": ("GET", "down?bytes=many", GOOD, None),
    "down of nothing": ("GET", "down", GOOD, None),
    "up": ("POST", "up", GOOD, b"x" * 5),
    "up of nothing": ("POST", "up", GOOD, b""),
    "up for our page": ("POST", "up", GOOD | OURS, b"x" * 5),
    "up of too much": ("POST", "up", bearing(ticket("d-2")), b"x" * 1_000_001),
    "our page asks first": ("OPTIONS", "up", OURS, None),
    "another page asks first": ("OPTIONS", "up", OTHERS, None),
    "no ticket": ("GET", "ping", {}, None),
    "no ticket from our page": ("GET", "down?bytes=5", OURS, None),
    "no ticket of that kind": ("GET", "ping", {"authorization": "Basic abc"}, None),
    "a ticket of another authority": (
        "GET", "ping", bearing(ticket(secret=b"another secret of the same length")), None,
    ),
    "an old ticket": ("GET", "ping", bearing(ticket(seconds=-1)), None),
    "the collector's own question": ("GET", "counts", bearing(ticket(purpose="counts")), None),
    "the collector's question by a device": ("GET", "counts", GOOD, None),
    "a ticket for round trips": ("GET", "down?bytes=5", bearing(ticket(purpose="round_trips")), None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_both_answer_alike(both: tuple[Point, Point], case: str) -> None:
    """Status, headers and body."""
    method, path, headers, content = CASES[case]
    collector, own = (told(point, method, path, headers, content) for point in both)
    named = "origin" in headers
    if not named and "vary" in collector.headers:  # the collector says of every answer that it depends on who asks
        collector = collector._replace(headers={n: v for n, v in collector.headers.items() if n != "vary"})
    assert collector == own
