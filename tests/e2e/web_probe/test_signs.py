"""The sheet of signs, read by another program than the one that made the codes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.collectors import SCHOOL, Place
from tests.support.shown_pages import HEADLESS, Scheme, opened

pytestmark = pytest.mark.needs(HEADLESS)

ROOMS = {"A101", "A102", "A103", "B201", "B202", "Aula"}


@pytest.mark.needs("zbarimg")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_camera_reads_every_code(browser: Browser, place: Place, tmp_path: Path, scheme: Scheme) -> None:
    """Off a picture of the page, by day and in the dark: each leads to its own room."""
    page = opened(browser, f"{place.url}/prob/skylt?skola={SCHOOL}", scheme=scheme)
    picture = tmp_path / "signs.png"
    page.screenshot(path=picture, full_page=True)
    links = {str(link.get_attribute("href")) for link in page.locator(".link a").all()}
    page.context.close()
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "--nodbus", str(picture)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert set(read.stdout.split()) == links
    assert links == {f"{place.url}/prob?skola={SCHOOL}&sal={room}" for room in ROOMS}


def test_signs_on_paper(browser: Browser, place: Place) -> None:
    """Printed, the codes stay and what only a screen can use goes away; no sign is torn over two sheets."""
    page = opened(browser, f"{place.url}/prob/skylt?skola={SCHOOL}", scheme="dark")
    page.emulate_media(media="print")
    assert page.locator(".code svg").first.is_visible()
    assert not page.get_by_role("link", name="Enheter", exact=True).is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.sign')).breakInside") == "avoid"
    page.context.close()


def test_a_school_that_is_not_there_has_no_signs(browser: Browser, place: Place) -> None:
    """And says so as a page."""
    page = opened(browser, f"{place.url}/prob/skylt?skola=12345678")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus") == 404
    page.context.close()
