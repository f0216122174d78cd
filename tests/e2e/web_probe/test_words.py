"""The probe's page says words in number as the rest of the product does, in Chromium."""

from __future__ import annotations

import pytest

from collector.i18n.formatting import phrase
from collector.i18n.messages import LANGUAGES, sentences
from collector.web.rendering import STATIC
from tests.support.shown_pages import HEADLESS, chromium

pytestmark = pytest.mark.needs(HEADLESS)

VIEW = STATIC.parents[1] / "web_probe" / "static" / "view.js"
SAID = """async ([source, words, language, values]) => {
  const {View} = await import("data:text/javascript," + encodeURIComponent(source));
  const view = new View(document, {said: words}, language);
  return values.map((minutes) => view.sentence("said", {minutes}));
}"""
MINUTES = (1, 2, 1.5, 0, 11)


def test_one_minute_is_one() -> None:
    """By what the reader sees, in both languages."""
    with chromium() as browser:
        page = browser.new_page()
        for language in LANGUAGES:
            words = sentences(language)["probe_say_value_clock"]
            said = page.evaluate(SAID, [VIEW.read_text("utf-8"), words, language, list(MINUTES)])
            assert said == [phrase(language, "probe_say_value_clock", minutes=one) for one in MINUTES]
