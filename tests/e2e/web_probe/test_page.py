"""The page itself: accessible, light and safe; by keyboard, on a phone, in the dark, in two languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from tests.support.collectors import ROOM, SCHOOL, Place, until
from tests.support.shown_pages import HEADLESS, Scheme, opened
from tests.support.web_visits import Visitor, visitor

pytestmark = pytest.mark.needs(HEADLESS)

LINK = f"prob?skola={SCHOOL}&sal={ROOM}"
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WCAG_22_AA = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
LIGHT_BYTES = 100_000


def accessible(page: Page) -> None:
    """Axe finds nothing by day and in the dark, and nothing is wider than the screen."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour half way
        found = Axe().run(page, options=WCAG_22_AA)
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "language"), [(320, ""), (820, "en/"), (1280, "")])
def test_axe_finds_nothing_at_any_point_of_a_visit(browser: Browser, place: Place, width: int, language: str) -> None:
    """Before it begins, at each question, and at the answer; phone, tablet and laptop."""
    begin, play, yes = ("Begin", "Play a tone", "Yes") if language else ("Börja", "Spela en ton", "Ja")
    size: dict[str, Any] = {"viewport": {"width": width, "height": 800}, "screen": {"width": width, "height": 800}}
    with visitor(browser, place, **size) as pupil:
        pupil.opens(f"/{language}{LINK}")
        accessible(pupil.page)
        pupil.page.get_by_role("button", name=begin).click()
        expect(pupil.page.locator("#question-keyboard")).to_be_visible()
        accessible(pupil.page)
        pupil.page.keyboard.press("a")
        expect(pupil.page.locator("#question-sound")).to_be_visible()
        pupil.page.get_by_role("button", name=play).click()
        expect(pupil.page.get_by_role("button", name=yes, exact=True)).to_be_visible()
        accessible(pupil.page)
        pupil.page.get_by_role("button", name=yes, exact=True).click()
        expect(pupil.page.locator("#answer")).to_be_visible(timeout=60_000)
        accessible(pupil.page)
        assert pupil.complaints == []


@pytest.mark.parametrize(
    "path", ["prob", f"prob?skola={SCHOOL}&sal=Z9", "prob?skola=12345678", f"prob/skylt?skola={SCHOOL}"]
)
@pytest.mark.parametrize("language", ["", "en/"])
def test_axe_finds_nothing_on_the_pages_around(browser: Browser, place: Place, path: str, language: str) -> None:
    """The form, its faults, and the signs."""
    for width in (320, 1280):
        page = opened(browser, f"{place.url}/{language}{path}", width=width)
        accessible(page)
        page.context.close()


def test_a_visit_by_keyboard_alone(browser: Browser, place: Place) -> None:
    """Tab, Enter and Space; the focus goes where the page goes on, and the answer is read out."""
    with visitor(browser, place) as pupil:
        page = pupil.page
        pupil.opens()
        tab_to(page, "Börja")
        page.keyboard.press("Enter")
        expect(page.locator("#question-keyboard")).to_be_visible()
        assert focused_id(page) == "keyboard-title"
        page.keyboard.press("Shift")
        expect(page.locator("#question-sound")).to_be_visible()
        assert focused_id(page) == "sound-title"
        tab_to(page, "Spela en ton")
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Ja", exact=True)).to_be_visible()
        tab_to(page, "Ja")
        page.keyboard.press("Enter")
        assert pupil.reads_an_answer() == "Den här datorn är redo"
        until(lambda: focused_id(page) == "headline")
        expect(page.get_by_role("status")).to_contain_text("Klart. Den här datorn är redo.")


def tab_to(page: Page, words: str) -> None:
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == words:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"{words} was not reached")


