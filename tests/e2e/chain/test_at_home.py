"""A computer that is taken home: it measures no other line in its school's name, and a home's network is not kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import pytest

from agent.protocol.wire import Enrolled, Enrolment, ProbeResult, Report
from tests.support.collectors import ROOM, SCHOOL, Place, place_in, serving
from tests.support.ingest_app import present

AT_SCHOOL, AT_HOME = "10.20.3.4", "203.0.113.9"
NETWORKS = "staff: 62\n    networks: [10.20.0.0/16]\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A collector that knows the school's networks; devices come to it through a reverse proxy on its machine."""
    place = place_in(tmp_path)
    place.replace("schools.yaml", "staff: 62\n", NETWORKS)
    return place


class Device:
    """Speaks to the collector as a device does, through a proxy that says from where."""

    def __init__(self, place: Place) -> None:
        self._client = httpx.Client(base_url=place.url, timeout=30, trust_env=False)
        wish = Enrolment(SCHOOL, place.key(), ROOM, "trolley 3 no 7")
        answer = self._client.post("/api/v1/enrolments", content=msgspec.json.encode(wish))
        self.identity = msgspec.json.decode(answer.raise_for_status().content, type=Enrolled)
        self._reports = 0

    def close(self) -> None:
        self._client.close()

    def asks_from(self, address: str) -> tuple[int, str | None]:
        """Status and code of asking to fill the line."""
        answer = self._client.post("/api/v1/leases", json={"probe": "throughput"}, headers=self._headers(address))
        return answer.status_code, answer.json().get("code")

    def reports_from(self, address: str) -> dict[str, object]:
        """The answer to a report on the device and on the Wi-Fi around it."""
        now, self._reports = present(), self._reports + 1
        results = [
            ProbeResult("device", 1, "ok", now, 0.1, {"memory_total_mib": 4096}),
            ProbeResult("wifi", 1, "ok", now, 0.1, {"signal_dbm": -40.0, "bssid": "02:00:00:00:00:99"}),
        ]
        of = self.identity.device_id
        sent = Report(1, f"r{self._reports}", of, now, "0.1.0", SCHOOL, ROOM, results)
        body = msgspec.json.encode({"reports": [sent]})
        answer = self._client.post("/api/v1/reports", content=body, headers=self._headers(address))
        found: dict[str, object] = answer.raise_for_status().json()["answers"][0]
        return found

    def _headers(self, address: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.identity.token}", "x-forwarded-for": address}


@pytest.fixture
def device(place: Place) -> Iterator[Device]:
    with serving(place):
        device = Device(place)
        yield device
        device.close()


def stored_probes(place: Place) -> list[str]:
    """What the collector has of any device."""
    with closing(sqlite3.connect(place.data / "provklar.db")) as database:
        return sorted(row[0] for row in database.execute("SELECT DISTINCT probe FROM results"))


def test_only_at_school(place: Place, device: Device) -> None:
    """From home: no leave to fill a line, and what is said of the network there is not on disk."""
    assert device.asks_from(AT_HOME) == (409, "not_at_school")
    answer = device.reports_from(AT_HOME)
    assert (answer["outcome"], answer["code"]) == ("accepted", "not_at_school")
    assert stored_probes(place) == ["device"]
    assert not any(b"02:00:00:00:00:99" in file.read_bytes() for file in place.data.glob("provklar.db*"))
    counted = httpx.get(f"{place.url}/metrics", trust_env=False).text
    assert 'provklar_results_left_out_total{probe="wifi"} 1' in counted
    assert "code" not in device.reports_from(AT_SCHOOL)
    assert "wifi" in stored_probes(place)
    assert any(b"02:00:00:00:00:99" in file.read_bytes() for file in place.data.glob("provklar.db*"))
    assert device.asks_from(AT_SCHOOL)[0] == 200


def test_who_is_not_trusted_cannot_say_where_it_is(tmp_path: Path) -> None:
    """The header counts only from a proxy that the operator trusts: else any device could claim to be at school."""
    place = place_in(tmp_path)
    place.replace("schools.yaml", "staff: 62\n", NETWORKS)
    place.replace("collector.yaml", "\nlisten:\n", "\nlisten:\n  trusted_proxies: [192.0.2.1]\n")
    with serving(place):
        device = Device(place)
        assert device.asks_from(AT_SCHOOL) == (409, "not_at_school")
        device.close()


def test_an_agent_says_why_it_does_not_measure_the_line(place: Place) -> None:
    """In words; all else of its round goes on."""
    with serving(place):
        assert place.agent("enroll", key=place.key()).returncode == 0
        done = place.run("provklar-agent", "once", *place.agent_options())
        assert done.returncode == 0, done.stderr
    assert "Datorn är inte på skolans nät" in done.stderr
    assert "throughput" not in stored_probes(place)
    assert "device" in stored_probes(place)
