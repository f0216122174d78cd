"""Whole visits in Chromium: what is stored is what the browser is, and the answer is the collector's."""

from __future__ import annotations

import platform

import pytest
from playwright.sync_api import Browser, expect

from collector.facts.catalogue import PROBES
from tests.support.collectors import ROOM, SCHOOL, Place, until
from tests.support.shown_pages import HEADLESS
from tests.support.web_visits import chromium_version, device, said, visitor

pytestmark = pytest.mark.needs(HEADLESS)

SEB_HASH = "a5" * 32


def test_a_laptop_that_is_ready(browser: Browser, place: Place) -> None:
    """From the link to the answer; then it is a device of the school, with what it really is."""
    with visitor(browser, place) as pupil:
        pupil.opens()
        expect(pupil.page.get_by_text("Björkskolan, Hemklassrum 9A")).to_be_visible()
        pupil.begins()
        pupil.answers()
        assert pupil.reads_an_answer() == "Den här datorn är redo"
        assert pupil.page.locator(".verdict-marks:visible").inner_text() == "Redo"
        titles = pupil.page.locator("#findings h3").all_inner_texts()
        assert [one.replace("\n", "") for one in titles] == [
            *("RedoWebbläsaren är ny", "RedoSkärmen räcker", "RedoDet finns tangentbord", "RedoDet finns ljud"),
        ]
        number = pupil.device_id()
    listed = device(place, number)
    assert (listed["school"], listed["room"], listed["kind"], listed["simulated"]) == (SCHOOL, ROOM, "web", False)
    assert listed["agent_version"].startswith("web/")
    assert abs(listed["clock_offset_s"]) < 30
    assert pupil.complaints == []


def test_the_facts_are_the_browsers(browser: Browser, place: Place) -> None:
    """Laid beside what the installed program, the emulated screen and this machine say by themselves."""
    with visitor(browser, place, device_scale_factor=1.5, screen={"width": 1280, "height": 800}) as pupil:
        pupil.visits()
        found = said(place, pupil.device_id())
    assert found["browsers"].facts["chromium_version"] == chromium_version()
    others = {name: value for name, value in found["browsers"].facts.items() if name != "chromium_version"}
    assert set(others.values()) == {None}
    assert {found["browsers"].missing[name] for name in others} == {"not_seen"}
    machine = found["device"].facts
    assert (machine["screen_width_px"], machine["screen_height_px"]) == (1920, 1200)
    assert (machine["os_name"], machine["architecture"]) == ("linux", platform.machine())
    assert (machine["keyboard_present"], machine["audio_output_present"]) == (True, True)
    assert found["lockdown"].facts["seb_in_use"] is None
    assert found["latency"].facts["method"] == "http"


def test_the_facts_are_those_of_the_agents_probes(browser: Browser, place: Place) -> None:
    """All of them and no others, and each that is not known has its reason: so the same rules judge them."""
    with visitor(browser, place) as pupil:
        pupil.visits()
        found = said(place, pupil.device_id())
    for probe in ("browsers", "device", "lockdown", "latency"):
        assert found[probe].status == "ok"
        assert found[probe].facts.keys() == PROBES[probe].keys()
        unknown = {name for name, value in found[probe].facts.items() if value is None}
        assert unknown == found[probe].missing.keys()


def test_what_is_wrong_and_what_to_do(browser: Browser, place: Place) -> None:
    """The worst first, each with what was found and the remedy; what could not be found out is not ready either."""
    with visitor(browser, place, screen={"width": 1280, "height": 720}) as pupil:
        pupil.opens()
        pupil.begins()
        expect(pupil.page.locator("#question-keyboard")).to_be_visible()
        pupil.page.get_by_role("button", name="Det finns inget tangentbord").click()
        pupil.page.get_by_role("button", name="Spela en ton").click()
        pupil.page.get_by_role("button", name="Nej", exact=True).click()
        assert pupil.reads_an_answer() == "Den här datorn är inte redo"
        rows = [row.inner_text().replace("\u00a0", " ").split("\n") for row in pupil.page.locator("#findings li").all()]
    lines = [[line for line in row if line] for row in rows]
    assert lines[0] == ["Inte redo", "Skärmen är för smal", "Uppmätt: 1 280 px.", "Åtgärda det."]
    assert lines[1] == ["Inte redo", "Tangentbord saknas", "Uppmätt: nej.", "Åtgärda det."]
    assert lines[2][:2] == ["Vet inte än", "Det finns ljud"]
    assert lines[2][2] == "Ljudet hördes inte. Höj ljudet, kontrollera hörlurarna och gör om kontrollen."
    assert lines[3][:2] == ["Redo", "Webbläsaren är ny"]


def test_what_need_not_be_known_is_kept_apart(browser: Browser, place: Place) -> None:
    """A requirement that counts only where it is known says below that it could not be found out, and holds nobody."""
    page = browser.new_page()
    page.goto(f"{place.url}/prob?skola={SCHOOL}&sal={ROOM}")
    finding = {"title": "Disken", "status": "unknown", "found": "En webbsida kan inte se det.", "remedy": None}
    page.evaluate(
        """async ([folder, finding, words]) => {
          const { View } = await import(`${folder}/view.js`);
          new View(document, words, "sv").answer("ready", "Redo", "", [{...finding, counts: false}]);
        }""",
        [str(page.locator("script[src]").get_attribute("src")).rpartition("/")[0], finding, {}],
    )
    expect(page.locator("#findings li")).to_have_count(0)
    page.get_by_text("Sådant som inte syns härifrån").click()
    expect(page.locator("#findings-unseen li")).to_contain_text(["Vet inte än"])
    page.close()


