"""Opens a page in Chromium and lets it measure: `python -m tests.lab.browse PAGE ARGUMENT`, started inside a namespace.

Writes the result, and over which time each rate was made, as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from playwright.sync_api import Page

from tests.lab.page_spans import note_spans, spans
from tests.support.measuring_pages import called
from tests.support.shown_pages import chromium

DEADLINE_MS = 120_000


def main() -> None:
    """One page, one measurement."""
    address, argument = sys.argv[1], json.loads(sys.argv[2])
    with chromium() as browser:
        print(json.dumps(_measured(browser.new_page(), address, argument)))


def _measured(page: Page, address: str, argument: Any) -> Any:
    page.set_default_timeout(DEADLINE_MS)
    note_spans(page.context)
    page.goto(address)
    return {**called(page, "measure.js", "measure", argument), "steady": spans(page)}


if __name__ == "__main__":
    main()
