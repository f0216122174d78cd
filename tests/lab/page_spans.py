"""Over which time a page of the web probe made each rate, noted by what its module gets on its way to the browser.

The page tells no such thing: only who knows what the line carried meanwhile can do something with it.
"""

from __future__ import annotations

import time

from playwright.sync_api import BrowserContext, Page, Route

from tests.lab.carried import Span, Way

MODULE = "**/throughput.js*"
MADE, NOTED = "function sure(", "function made("
NOTING = """
function sure(direction, rule, timeline, toS = timeline.endS) {
  const found = made(direction, rule, timeline, toS);
  (globalThis.steady ??= {})[direction] = [found.steadyFromS, toS];
  return found;
}
"""
TOLD = "() => [globalThis.steady ?? {}, performance.timeOrigin / 1000]"


def note_spans(context: BrowserContext) -> None:
    """From now on, on all pages of that context."""
    context.route(MODULE, _with_a_note)


def spans(page: Page) -> dict[Way, Span]:
    """What was noted, by the machine's monotonic clock: down the page counted by its own, up the receiver by this."""
    noted, began_s = page.evaluate(TOLD)
    behind_s = began_s - (time.time() - time.monotonic())
    found: dict[Way, Span] = {}
    if "down" in noted:
        found["down"] = Span(*(moment_s + behind_s for moment_s in noted["down"]))
    if "up" in noted:
        found["up"] = Span(*noted["up"])
    return found


def _with_a_note(route: Route) -> None:
    answer = route.fetch()
    module = answer.text()
    assert module.count(MADE) == 1, "the module makes its rates in another way now"
    route.fulfill(response=answer, body=module.replace(MADE, NOTED) + NOTING)
