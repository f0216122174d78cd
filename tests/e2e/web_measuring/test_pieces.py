"""What only the browser does: an upload in pieces, laid behind each other on the receiver's clock."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page

from agent.throughput.timeline import Lane
from tests.support.measuring_pages import bare_page, page_app
from tests.support.samples_of_lines import lanes
from tests.support.serving import served
from tests.support.shown_pages import HEADLESS, chromium

pytestmark = pytest.mark.needs(HEADLESS)

JOINED = """async ([lanes, tookS]) => {
  const {joined} = await import("/modules/counts.js");
  try {
    const whole = joined(lanes.map(([startS, marks]) => ({startS, marks})), tookS);
    return [whole.startS, whole.marks];
  } catch (error) { return error.code; }
}"""
RECEIVING = """async ([lanes, fromS]) => {
  const {receivingS} = await import("/modules/counts.js");
  return receivingS(lanes.map(([startS, marks]) => ({startS, marks})), fromS);
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A bare page in Debian's Chromium. Gone with its module: Playwright occupies the thread's event loop."""
    with served(page_app()) as address, chromium() as browser, bare_page(browser, address) as opened:
        yield opened


def behind_each_other(seed: int) -> list[Lane]:
    """Pieces of one connection, with pauses between them."""
    drawn, moment_s, made = random.Random(seed), 50.0, []
    for piece in next(lanes(seed, 1)):
        moment_s += drawn.uniform(0.0, 0.2)
        shifted = [(moment_s + (at_s - piece.start_s), total) for at_s, total in piece.marks]
        made.append(Lane(moment_s, shifted))
        moment_s = shifted[-1][0]
    return made


def joined(page: Page, pieces: list[Lane], took_s: float = 1_000.0) -> Any:
    """What the browser makes of them."""
    return page.evaluate(JOINED, [pieces, took_s])


@pytest.mark.parametrize("seed", range(20))
def test_pieces_become_one_connection(page: Page, seed: int) -> None:
    """Every byte counts at its own moment, and between the pieces nothing does."""
    pieces = behind_each_other(seed)
    start_s, marks = joined(page, pieces)
    assert start_s == pieces[0].start_s
    wanted, before = [], 0
    for number, piece in enumerate(pieces):
        wanted += [(piece.start_s, before)] if number else []
        wanted += [(moment_s, before + total) for moment_s, total in piece.marks]
        before = wanted[-1][1]
    assert [tuple(mark) for mark in marks] == wanted
    assert all(earlier <= later for (earlier, _), (later, _) in pairwise(wanted))


def test_pieces_that_one_clock_did_not_count(page: Page) -> None:
    """In another order than they were sent, or for longer than it all took."""
    pieces = behind_each_other(3)
    assert len(pieces) > 1
    assert joined(page, pieces[::-1]) == "up_impossible_count"
    counted_s = pieces[-1].end_s - pieces[0].start_s
    assert joined(page, pieces, counted_s - 0.6) == "up_impossible_count"
    assert joined(page, pieces, counted_s) != "up_impossible_count"


@pytest.mark.parametrize("seed", range(10))
def test_how_long_something_arrived(page: Page, seed: int) -> None:
    """As counted by looking at every millisecond."""
    drawn = random.Random(seed)
    many = [
        Lane(50.0, [(50.0 + n * 0.03 * drawn.uniform(0.99, 1.0), n // 2 * 1_000) for n in range(1, 60)])
        for _ in range(2)
    ]
    from_s, until_s = 50.3, 52.0
    spans = [
        (earlier[0], later[0])
        for lane in many
        for earlier, later in pairwise([(lane.start_s, 0), *lane.marks])
        if later[1] > earlier[1]
    ]
    looked = [from_s + step / 1_000 for step in range(int((until_s - from_s) * 1_000))]
    seen_s = sum(any(begin_s < at_s <= end_s for begin_s, end_s in spans) for at_s in looked) / 1_000
    assert page.evaluate(RECEIVING, [many, from_s]) == pytest.approx(seen_s, abs=0.05)
    assert 0.2 < seen_s < until_s - from_s