def focused_id(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_progress_is_said(browser: Browser, place: Place) -> None:
    """In a region that screen readers read when they are free."""
    with visitor(browser, place) as pupil:
        pupil.opens()
        pupil.begins()
        region = pupil.page.get_by_role("status")
        assert region.get_attribute("id") == "said"
        pupil.context.set_offline(True)
        pupil.answers()
        expect(region).to_contain_text("Svaret är sparat")


def test_a_typed_code(browser: Browser, place: Place) -> None:
    """Wrong ones are told in clear words beside the field; right ones lead on, in capitals or not, by id or by name."""
    page = opened(browser, f"{place.url}/prob")
    for school, room, words in (
        ("12345678", "A101", "Det finns ingen skola med koden 12345678."),
        (SCHOOL, "Z9", "Skolan har ingen sal som heter Z9."),
    ):
        page.get_by_label("Skolkod").fill(school)
        page.get_by_label("Sal", exact=True).fill(room)
        page.get_by_role("button", name="Fortsätt").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
        wrong = page.locator("[aria-invalid=true]")
        expect(wrong).to_have_accessible_description(re.compile(re.escape(words)))
    page.get_by_label("Sal", exact=True).fill("hemklassrum 9b")
    page.get_by_role("button", name="Fortsätt").click()
    expect(page.get_by_role("button", name="Börja")).to_be_visible()
    expect(page.get_by_text("Björkskolan, Hemklassrum 9B")).to_be_visible()
    page.context.close()


def test_what_a_link_says_is_only_text(browser: Browser, place: Place) -> None:
    """Whatever it is."""
    page = opened(browser, f"{place.url}/prob?skola={SCHOOL}&sal=<img src=x onerror=alert(1)>")
    expect(page.get_by_role("alert")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("main img").count() == 0
    page.context.close()


def test_without_javascript(browser: Browser, place: Place) -> None:
    """The page says what it needs, and offers nothing that would not work; with it, nobody reads that."""
    page = opened(browser, f"{place.url}/{LINK}", javascript=False)
    needs = page.get_by_text("Den här sidan behöver JavaScript")
    expect(needs).to_be_visible()
    expect(page.get_by_role("button", name="Börja")).to_be_hidden()
    page.context.close()
    page = opened(browser, f"{place.url}/{LINK}")
    expect(page.get_by_role("button", name="Börja")).to_be_visible()
    expect(page.get_by_text("Den här sidan behöver JavaScript")).to_be_hidden()
    page.context.close()


def weight(pupil: Visitor) -> dict[str, Any]:
    """Counts what comes over the network from now on, headers included: `bytes` and `requests`."""
    counted: dict[str, Any] = {"bytes": 0, "requests": 0}
    session = pupil.context.new_cdp_session(pupil.page)
    session.send("Network.enable")

    def count(finished: dict[str, Any]) -> None:
        counted["bytes"] += finished["encodedDataLength"]
        counted["requests"] += 1

    session.on("Network.loadingFinished", count)
    return counted


def test_the_page_is_light(browser: Browser, place: Place) -> None:
    """At most 100 kB over the network before anything is measured: the page, its styles and all of its scripts, those
    that measure included. By the browser's own count.
    """
    with visitor(browser, place) as pupil:
        counted = weight(pupil)
        pupil.opens()
        pupil.page.wait_for_load_state("networkidle")
        before = counted["bytes"]
        pupil.page.evaluate("import(new URL('measure.js', document.querySelector('script[type=module]').src))")
        pupil.page.wait_for_load_state("networkidle")
        assert counted["requests"] > 20
        assert 5_000 < before < counted["bytes"] <= LIGHT_BYTES


def test_it_asks_nobody_else(browser: Browser, place: Place) -> None:
    """Every request of a whole visit goes to the collector, and nothing is refused by the page's own policy."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    with visitor(browser, place) as pupil:
        pupil.page.on("request", note)
        pupil.visits()
        assert pupil.complaints == []
        assert {url.split("/")[2] for url in asked} == {f"127.0.0.1:{place.port}"}
        policy = pupil.page.request.get(f"{place.url}/{LINK}").headers["content-security-policy"]
        inline = pupil.page.locator("script:not([src])").count() + pupil.page.locator("[style], style").count()
    assert "script-src 'self'; connect-src 'self' http://127.0.0.1:" in policy
    assert "unsafe" not in policy
    assert inline == 0


def test_no_storage_of_anything_else(browser: Browser, place: Place) -> None:
    """A number, a token, a queue: no cookie, and nothing about whoever sits there."""
    with visitor(browser, place) as pupil:
        pupil.visits()
        assert pupil.context.cookies() == []
        assert set(pupil.page.evaluate("Object.keys(localStorage)")) == {"provklar.identity", "provklar.outbox"}
        assert set(pupil.kept("identity")) == {"deviceId", "token", "school"}


def test_a_closed_page(browser: Browser, place: Place) -> None:
    """Says so, and takes nobody in."""
    place.replace("collector.yaml", "\nlisten:", "\nweb_probe: {enabled: false}\nlisten:")
    try:
        until(lambda: "stängd" in _text(browser, f"{place.url}/{LINK}"))
        with visitor(browser, place) as pupil:
            pupil.opens()
            assert pupil.page.get_by_role("button", name="Börja").count() == 0
            answer = pupil.page.request.post(f"{place.url}/api/v1/web-devices", data={"school": SCHOOL, "room": ROOM})
            assert (answer.status, answer.json()["code"]) == (403, "web_probe_closed")
    finally:
        place.replace("collector.yaml", "\nweb_probe: {enabled: false}", "")


def _text(browser: Browser, address: str) -> str:
    page = opened(browser, address)
    text = page.locator("main").inner_text()
    page.context.close()
    return text
