"""A collector that is reached by plain http: browsers tell less then, nobody is refused, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.collectors import ROOM, SCHOOL, serving
from tests.support.shown_pages import HEADLESS, chromium
from tests.support.web_visits import said, visitor, web_place

pytestmark = pytest.mark.needs(HEADLESS)

NAME = "provklar.test"
CHROMEBOOK = "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium that finds the collector under a name of its own: this machine itself would count as secure."""
    with chromium(f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as started:
        yield started


def test_a_visit_by_plain_http(browser: Browser, tmp_path: Path) -> None:
    """The version is reduced and so not known, and the answer says what to do about it; the rest is found out."""
    place = web_place(tmp_path)
    place.replace("collector.yaml", "\nlisten:", f"\npublic_url: http://{NAME}:{place.port}\nlisten:")
    with serving(place), visitor(browser, place, user_agent=f"{CHROMEBOOK} Chrome/142.0.0.0 Safari/537.36") as pupil:
        pupil.page.goto(f"http://{NAME}:{place.port}/prob?skola={SCHOOL}&sal={ROOM}")
        assert pupil.page.evaluate("[isSecureContext, 'userAgentData' in navigator]") == [False, False]
        pupil.begins()
        pupil.answers()
        assert pupil.reads_an_answer() == "Vet inte än om den här datorn är redo"
        reason = pupil.page.locator("#findings li").first.inner_text()
        assert "Öppna sidan med https" in reason
        # The pages ask to be kept apart from others, which a browser does over https only, and says so.
        assert [one for one in pupil.complaints if "Cross-Origin-Opener-Policy" not in one] == []
        found = said(place, pupil.device_id())
    assert (found["browsers"].facts["chrome_version"], found["browsers"].missing["chrome_version"]) == (
        None,
        "version_reduced",
    )
    assert found["device"].facts["screen_width_px"] == 1920
    assert found["latency"].status == "ok"
