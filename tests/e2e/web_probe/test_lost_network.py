"""A network that goes away in the middle of a visit: nothing is lost, nothing is sent twice, and nothing is ready."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.collectors import SCHOOL, Place, until
from tests.support.shown_pages import HEADLESS
from tests.support.web_visits import said, visitor

pytestmark = pytest.mark.needs(HEADLESS)

DENIED = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('denied', 'SecurityError') }})"
FULL = "Storage.prototype.setItem = function () { throw new DOMException('full', 'QuotaExceededError') }"


def test_sent_when_the_network_is_back(browser: Browser, place: Place) -> None:
    """Lost before the answers, back after them: the page says so, keeps what it found, and sends it once."""
    with visitor(browser, place) as pupil:
        pupil.opens()
        pupil.begins()
        expect(pupil.page.locator('[data-check="network"] .state')).to_have_text("klart", timeout=60_000)
        pupil.context.set_offline(True)
        pupil.answers()
        expect(pupil.page.locator("#headline")).to_have_text("Vet inte än: nätet är borta")
        assert pupil.page.locator(".verdict-marks:visible").inner_text() == "Vet inte än"
        number = pupil.device_id()
        [waiting] = pupil.kept("outbox")
        assert {one["probe"] for one in waiting["results"]} >= {"browsers", "device", "lockdown", "latency"}
        assert said(place, number) == {}
        pupil.context.set_offline(False)
        assert pupil.reads_an_answer() == "Den här datorn är redo"
        assert pupil.kept("outbox") == []
        assert said(place, number)["device"].count == 1


def test_lost_before_joining(browser: Browser, place: Place) -> None:
    """What needs no network is found out all the same."""
    with visitor(browser, place) as pupil:
        pupil.opens()
        pupil.context.set_offline(True)
        pupil.begins()
        pupil.answers()
        expect(pupil.page.locator("#headline")).to_have_text("Vet inte än: nätet är borta")
        pupil.context.set_offline(False)
        assert pupil.reads_an_answer() == "Den här datorn är redo"
        assert said(place, pupil.device_id())["browsers"].count == 1


def test_an_answer_that_is_lost_on_the_way_back(browser: Browser, place: Place) -> None:
    """The collector has the report and the page does not know: sent again, it is stored once."""
    with visitor(browser, place) as pupil:
        swallowed: list[int] = []

        def swallow(route: Route) -> None:
            if swallowed:
                route.continue_()
                return
            swallowed.append(route.fetch().status)
            route.abort("connectionreset")

        pupil.page.route("**/api/v1/reports", swallow)
        pupil.visits()
        assert swallowed == [200]
        assert {one.count for one in said(place, pupil.device_id()).values()} == {1}


def test_closed_before_the_end(browser: Browser, place: Place) -> None:
    """What was found until then is sent at the next visit at the latest, and once."""
    with visitor(browser, place) as pupil:
        pupil.opens()
        pupil.begins()
        pupil.presses_a_key()
        expect(pupil.page.locator("#question-sound")).to_be_visible()
        number = pupil.device_id()
        pupil.opens("/devices")
        pupil.opens()
        until(lambda: pupil.page.evaluate("localStorage.getItem('provklar.outbox')") == "[]")
        found = said(place, number)["device"]
        assert (found.facts["keyboard_present"], found.missing["audio_output_present"]) == (True, "not_answered")
        assert found.count == 1


def test_something_that_answers_in_the_collectors_place(browser: Browser, place: Place) -> None:
    """A sign-in page of the network is no answer: the report waits for the real one."""
    with visitor(browser, place) as pupil:
        pupil.opens()
        pupil.begins()
        expect(pupil.page.locator('[data-check="network"] .state')).to_have_text("klart", timeout=60_000)
        portal = "**/api/v1/reports"
        pupil.page.route(portal, lambda route: route.fulfill(status=511, body="<h1>Logga in</h1>"))
        pupil.answers()
        expect(pupil.page.locator("#headline")).to_have_text("Vet inte än: nätet är borta")
        pupil.page.unroute(portal)
        assert pupil.reads_an_answer() == "Den här datorn är redo"


@pytest.mark.parametrize(("script", "what"), [(DENIED, "denied"), (FULL, "full")])
def test_storage_that_can_not_be_used(browser: Browser, place: Place, script: str, what: str) -> None:
    """The visit goes on to its answer, and such a browser is counted among no devices; the page says so."""
    before = {one["id"] for one in place.get(f"/api/v1/devices?school={SCHOOL}")}
    with visitor(browser, place, scripts=[script]) as pupil:
        pupil.visits()
        assert pupil.page.locator("#headline").inner_text() == "Den här datorn är redo", what
        assert "räknas inte bland skolans datorer" in pupil.page.locator("#what-now").inner_text()
        assert pupil.complaints == []
        pupil.page.wait_for_timeout(2_500)  # the collector lists devices anew each second
    [made] = [one for one in place.get(f"/api/v1/devices?school={SCHOOL}") if one["id"] not in before]
    assert made["kind"] == "web_once"
