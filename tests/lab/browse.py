"""A browser that measures: `python -m tests.lab.browse PAGE`, started inside a namespace.

It writes `ready`, and for each line of its standard input, which is the argument of a measurement, one line: the
result, and over which time each rate was made, as JSON. Each has a page of its own, as of a browser just opened.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import Any

from playwright.sync_api import Page

from tests.lab.page_spans import note_spans, spans
from tests.support.measuring_pages import called
from tests.support.shown_pages import CHROMIUM, chromium

DEADLINE_MS = 120_000


def main() -> None:
    """Until standard input ends."""
    with chromium(program=CHROMIUM) as browser:
        print("ready", flush=True)
        for asked in sys.stdin:
            with closing(browser.new_context()) as context:
                print(json.dumps(_measured(context.new_page(), sys.argv[1], json.loads(asked))), flush=True)


def _measured(page: Page, address: str, argument: Any) -> Any:
    page.set_default_timeout(DEADLINE_MS)
    note_spans(page.context)
    page.goto(address)
    return {**called(page, "measure.js", "measure", argument), "steady": spans(page)}


if __name__ == "__main__":
    main()
