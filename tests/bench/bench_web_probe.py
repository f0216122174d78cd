"""What the web probe's page weighs before it measures, and how soon a pupil can begin, in Chromium on this machine.

There is no peer of the same purpose to be had here: the goal is the design's own, 100 kB before measuring.
"""

from __future__ import annotations

import statistics
from typing import Any

from playwright.sync_api import Browser

from tests.bench.benchmark import Context, Figures, Outcome
from tests.support.collectors import ROOM, SCHOOL, Place, place_in, serving
from tests.support.shown_pages import CHROMIUM, chromium

GOAL_BYTES = 100_000
OPENINGS, QUICK_OPENINGS = 20, 2


def run(context: Context) -> Outcome:
    """Opens the page as a browser that was never here, over and over."""
    place = place_in(context.folder)
    openings = QUICK_OPENINGS if context.quick else OPENINGS
    with serving(place), chromium(program=CHROMIUM) as browser:
        found = [_opened(browser, place) for _ in range(openings)]
    context.say(f"opened {openings} times")
    heaviest = max(found, key=lambda one: one["bytes_with_measuring"])
    ours: Figures = {
        "bytes_to_begin": heaviest["bytes_to_begin"],
        "bytes_before_measuring": heaviest["bytes_with_measuring"],
        "requests": heaviest["requests"],
        "goal_bytes": GOAL_BYTES,
        "begin_p50_ms": round(statistics.median(one["begin_ms"] for one in found), 1),
        "begin_max_ms": round(max(one["begin_ms"] for one in found), 1),
    }
    return Outcome(ours=ours, peers=None, ratio=None, how=HOW)


HOW = (
    "bytes_to_begin: all that came over the network, headers included, until the button that begins can be pressed; "
    "bytes_before_measuring: that and the scripts that measure; begin_ms: from asking for the page until that button "
    "shows, with an empty cache, over loopback. No peer: Skolverket's own test pages can not be reached from here."
)


def _opened(browser: Browser, place: Place) -> dict[str, float]:
    context = browser.new_context()
    page = context.new_page()
    counted = {"bytes": 0.0, "requests": 0.0}
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def count(finished: dict[str, Any]) -> None:
        counted["bytes"] += finished["encodedDataLength"]
        counted["requests"] += 1

    session.on("Network.loadingFinished", count)
    page.goto(f"{place.url}/prob?skola={SCHOOL}&sal={ROOM}", wait_until="commit")
    page.locator("#begin").wait_for()
    begin_ms = float(page.evaluate("performance.now()"))
    page.wait_for_load_state("networkidle")
    to_begin = counted["bytes"]
    page.evaluate("import(new URL('measure.js', document.querySelector('script[type=module]').src))")
    page.wait_for_load_state("networkidle")
    context.close()
    return {
        "bytes_to_begin": to_begin,
        "bytes_with_measuring": counted["bytes"],
        "requests": counted["requests"],
        "begin_ms": begin_ms,
    }
