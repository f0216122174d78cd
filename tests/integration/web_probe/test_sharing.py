"""Pupils who share machines, from joining to the verdict: a running collector, its store and its judgement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.collectors import ROOM, SCHOOL, Place, until
from tests.support.web_visits import web_collector

SITTING = "bjork-6-engelska"
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=12)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A collector that judges browsers."""
    with web_collector(tmp_path_factory.mktemp("sharing")) as running:
        yield running


class Pupil:
    """A browser profile; it reports as the page does."""

    def __init__(self, place: Place) -> None:
        self.place = place
        made = self.post("/api/v1/web-devices", {"school": SCHOOL, "room": ROOM, "kept": True}, {})
        self.device_id, self.token = made["device_id"], made["token"]

    def post(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        answer = httpx.post(self.place.url + path, json=body, headers=headers, timeout=20, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def visits(self, begins_min: float) -> None:
        """Begins so long after BEGAN, finds that all is well, and leaves the page open for fifteen minutes."""
        page, begins = {"page": uuid4().hex}, BEGAN + timedelta(minutes=begins_min)
        machine = {"screen_width_px": 1920, "keyboard_present": True, "audio_output_present": True}
        self.reports(begins, {"device": machine, "browsers": {"chrome_version": "999"}, "visit": page})
        for minutes in (1, 8, 15):
            self.reports(begins + timedelta(minutes=minutes), {"visit": page})

    def reports(self, at: datetime, found: dict[str, dict[str, Any]]) -> None:
        made = {"version": 1, "status": "ok", "started_at": at.isoformat(), "duration_s": 1}
        report = {
            "schema": 1,
            "report_id": uuid4().hex,
            "device_id": self.device_id,
            "sent_at": datetime.now(UTC).isoformat(),
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


def test_machines_shared_in_turn_are_never_ready_until_seen_together(place: Place) -> None:
    """As many browsers in order as are needed, first in turn, then in one lesson."""
    needed = screen(place)["required"]
    pupils = [Pupil(place) for _ in range(needed)]
    for number, pupil in enumerate(pupils):
        pupil.visits(-20 * (number + 1))
    in_turn = "räknas genom sin agent: som mest var 1 i gång samtidigt"
    until(lambda: in_turn in screen(place)["why"] and f"{needed} webbläsare" in screen(place)["why"])
    assert (screen(place)["status"], screen(place)["measured"]) == ("unknown", 1)
    assert "Låt hela årskursen öppna /prob samtidigt" in screen(place)["advice"][0]
    for number, pupil in enumerate(pupils):
        pupil.visits(number / needed)
    until(lambda: screen(place)["status"] == "ready")
    assert screen(place)["measured"] == needed
    [at_once] = [one for one in screen(place)["steps"] if one["name"] == "step_browsers_at_once"]
    assert at_once["value"] == needed
