"""A real collector over HTTP and a replay of what it received come to the same verdicts, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from agent.protocol.wire import Report
from collector.app import Collector, build
from collector.cli import main
from collector.configuration.load import load_configuration
from collector.readiness.domain.model import Releases, UplinkLoad
from collector.replay.replay import Replay
from collector.simulate.fleet import build_fleet
from collector.simulate.history import history
from collector.simulate.model import SimulatedDevice, SimulatedSchool
from collector.store.gear import GearReading, PortCount
from tests.support.serving import served

SAMPLE = Path(__file__).parents[3] / "config"
SCHOOL, ROOM, MACHINES = "99000001", "A101", 6
MONDAY = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
DAYS = 4
AT_SCHOOL, AT_HOME = "10.20.0.7", "203.0.113.9"
ROUTER = """devices:
  - {id: router, address: 192.0.2.1, role: switch, school: "99000001", community_file: c, uplink: "1"}
"""


class Recorded:
    """A running collector, told everything over HTTP, and the lines of all that it received."""

    def __init__(self, folder: Path) -> None:
        self.now = MONDAY
        self.folder = folder
        self.lines: list[bytes] = []
        self.collector: Collector = build(folder / "config", lambda: self.now, {"PROVKLAR_DATA": str(folder / "data")})
        self.tokens: dict[str, str] = {}

    def note(self, kind: str, **fields: Any) -> None:
        self.lines.append(msgspec.json.encode({"received_at": self.now, "kind": kind} | fields))

    def enrol(self, client: httpx.Client, room: str | None) -> str:
        """A machine with an agent."""
        _, key = self.collector.store.create_enrolment_key(SCHOOL, "test", self.now)
        answer = client.post("/api/v1/enrolments", json={"school": SCHOOL, "key": key, "room": room})
        return self._enrolled(answer, {"kind": "agent", "room": room})

    def join(self, client: httpx.Client) -> str:
        """A browser."""
        answer = client.post("/api/v1/web-devices", json={"school": SCHOOL, "room": ROOM, "kept": True})
        return self._enrolled(answer, {"kind": "web", "room": ROOM})

    def _enrolled(self, answer: httpx.Response, device: dict[str, Any]) -> str:
        assert answer.status_code == 201, answer.text
        name, self.tokens[name] = answer.json()["device_id"], answer.json()["token"]
        self.note("enrolled", school=SCHOOL, device=device | {"device_id": name})
        return str(name)

    def send(self, client: httpx.Client, report: Report, address: str = AT_SCHOOL) -> str:
        """Gives what the collector answers; a proxy that it trusts says from where the machine sends."""
        raw = msgspec.json.encode(report)
        headers = {"authorization": f"Bearer {self.tokens[report.device_id]}", "x-forwarded-for": address}
        answer = client.post("/api/v1/reports", content=b'{"reports":[' + raw + b"]}", headers=headers)
        assert answer.status_code == 200, answer.text
        self.note("report", school=SCHOOL, address=address, report=msgspec.Raw(raw))
        [told] = answer.json()["answers"]
        return str(told.get("code") or told["outcome"])

    def poll(self, reading: GearReading) -> None:
        """What the poller of network gear would have written."""
        self.collector.store.save_gear([reading])
        assert reading.load is not None
        assert reading.port is not None
        load = msgspec.structs.asdict(reading.load)
        told = {name: load[name] for name in ("seconds", "down_mbit_s", "up_mbit_s")}
        self.note("gear", school=SCHOOL, gear={"device": reading.device, "load": told, "port": reading.port})

    def revoke(self, device: str) -> None:
        self.collector.store.revoke_device(device, self.now)
        self.note("revoked", device_id=device)

    def sittings(self, client: httpx.Client) -> list[dict[str, Any]]:
        """What the API says of each sitting, judged now."""
        self.collector.judgements.judge_now(set(self.collector.configuration.schools))
        ids = [one["id"] for one in client.get("/api/v1/sittings", params={"lang": "sv"}).json()]
        return [client.get(f"/api/v1/sittings/{one}", params={"lang": "sv"}).json() for one in ids]


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    """A collector of the sample's schools, of which the first says which networks are its own, and has a router."""
    shutil.copytree(SAMPLE, tmp_path / "config")
    schools = tmp_path / "config/schools.yaml"
    schools.write_text(schools.read_text().replace("    # networks: [", "    networks: [", 1))
    (tmp_path / "config/network.yaml").write_text(ROUTER)
    return Recorded(tmp_path)


@pytest.fixture
def client(recorded: Recorded) -> Iterator[httpx.Client]:
    """Speaks to it over a socket."""
    with (
        served(recorded.collector.asgi) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=30) as client,
    ):
        yield client


