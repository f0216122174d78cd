"""Pupils who share machines, from joining to the verdict: a running collector, its store and its judgement. What they
send counts in a session that somebody opened, and is a hint outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from collector.store.store import Store
from tests.support.collectors import ROOM, SCHOOL, Place, until
from tests.support.web_visits import web_collector

SITTING = "bjork-6-engelska"
LESSON = timedelta(hours=2)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A collector that judges browsers."""
    with web_collector(tmp_path_factory.mktemp("sharing")) as running:
        yield running


class Pupil:
    """A browser profile; it reports as the page does."""

    def __init__(self, place: Place, session: str | None = None) -> None:
        self.place = place
        where = {"session": session} if session else {"school": SCHOOL, "room": ROOM}
        made = self.post("/api/v1/web-devices", {**where, "kept": True}, {})
        self.device_id, self.token = made["device_id"], made["token"]

    def post(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        answer = httpx.post(self.place.url + path, json=body, headers=headers, timeout=20, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def looks(self, page: str) -> None:
        """Finds that all is well, and that the page is in sight."""
        machine = {"screen_width_px": 1920, "keyboard_present": True, "audio_output_present": True}
        self.reports({"device": machine, "browsers": {"chrome_version": "999"}, "visit": {"page": page}})

    def reports(self, found: dict[str, dict[str, Any]], at: datetime | None = None) -> None:
        now = datetime.now(UTC)
        made = {"version": 1, "status": "ok", "started_at": (at or now).isoformat(), "duration_s": 1}
        report = {
            "schema": 1,
            "report_id": uuid4().hex,
            "device_id": self.device_id,
            "sent_at": now.isoformat(),
            "agent_version": "web/test",
            "school": SCHOOL,
            "room": ROOM,
            "results": [{"probe": probe, "facts": facts, **made} for probe, facts in found.items()],
        }
        answered = self.post("/api/v1/reports", {"reports": [report]}, {"authorization": f"Bearer {self.token}"})
        assert [one["outcome"] for one in answered["answers"]] == ["accepted"], answered


def screen(place: Place) -> dict[str, Any]:
    """What the sitting comes to by its requirement on the screen."""
    findings = place.get(f"/api/v1/sittings/{SITTING}")["findings"]
    return dict(next(one for one in findings if one["requirement"] == "screen"))


def test_a_class_counts_in_a_session_and_nowhere_else(place: Place) -> None:
    """As many browsers in order as are needed: by themselves they are hints, in a session they are seen, one after the
    other or together.
    """
    before, needed = screen(place), screen(place)["required"]
    strangers = [Pupil(place) for _ in range(needed)]
    for number, pupil in enumerate(strangers):
        pupil.looks(f"stranger {number}")
    until(lambda: (place.get(f"/api/v1/sittings/{SITTING}")["hints"] or {}).get("fine") == needed)
    assert {**screen(place), "evidence": None} == {**before, "evidence": None}
    store = Store.open(f"sqlite:///{place.data / 'provklar.db'}")
    session = store.open_session(SCHOOL, ROOM, datetime.now(UTC) - LESSON, 2 * LESSON)
    store.close()
    pupils = [Pupil(place, session.code) for _ in range(needed)]
    for number, pupil in enumerate(pupils):
        pupil.looks(f"pupil {number}")
    in_turn = "räknas genom sin agent: som mest var 1 i gång samtidigt"
    until(lambda: in_turn in screen(place)["why"] and f"{needed} webbläsare" in screen(place)["why"])
    assert (screen(place)["status"], screen(place)["measured"]) == ("unknown", 1)
    assert "Låt hela årskursen öppna /prob samtidigt" in screen(place)["advice"][0]
    later = datetime.now(UTC) + timedelta(seconds=50)
    for number, pupil in enumerate(pupils):
        pupil.reports({"visit": {"page": f"pupil {number}"}}, at=later - timedelta(seconds=120))
        pupil.reports({"visit": {"page": f"pupil {number}"}}, at=later)
    until(lambda: screen(place)["status"] == "ready")
    assert screen(place)["measured"] == needed
    [at_once] = [one for one in screen(place)["steps"] if one["name"] == "step_browsers_at_once"]
    assert at_once["value"] == needed
