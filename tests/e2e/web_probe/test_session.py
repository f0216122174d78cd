"""A supervised session in Chromium: by the link or the typed code, and what comes of it."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from playwright.sync_api import Browser, expect

from collector.readiness.domain.model import Evidence
from collector.readiness.evidence.index import index_evidence
from collector.store.store import Store
from tests.support.collectors import ROOM, SCHOOL, Place, until
from tests.support.processes import BIN
from tests.support.shown_pages import HEADLESS
from tests.support.web_visits import device, said, visitor

pytestmark = pytest.mark.needs(HEADLESS)

HALL = "Aula"


def session(place: Place, action: str, *words: str) -> str:
    """What `provklar session` prints alone."""
    command = [str(BIN / "provklar"), "session", action, *words, "--config", str(place.config)]
    done = subprocess.run(command, env=place.environ, cwd=place.folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_visit_in_a_session(browser: Browser, place: Place) -> None:
    """By the link: the page says that it counts, and all that it sends is marked, in the session's room."""
    code = session(place, "open", SCHOOL, HALL, "--minutes", "30")
    with visitor(browser, place) as pupil:
        pupil.opens(f"/prob?pass={code}")
        expect(pupil.page.get_by_text("Björkskolan, sal Aula")).to_be_visible()
        expect(pupil.page.get_by_text("Du är med i ett pass")).to_be_visible()
        pupil.begins()
        pupil.answers()
        assert pupil.reads_an_answer() == "Den här datorn är redo"
        number = pupil.device_id()
        assert pupil.complaints == []
    found = said(place, number)
    assert {one.room for one in found.values()} == {HALL}
    assert None not in {one.session for one in found.values()}
    assert {"browsers", "device", "latency", "visit"} <= set(found)
    assert device(place, number)["room"] == HALL


def test_a_browser_that_was_here_before_takes_part(browser: Browser, place: Place) -> None:
    """Under its number, by the code that the pupil types; what it sent before stays a hint, and the page said so."""
    with visitor(browser, place) as pupil:
        pupil.opens()
        expect(pupil.page.get_by_text("För skolan är det en ledtråd")).to_be_visible()
        pupil.visits()
        number = pupil.device_id()
        assert {(one.session, one.room) for one in said(place, number).values()} == {(None, ROOM)}
        code = session(place, "open", SCHOOL, HALL)
        pupil.opens("/prob")
        pupil.page.get_by_label("Passets kod").fill(f"{code[:3].lower()} {code[3:].lower()}")
        pupil.page.get_by_role("button", name="Var med i passet").click()
        pupil.begins()
        pupil.answers()
        pupil.reads_an_answer()
        assert pupil.device_id() == number
    assert {one.room for one in said(place, number).values() if one.session} == {HALL}


def test_a_session_that_does_not_go_on(browser: Browser, place: Place) -> None:
    """A wrong code is told beside the field; one that ended while the page was open is told too."""
    code = session(place, "open", SCHOOL, HALL)
    with visitor(browser, place) as pupil:
        pupil.opens("/prob?pass=XXXXXX")
        expect(pupil.page.get_by_role("alert")).to_contain_text("Inget pass med koden XXXXXX pågår")
        expect(pupil.page.get_by_label("Passets kod")).to_have_attribute("aria-invalid", "true")
        pupil.opens(f"/prob?pass={code}")
        session(place, "close", code)
        pupil.begins()
        expect(pupil.page.locator("#what-now")).to_have_text("Passet pågår inte längre. Fråga den som öppnade det.")


def test_the_line_that_a_browser_filled_in_a_session_was_counted(browser: Browser, place: Place) -> None:
    """By the measurement point, under the session; so what the browser says of it counts, as far as that."""
    code = session(place, "open", SCHOOL, HALL)
    with visitor(browser, place) as pupil:
        pupil.opens(f"/prob?pass={code}")
        pupil.begins()
        pupil.answers()
        number = pupil.device_id()
        until(lambda: pupil.state("line") in {"klart", "gick inte"}, seconds=100)
        until(lambda: "throughput" in said(place, number))
        told = said(place, number)["throughput"]
    store = Store.open(f"sqlite:///{place.data / 'provklar.db'}")
    try:
        until(lambda: bool(known(store, number).counted), seconds=20)
        evidence = known(store, number)
    finally:
        store.close()
    [run] = [run for run in evidence.counted if run.device_id == number]
    assert (run.session, run.down_bytes > 0) == (told.session, True)
    if told.status == "ok":
        assert {"down_mbit_s", "up_mbit_s"} <= {name for name, value in told.facts.items() if value}
        laid_out = index_evidence(evidence, evidence_time())
        [counts] = [one for one in laid_out.by_probe["throughput"] if one.device_id == number]
        assert float(str(counts.facts["down_mbit_s"])) <= (run.down_mbit_s or 0)


def evidence_time() -> datetime:
    """A moment after all of it came in."""
    return datetime.now(UTC) + timedelta(minutes=1)


def known(store: Store, number: str) -> Evidence:
    """Of the school, and of no device but that one."""
    found = store.evidence(SCHOOL, evidence_time(), evidence_time() - timedelta(hours=1))
    counted = [run for run in found.counted if run.device_id == number]
    return msgspec.structs.replace(found, counted=counted)
