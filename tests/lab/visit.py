"""A pupil's whole visit to /prob in Chromium: `python -m tests.lab.visit ADDRESS`, started inside a namespace.

Writes the device's id, the headline of the answer, what the browser's console complained of, and over which time each
rate was made, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import expect

from tests.lab.page_spans import note_spans, spans
from tests.support.collectors import ROOM, SCHOOL, Place
from tests.support.shown_pages import CHROMIUM, chromium
from tests.support.web_visits import visitor

MEASURED_MS = 90_000


def main() -> None:
    """Opens the page by the room's link, presses a key, hears the tone, and stays until the line is measured."""
    with chromium(program=CHROMIUM) as browser, visitor(browser, Place(Path("nowhere"))) as pupil:
        note_spans(pupil.page.context)
        pupil.page.goto(f"{sys.argv[1]}/prob?skola={SCHOOL}&sal={ROOM}")
        pupil.begins()
        pupil.answers()
        expect(pupil.page.locator('[data-check="line"] .state')).to_have_text("klart", timeout=MEASURED_MS)
        headline = pupil.reads_an_answer()
        told = {"device": pupil.device_id(), "headline": headline, "complaints": pupil.complaints}
        print(json.dumps(told | {"steady": spans(pupil.page)}))


if __name__ == "__main__":
    main()
