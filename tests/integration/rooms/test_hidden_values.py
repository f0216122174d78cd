"""What a system hides, the whole way: a recorded machine, the agent's own probe, its report over HTTP, a real collector
that judges it, and the words on the page. Unknown all along, and what to do about it in both languages.
"""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from agent.app import App
from agent.protocol.wire import SCHEMA, ProbeResult, Report
from agent.runtime.settings import Settings
from agent.version import agent_version
from tests.support.collectors import ROOM, SCHOOL, Place, place_in, serving, until
from tests.support.recorded_system import RecordedSystem

DEVICES = 3
"""As many as make a room measured, so that nothing is unknown for want of devices."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A collector with the sample configuration."""
    there = place_in(tmp_path_factory.mktemp("collector"))
    with serving(there):
        yield there


def reported(place: Place, recording: str, room: str) -> list[ProbeResult]:
    """Several machines like the recorded one, in a room: each enrols, asks its Wi-Fi, and sends what it found."""
    key, found = place.key(), []
    for number in range(DEVICES):
        told: list[str] = []
        settings = Settings(place.url, SCHOOL, room, str(place.folder / f"{recording}-{number}"))
        app = App(settings, RecordedSystem(recording), lambda code, /, told=told, **_: told.append(code))
        identity, _ = app.enrol({"PROVKLAR_ENROLMENT_KEY": key})
        result = app.probe("wifi")
        now = app.system.now()
        app.outbox(None).put(
            Report(SCHEMA, uuid.uuid4().hex, identity.device_id, now, agent_version(), SCHOOL, room, [result])
        )
        app.send()
        assert len(app.outbox(None)) == 0, told
        found.append(result)
    return found


def in_room(place: Place, room: str, language: str = "sv") -> dict[str, Any]:
    """What the API says of one room."""
    [school] = place.get(f"/api/v1/rooms?school={SCHOOL}&lang={language}")
    return next(one for one in school["rooms"] if one["id"] == room)


def finding(found: dict[str, Any], requirement: str) -> dict[str, Any]:
    """One requirement's finding in a room."""
    return next(one for one in found["findings"] if one["requirement"] == requirement)


def page(place: Place, path: str) -> str:
    """The words of a page, as a reader sees them."""
    answer = httpx.get(place.url + path, timeout=10, trust_env=False)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def test_windows_11_without_consent_to_location(place: Place) -> None:
    """The machine is connected and may not say how: signal and access point are unknown, never 0 and never good."""
    results = reported(place, "windows-11-no-consent", ROOM)
    assert all(one.status == "ok" and one.facts["signal_dbm"] is None for one in results)
    assert {one.missing["signal_dbm"] for one in results} == {"permission_denied"}
    until(lambda: bool(finding(in_room(place, ROOM), "wifi-signal")["advice"][1:]))
    room = in_room(place, ROOM)
    assert (room["status"], room["signal_p10_dbm"], room["access_points"]) == ("unknown", None, [])
    signal = finding(room, "wifi-signal")
    assert (signal["status"], signal["measured"]) == ("unknown", None)
    sitting = place.get("/api/v1/sittings/bjork-6-engelska")
    assert sitting["status"] != "ready"
    assert finding(sitting, "wifi-signal")["status"] == "unknown"
    sentences = {
        "": "I Windows 11: slå på platstjänster och låt skrivbordsappar använda din plats",
        "/en": "In Windows 11: turn on location services and let desktop apps use your location",
    }
    for language, words in sentences.items():
        assert words in page(place, f"{language}/rooms?school={SCHOOL}")
        assert words in page(place, f"{language}/sittings/bjork-6-engelska")


def test_macos_that_hides_the_access_point(place: Place) -> None:
    """The signal is told, so the room is measured; who carries it is not known, and the words say who can tell."""
    results = reported(place, "macos-sv-laptop", "A102")
    assert all(isinstance(one.facts["signal_dbm"], float) for one in results)
    assert {one.missing["bssid"] for one in results} == {"redacted_by_system"}
    until(lambda: in_room(place, "A102")["devices"] == DEVICES)
    room = in_room(place, "A102")
    assert (room["measured"], room["access_points"]) == (True, [])
    crowd = finding(room, "wifi-crowd")
    assert (crowd["status"], crowd["measured"]) == ("unknown", None)
    sentences = {
        "": f"macOS döljer vilken accesspunkt som används (enheter: {DEVICES})",
        "/en": f"macOS hides which access point is used (devices: {DEVICES})",
    }
    for language, words in sentences.items():
        assert words in page(place, f"{language}/rooms?school={SCHOOL}")


def test_a_room_that_nobody_measured(place: Place) -> None:
    """It is listed, unknown, and says what to do."""
    until(lambda: bool(place.get(f"/api/v1/rooms?school={SCHOOL}")))
    room = in_room(place, "Aula", "en")
    assert (room["status"], room["measured"], room["newest_at"]) == ("unknown", False, None)
    assert finding(room, "wifi-signal")["advice"] == ["Measure in rooms without recent values (1): Aula."]
    words = page(place, f"/en/rooms?school={SCHOOL}")
    assert words.index("Never measured") < words.index("Aula")
