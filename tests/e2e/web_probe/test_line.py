"""Filling the line from a browser: one device of a school at a time, in turn with agents; nobody is kept waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.support.collectors import ROOM, SCHOOL, Place, until
from tests.support.shown_pages import HEADLESS
from tests.support.web_visits import said, visitor

pytestmark = pytest.mark.needs(HEADLESS)

OVER = {"klart", "gick inte"}


@contextmanager
def another_fills_the_line(place: Place) -> Iterator[httpx.Client]:
    """A device of the same school that holds the lease until the block ends, or gives it back before."""
    with httpx.Client(base_url=place.url, trust_env=False, timeout=10) as client:
        joined = client.post("/api/v1/web-devices", json={"school": SCHOOL, "room": ROOM, "kept": True}).json()
        client.headers["authorization"] = f"Bearer {joined['token']}"
        lease = client.post("/api/v1/leases", json={"probe": "throughput"})
        assert lease.status_code == 200, lease.text
        try:
            yield client
        finally:
            client.delete(f"/api/v1/leases/{lease.json()['lease_id']}")


def test_who_has_to_wait_goes_on_with_the_rest(browser: Browser, place: Place) -> None:
    """It is said in plain words; the answer comes meanwhile; and when the line is free it is measured, and sent."""
    with visitor(browser, place) as pupil:
        with another_fills_the_line(place):
            pupil.opens()
            pupil.begins()
            expect(pupil.page.locator('[data-check="line"] .state')).to_have_text("väntar på sin tur", timeout=60_000)
            pupil.answers()
            assert pupil.reads_an_answer() == "Den här datorn är redo"
            number = pupil.device_id()
            assert "throughput" not in said(place, number)
        until(lambda: pupil.page.locator('[data-check="line"] .state').inner_text() in OVER, seconds=100)
        until(lambda: "throughput" in said(place, number))
        found = said(place, number)["throughput"]
        assert (found.status == "ok") == (pupil.state("line") == "klart")
        assert found.count == 1
        if found.status == "ok":
            assert pupil.page.get_by_text("Uppkoppling ner").is_visible()
            assert float(str(found.facts["down_mbit_s"])) > 0
    with another_fills_the_line(place):
        """The browser has given its lease back: the line is free."""
    assert pupil.complaints == []


def test_a_line_that_may_not_be_filled_now(browser: Browser, place: Place) -> None:
    """Is said to be measured another time, and holds nobody up."""
    place.replace("collector.yaml", "quiet_hours: []", "quiet_hours: [{begins_at: 00:00, until: 23:59}]")
    try:
        until(lambda: _refusal(place) == "quiet_hours")
        with visitor(browser, place) as pupil:
            pupil.visits()
            assert pupil.state("line") == "mäts en annan gång"
            assert pupil.page.locator("#headline").inner_text() == "Den här datorn är redo"
    finally:
        place.replace("collector.yaml", "quiet_hours: [{begins_at: 00:00, until: 23:59}]", "quiet_hours: []")


def _refusal(place: Place) -> str:
    with httpx.Client(base_url=place.url, trust_env=False, timeout=10) as client:
        joined = client.post("/api/v1/web-devices", json={"school": SCHOOL, "room": ROOM}).json()
        headers = {"authorization": f"Bearer {joined['token']}"}
        asked = client.post("/api/v1/leases", json={"probe": "throughput"}, headers=headers)
        if asked.status_code == 200:
            client.delete(f"/api/v1/leases/{asked.json()['lease_id']}", headers=headers)
            return ""
        return str(asked.json()["code"])