def machines(releases: Releases) -> tuple[SimulatedSchool, list[SimulatedDevice]]:
    """A simulated school's machines, as machines of the sample's first one. One has a clock that is an hour ahead."""
    [school] = build_fleet(7, schools=1, devices=MACHINES, releases=releases).schools
    found = [msgspec.structs.replace(one, school=SCHOOL, room=ROOM, silent_days=0) for one in school.devices]
    return school, [msgspec.structs.replace(found[0], clock_offset_s=3600.0), *found[1:]]


def live(recorded: Recorded, client: httpx.Client) -> Iterator[set[str]]:
    """Four days of reports, polls and what goes wrong; gives at the end of each day what was answered on it."""
    school, found = machines(recorded.collector.configuration.releases)
    names = [recorded.enrol(client, one.room if index % 2 else None) for index, one in enumerate(found)]
    browser = recorded.join(client)
    end = MONDAY + timedelta(days=DAYS)
    reports = [
        (sent.results[0].started_at + timedelta(seconds=30), sent.sent(device, name, sent.results[0].started_at))
        for device, name in zip(found, names, strict=True)
        for sent in history(school, device, seed=7, now=end, days=DAYS)
    ]
    answers: set[str] = set()
    for at, report in sorted(reports, key=lambda one: (one[0], one[1].report_id)):
        while at > MONDAY + timedelta(days=1) and recorded.now.date() < at.date():
            yield answers
            answers = set()
            recorded.now = at
        recorded.now = at
        clock = timedelta(seconds=found[names.index(report.device_id)].clock_offset_s)
        moved = [msgspec.structs.replace(one, started_at=one.started_at + clock) for one in report.results]
        answers.add(recorded.send(client, msgspec.structs.replace(report, results=moved)))
        if at.minute % 4 == 0:
            answers.add(recorded.send(client, msgspec.structs.replace(report, results=moved)))
            late = msgspec.structs.replace(report, results=moved, report_id=f"home-{report.report_id}")
            answers.add(recorded.send(client, late, AT_HOME))
        load = UplinkLoad("router", at.replace(microsecond=0), 60.0, 80.0 + at.minute, 9.0)
        recorded.poll(GearReading("router", SCHOOL, at, load=load, port=PortCount(1000, True, 10_000, 1, 0)))
    wrong = msgspec.structs.replace(
        reports[-1][1], device_id=browser, report_id="x", sent_at=recorded.now, school="99000002"
    )
    answers.add(recorded.send(client, wrong))
    recorded.revoke(names[-1])
    yield answers


def explained(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    """The code, the output and the error output of `provklar explain`."""
    return main(["explain", *options]), *capsys.readouterr()


def test_explain_says_the_same(
    recorded: Recorded,
    client: httpx.Client,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of what is stored and of a replay of what was received."""
    for _ in live(recorded, client):
        pass
    file = recorded.folder / "replay.jsonl"
    file.write_bytes(b"\n".join(recorded.lines))
    sitting, at = recorded.sittings(client)[0]["id"], recorded.now.isoformat()
    options = [sitting, "--config", str(recorded.folder / "config"), "--as-of", at]
    monkeypatch.setenv("PROVKLAR_DATA", str(recorded.folder / "data"))
    stored = explained(capsys, *options)
    monkeypatch.setenv("PROVKLAR_DATA", str(recorded.folder / "nowhere"))
    replayed = explained(capsys, *options, "--replay", str(file))
    assert (stored[0], stored[2]) == (0, "")
    assert replayed[1] == stored[1]
    assert len(stored[1].splitlines()) > 10
    assert (replayed[0], "wrong_school" in replayed[2]) == (1, True)
    assert not (recorded.folder / "nowhere").exists()


def test_the_same_verdicts_every_day(
    recorded: Recorded, client: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """As values in this process every evening, and as the API and the command tell them on the last one."""
    configuration = load_configuration(recorded.folder / "config", MONDAY, environ={})
    replay = Replay(configuration)
    answers: set[str] = set()
    taken, evenings = 0, 0
    for answered in live(recorded, client):
        answers |= answered
        told = recorded.sittings(client)
        replay.feed(recorded.lines[taken:])
        taken, evenings = len(recorded.lines), evenings + 1
        verdicts = recorded.collector.read_snapshot().verdicts
        assert msgspec.json.encode(replay.verdicts(recorded.now)) == msgspec.json.encode(verdicts)
    replay.close()
    assert evenings == DAYS
    assert {"accepted", "duplicate", "clock_corrected", "not_at_school", "wrong_school"} <= answers

    file = recorded.folder / "replay.jsonl"
    file.write_bytes(b"\n".join(recorded.lines))
    assert main(["replay", str(file), "--config", str(recorded.folder / "config"), "--json"]) == 1
    said = msgspec.json.decode(capsys.readouterr().out)
    assert [one["code"] for one in said["refused"]] == ["wrong_school"]
    assert msgspec.json.encode(said["verdicts"]) == msgspec.json.encode(told)
    assert said["remarks"].keys() == {"duplicate", "clock_corrected", "not_at_school"}