def test_skipped_questions_are_unknown(browser: Browser, place: Place) -> None:
    """Never ready for want of an answer."""
    with visitor(browser, place) as pupil:
        pupil.opens()
        pupil.begins()
        expect(pupil.page.locator("#question-keyboard")).to_be_visible()
        for _ in range(2):
            pupil.page.get_by_role("button", name="Hoppa över").click()
        assert pupil.reads_an_answer() == "Vet inte än om den här datorn är redo"
        machine = said(place, pupil.device_id())["device"]
    assert (machine.missing["keyboard_present"], machine.missing["audio_output_present"]) == ("not_answered",) * 2


def test_the_same_device_comes_again(browser: Browser, place: Place) -> None:
    """Under the number that its browser kept, also in another room."""
    with visitor(browser, place) as pupil:
        pupil.visits()
        number = pupil.device_id()
        pupil.opens(f"/prob?skola={SCHOOL}&sal=b202")
        pupil.begins()
        pupil.answers()
        pupil.reads_an_answer()
        assert pupil.device_id() == number
    until(lambda: device(place, number)["room"] == "B202")  # the collector lists devices anew each second


def test_a_number_that_is_known_no_more(browser: Browser, place: Place) -> None:
    """The browser joins anew, and nobody at the screen notices."""
    with visitor(browser, place) as pupil:
        pupil.visits()
        first = pupil.device_id()
        pupil.page.evaluate(
            "localStorage.setItem('provklar.identity', JSON.stringify("
            "{...JSON.parse(localStorage.getItem('provklar.identity')), token: 'not-a-token'}))"
        )
        pupil.visits()
        assert pupil.device_id() != first


def test_safe_exam_browser_is_seen(browser: Browser, place: Place) -> None:
    """By the headers that it adds, and its version by its name."""
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.6723.152"
    headers = {"X-SafeExamBrowser-ConfigKeyHash": SEB_HASH, "X-SafeExamBrowser-RequestHash": SEB_HASH}
    with visitor(browser, place, user_agent=f"{agent} SEB/3.9.0", extra_http_headers=headers) as pupil:
        pupil.visits()
        facts = said(place, pupil.device_id())["lockdown"].facts
    assert facts == {"seb_installed": True, "seb_version": "3.9.0", "seb_in_use": True, "kiosk": None}


def test_headers_alone_show_safe_exam_browser(browser: Browser, place: Place) -> None:
    """Its version stays unknown then. What only looks like such a header shows nothing."""
    for sent, seen in ((SEB_HASH, True), ("yes", None)):
        with visitor(browser, place, extra_http_headers={"X-SafeExamBrowser-ConfigKeyHash": sent}) as pupil:
            pupil.visits()
            facts = said(place, pupil.device_id())["lockdown"].facts
        assert (facts["seb_in_use"], facts["seb_version"]) == (seen, None)


def test_a_zoomed_page_does_not_guess_the_screen(browser: Browser, place: Place) -> None:
    """A window that is wider than what the page says it is shows that it is zoomed."""
    zoomed = "Object.defineProperty(window, 'outerWidth', {get: () => 1600})"
    with visitor(browser, place, scripts=[zoomed]) as pupil:
        pupil.visits()
        machine = said(place, pupil.device_id())["device"]
        assert pupil.page.locator("#headline").inner_text() == "Vet inte än om den här datorn är redo"
    assert (machine.facts["screen_width_px"], machine.missing["screen_width_px"]) == (None, "page_zoomed")


def test_in_english(browser: Browser, place: Place) -> None:
    """By its English address, which leads on to the page."""
    with visitor(browser, place) as pupil:
        pupil.opens(f"/probe?school={SCHOOL}&room={ROOM}")
        assert pupil.page.url == f"{place.url}/en/prob?school={SCHOOL}&room={ROOM}"
        pupil.page.get_by_role("button", name="Begin").click()
        pupil.presses_a_key()
        pupil.page.get_by_role("button", name="Play a tone").click()
        pupil.page.get_by_role("button", name="Yes", exact=True).click()
        expect(pupil.page.locator("#headline")).to_have_text("This device is ready", timeout=60_000)


def test_the_devices_page_tells_browsers_apart(browser: Browser, place: Place) -> None:
    """And leads to the signs, whose codes lead here."""
    with visitor(browser, place) as pupil:
        pupil.visits()
        number = pupil.device_id()
        until(lambda: number in [one["id"] for one in place.get("/api/v1/devices")])
        pupil.opens(f"/devices?school={SCHOOL}")
        row = pupil.page.get_by_role("row", name=number)
        expect(row.get_by_text("Webbläsare", exact=True)).to_be_visible()
        pupil.page.get_by_role("link", name="Skriv ut skyltar").click()
        expect(pupil.page.get_by_role("img", name="QR-kod till kontrollen i sal Hemklassrum 9A")).to_be_visible()
        assert pupil.page.locator(".sign").count() == 6
        pupil.page.get_by_role("link", name=f"skola={SCHOOL}&sal=Aula").click()
        expect(pupil.page.get_by_text("Björkskolan, sal Aula")).to_be_visible()
