"""The page marks that it is in sight, so that machines can be told from browsers: real pages, real time, real marks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from collector.readiness.machines.visits import VISIT_PROBE
from tests.support.collectors import ROOM, SCHOOL, Place
from tests.support.shown_pages import HEADLESS
from tests.support.web_visits import said, visitor

pytestmark = pytest.mark.needs(HEADLESS)

KEEP = """async ([folder, options, before]) => {
  const { Presence } = await import(`${folder}/presence.js`);
  const presence = new Presence(window, options);
  const marks = [];
  const hide = () => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
    delete document.visibilityState;
  };
  const sent = { hidden: hide, lost: () => { throw new Error("away"); } }[before] ?? (() => undefined);
  await presence.keep(async (mark) => { marks.push(mark); if (marks.length === 2) sent(); });
  return marks;
}"""
REAL_PAUSES = {"everyS": 0.1, "marks": 4}


def folder(page: Page) -> str:
    """Where the page has its scripts from."""
    return str(page.locator("script[src]").get_attribute("src")).rpartition("/")[0]


def marks(browser: Browser, place: Place, at_the_second: str) -> list[dict[str, Any]]:
    """All marks of a page that should make four, and to which something happens at the second."""
    page = browser.new_page()
    page.goto(f"{place.url}/prob?skola={SCHOOL}&sal={ROOM}")
    made: list[dict[str, Any]] = page.evaluate(KEEP, [folder(page), REAL_PAUSES, at_the_second])
    page.close()
    return made


def test_a_page_in_sight_marks_itself_so_often(browser: Browser, place: Place) -> None:
    """All marks of a page say the same, later ones later, and no other page says it; a lost one changes nothing."""
    pages = [marks(browser, place, what) for what in ("nothing", "lost")]
    for made in pages:
        assert [(one["probe"], one["status"]) for one in made] == [(VISIT_PROBE, "ok")] * 4
        times = [one["started_at"] for one in made]
        assert times == sorted(times)
        assert times[0] < times[-1]
    assert [len({str(one["facts"]) for one in made}) for made in pages] == [1, 1]
    assert pages[0][0]["facts"] != pages[1][0]["facts"]


def test_a_page_out_of_sight_has_ended_its_visit(browser: Browser, place: Place) -> None:
    """Also when it is in sight again: another may have had the machine meanwhile."""
    assert len(marks(browser, place, "hidden")) == 2


def test_the_collector_keeps_a_visit_as_one(browser: Browser, place: Place) -> None:
    """From the press of the button to the last mark, which came after the answer; told to the second."""
    faster = (
        "const slow = setTimeout; window.setTimeout = (what, ms) => slow(what, ms > 44000 && ms < 76000 ? 900 : ms)"
    )
    with visitor(browser, place, scripts=[faster]) as pupil:
        pupil.visits()
        assert "Låt sidan vara framme" in pupil.page.locator("#what-now").inner_text()
        with pupil.page.expect_response("**/api/v1/reports"):
            pass
        found = said(place, pupil.device_id())
        assert pupil.complaints == []
    visit = found[VISIT_PROBE]
    assert visit.first_at == found["device"].first_at
    assert visit.last_at - visit.first_at >= timedelta(seconds=0.9)
    assert visit.count >= 2
    assert set(visit.facts) == {"page"}


def test_another_visit_is_another(browser: Browser, place: Place) -> None:
    """The same browser a second time: what the first showed stays as it was."""
    with visitor(browser, place) as pupil:
        pupil.visits()
        first = said(place, pupil.device_id())
        pupil.visits()
        second = said(place, pupil.device_id())
    assert first["device"].facts == second["device"].facts
    assert first[VISIT_PROBE].facts != second[VISIT_PROBE].facts
    assert second[VISIT_PROBE].first_at > first[VISIT_PROBE].last_at
