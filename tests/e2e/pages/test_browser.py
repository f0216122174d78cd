"""The pages in real Chromium: accessible by axe, by keyboard, on a phone, in the dark, on paper, without JavaScript."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from collector.i18n.messages import sentences
from collector.web.pages import navigation, pages, samples
from tests.support.shown_pages import HEADLESS, Scheme, every_kind, opened

pytestmark = pytest.mark.needs(HEADLESS)

SHOWN = every_kind()
PAGES = [*samples(SHOWN), "/nowhere"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WCAG_22_AA = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def open_all_details(page: Page) -> None:
    """What is folded must be accessible too."""
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")


def focused(page: Page) -> str:
    """The text of what has the focus: of a list of choices the first."""
    return str(page.evaluate("document.activeElement.textContent")).strip().splitlines()[0]


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(browser: Browser, site: str, path: str, language: str) -> None:
    """No violation of WCAG 2.2 AA that a program can find, by day and in the dark: contrast, names, landmarks, order of
    headings, size of targets.
    """
    page = opened(browser, f"{site}{language}{path}")
    open_all_details(page)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour half way
        found = Axe().run(page, options=WCAG_22_AA)
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
    page.context.close()


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_small_phone_scrolls_one_way(browser: Browser, site: str, path: str, language: str) -> None:
    """At 320 px, which is also a laptop at 400 % zoom, nothing is wider than the screen, folded parts included."""
    page = opened(browser, f"{site}{language}{path}", width=320)
    open_all_details(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    beyond = page.evaluate(
        """[...document.querySelectorAll('main *, header *, footer *')]
           .filter(one => one.getBoundingClientRect().right > 320.5 && !one.closest('.unseen'))
           .map(one => one.outerHTML.slice(0, 120))"""
    )
    assert beyond == []
    page.context.close()


def test_axe_on_a_phone(browser: Browser, site: str) -> None:
    """Tables that became cards are still tables to a screen reader."""
    for path in [path for one in pages().values() for path in one.samples(SHOWN)[:2]]:
        page = opened(browser, f"{site}{path}", width=320)
        open_all_details(page)
        found = Axe().run(page, options=WCAG_22_AA)
        assert found.violations_count == 0, found.generate_report()
        page.context.close()
    page = opened(browser, f"{site}/devices?school=10000001", width=320)
    assert page.get_by_role("table").get_by_role("row").count() == 3
    assert page.get_by_role("cell", name="Sal A1").count() == 2
    page.context.close()


def test_the_keyboard_goes_the_way_that_eyes_go(browser: Browser, site: str) -> None:
    """Skip link first, then the product, the pages, the language, the filters; each with a ring that can be seen."""
    page = opened(browser, site)
    order = []
    for _ in range(10 + len(navigation())):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        order.append(focused(page))
    assert order == [
        "Hoppa till innehållet",
        "Provklar",
        *(sentences("sv")[f"page_nav_{name}"] for name in navigation()),
        "English",
        *["Visa bara dessa: Inte redo", "Visa bara dessa: Vet inte än", "Visa bara dessa: På gränsen"],
        "Visa bara dessa: Redo",
        "Alla skolor",
        "Alla lägen",
        "Visa",
    ]
    page.context.close()


def test_the_skip_link_skips(browser: Browser, site: str) -> None:
    """It shows itself when it has the focus, and the next tab is inside the content."""
    page = opened(browser, site)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.context.close()


def test_details_open_by_keyboard(browser: Browser, site: str) -> None:
    """How it is known is one key away."""
    page = opened(browser, f"{site}/sittings/bad")
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("table").first.get_by_text("throughput").first.is_visible()
    page.context.close()


def test_a_room_is_read_and_opened_by_keyboard(browser: Browser, site: str) -> None:
    """Its name belongs to its part of the page, and its numbers are one key away."""
    page = opened(browser, f"{site}/rooms?school=10000001")
    room = page.get_by_role("article", name="Sal A1")
    assert room.get_by_role("definition").count() >= 5
    room.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert room.get_by_role("article", name="Wi-Fi når fram i salen").is_visible()
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    assert headings.index("Aldrig mätta") < headings.index("Salar med mätningar")
    page.context.close()


def test_everything_works_without_javascript(browser: Browser, site: str) -> None:
    """Filter, open a sitting, unfold, change language, go back: a reader with scripts turned off gets there."""
    page = opened(browser, site, javascript=False)
    page.get_by_label("Skola", exact=True).select_option("Ekskolan")
    page.get_by_label("Läge", exact=True).select_option("Inte redo")
    page.get_by_role("button", name="Visa", exact=True).click()
    assert page.url == f"{site}/?school=10000001&status=not_ready"
    page.get_by_role("link", name=re.compile("Ekskolan.*Matematik")).click()
    assert page.url == f"{site}/sittings/bad"
    page.get_by_text("Så vet vi").first.click()
    assert page.get_by_role("row", name="line.down_available").is_visible()
    page.get_by_role("link", name="English").click()
    assert page.url == f"{site}/en/sittings/bad"
    assert page.get_by_role("heading", level=1).inner_text().startswith("Ekskolan")
    page.get_by_role("link", name="All sittings").click()
    assert page.url == f"{site}/en/"
    page.context.close()


def test_unknown_is_grey_and_ready_is_green(browser: Browser, site: str) -> None:
    """By the colours that are painted: unknown has no more green than red, ready has."""
    page = opened(browser, site)
    paint = "getComputedStyle(document.querySelector('.rows .badge-%s')).backgroundColor.match(/\\d+/g).map(Number)"
    red, green, blue = page.evaluate(paint % "unknown")
    assert max(red, green, blue) - min(red, green, blue) <= 10
    red, green, _ = page.evaluate(paint % "ready")
    assert green > red + 10
    page.context.close()


def test_no_page_asks_for_anything_else(browser: Browser, site: str) -> None:
    """Only the page, its style sheet and its icon; nothing fails and nothing is refused by the policy."""
    asked: list[str] = []
    complaints: list[str] = []

    def note_request(request: Request) -> None:
        asked.append(request.url)

    def note_complaint(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    context = browser.new_context()
    page = context.new_page()
    page.on("request", note_request)
    page.on("console", note_complaint)
    for path in PAGES[:-1]:
        page.goto(f"{site}{path}")
    files = {url.split("?")[0].removeprefix(site) for url in asked if "/static/" in url}
    assert "/static/site.css" in files
    assert files <= {"/static/site.css", "/static/favicon.svg"}
    assert all(url.startswith(f"{site}/") for url in asked)
    assert complaints == []
    context.close()


def test_paper(browser: Browser, site: str) -> None:
    """Printed, the verdict stays and what only a screen can use goes away, also for a reader in the dark."""
    page = opened(browser, f"{site}/sittings/bad", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.get_by_text("Som det är nu kan inte alla 52 elever").is_visible()
    assert not page.get_by_role("link", name="Enheter").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.pdf()[:5] == b"%PDF-"
    page.context.close()


def test_still_for_those_who_ask(browser: Browser, site: str) -> None:
    """Nothing moves when the reader prefers that it does not."""
    page = opened(browser, site)
    page.emulate_media(reduced_motion="reduce")
    moving = "getComputedStyle(document.querySelector('.brand')).transitionDuration"
    assert page.evaluate(moving) == "0s"
    page.context.close()
