"""What goes wrong in real life, on real processes: it is said plainly, nothing is lost, and the rest goes on."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from agent.protocol.wire import ProbeResult, Report
from agent.runtime.data_folder import DataFolder
from agent.runtime.outbox import Outbox
from collector.clock import utc_now
from tests.support.collectors import ROOM, SCHOOL, Place, place_in, serving, until
from tests.support.processes import BIN
from tests.support.stored import reports_on_disk


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return place_in(tmp_path)


def enrolled(place: Place) -> None:
    done = place.agent("enroll", key=place.key())
    assert done.returncode == 0, done.stderr


def stored_reports(place: Place) -> int:
    return reports_on_disk(place.data / "provklar.db")


def waiting(place: Place) -> set[str]:
    """The names of the reports in the agent's outbox."""
    return {path.name for path in (place.folder / "agent" / "outbox").glob("*.json")}


def test_a_taken_port_is_said_plainly(place: Place) -> None:
    with serving(place):
        second = place.run("provklar", "serve", "--config", str(place.config))
    assert second.returncode == 2
    assert f"Port {place.port} är upptagen" in second.stderr
    assert "PROVKLAR_PORT" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_bad_configuration_stops_the_start_with_file_line_and_remedy(place: Place) -> None:
    (place.config / "schools.yaml").write_text("schools:\n  - code: '99000001'\n    nmae: X\n")
    for command in (["serve", "--config"], ["check-config", "--config"]):
        done = place.run("provklar", *command, str(place.config))
        assert done.returncode == 2
        assert f"{place.config}/schools.yaml:3" in done.stderr
        assert "name" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_running_collector_keeps_its_old_configuration(place: Place) -> None:
    with serving(place):
        until(lambda: len(place.get("/api/v1/sittings")) == 4)
        whole = (place.config / "calendar.yaml").read_text()
        (place.config / "calendar.yaml").write_text("sittings:\n  - id: half")
        until(lambda: place.get("/healthz")["configuration_errors"] != [])
        assert len(place.get("/api/v1/sittings")) == 4
        (place.config / "calendar.yaml").write_text(whole)
        place.replace("calendar.yaml", whole[whole.index("  - id: strand-9-matematik") :], "")
        until(lambda: len(place.get("/api/v1/sittings")) == 3)
        assert place.get("/healthz")["configuration_errors"] == []


def test_a_sitting_that_has_been_judged_may_lie_in_the_past_after_a_restart(place: Place) -> None:
    to_come = f"{utc_now().year + 1}-05-19"
    place.replace("calendar.yaml", "standing: {in_days: 7, at: 08:30}", f"starts_at: {to_come} 08:30")
    with serving(place):
        until(lambda: any(s["starts_at"].startswith(to_come) and s["binding"] for s in place.get("/api/v1/sittings")))
    place.replace("calendar.yaml", to_come, "2020-05-19")
    known = place.run("provklar", "check-config", "--config", str(place.config))
    assert known.returncode == 0, known.stderr
    place.replace("calendar.yaml", "id: bjork-6-engelska", "id: never-seen")
    unknown = place.run("provklar", "check-config", "--config", str(place.config))
    assert unknown.returncode == 2
    assert f"{place.config}/calendar.yaml:" in unknown.stderr
    assert "held: true" in unknown.stderr


def test_a_collector_that_is_away_loses_nothing(place: Place) -> None:
    with serving(place):
        enrolled(place)
        assert place.agent("once").returncode == 0
    assert stored_reports(place) == 1
    away = place.agent("once")
    assert away.returncode == 1
    assert place.url in away.stderr
    assert "Traceback" not in away.stderr
    assert len(waiting(place)) == 1
    with serving(place):
        back = place.agent("once")
        assert back.returncode == 0, back.stderr
    assert waiting(place) == set()
    assert stored_reports(place) == 3


def test_a_revoked_device_is_told_so_and_keeps_its_report(place: Place) -> None:
    with serving(place):
        enrolled(place)
        until(lambda: len(place.get("/api/v1/devices")) == 1)
        [device] = place.get("/api/v1/devices")
        revoked = place.run("provklar", "device", "revoke", device["id"], "--config", str(place.config))
        assert revoked.returncode == 0, revoked.stderr
        until(lambda: place.agent("once").returncode == 1, seconds=60)
        refused = place.agent("once")
        assert "enroll" in refused.stderr
        assert stored_reports(place) <= 2


def test_a_revoked_or_wrong_key_lets_nobody_in(place: Place) -> None:
    with serving(place):
        made = place.run("provklar", "enrolment-key", "create", SCHOOL, "--language", "en")
        key, key_id = made.stdout.strip(), made.stderr.split()[1]
        assert key_id in place.run("provklar", "enrolment-key", "list").stdout
        assert place.run("provklar", "enrolment-key", "revoke", key_id).returncode == 0
        for refused in (key, "guessed"):
            done = place.agent("enroll", key=refused)
            assert done.returncode != 0
            assert refused not in done.stderr + place.log.read_text()
        assert place.get("/api/v1/devices") == []


def test_killing_the_agent_at_any_moment_loses_and_doubles_nothing(place: Place) -> None:
    """kill -9 at random moments of measuring, storing and sending; whatever had reached the outbox arrives once."""
    chance = random.Random(20261121)
    # Only what is measured in a moment: else few of the moments would be those of storing and sending.
    plans = [line for line in (place.config / "collector.yaml").read_text().splitlines() if "{probe: " in line]
    for plan in plans:
        if not any(quick in plan for quick in ("device", "browsers", "wifi")):
            place.replace("collector.yaml", plan + "\n", "")
    with serving(place):
        enrolled(place)
        reached: set[str] = set()
        for _ in range(12):
            command = [str(BIN / "provklar-agent"), "once", *place.agent_options()]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                deadline = time.monotonic() + chance.uniform(0.2, 6.0)
                while time.monotonic() < deadline and process.poll() is None:
                    reached |= waiting(place)
                    time.sleep(0.005)
                process.kill()
            reached |= waiting(place)
        last = place.agent("once")
        assert last.returncode == 0, last.stderr
        assert waiting(place) == set()
    assert stored_reports(place) >= len(reached) > 0
    accepted = stored_reports(place)
    with serving(place):
        assert place.agent("once").returncode == 0
    assert stored_reports(place) == accepted + 1


def test_killing_the_collector_during_batches_loses_and_doubles_nothing(place: Place) -> None:
    """kill -9 of the collector at random moments while an agent empties a full outbox into it."""
    chance = random.Random(7)
    with serving(place):
        enrolled(place)
    folder = DataFolder(place.folder / "agent")
    identity = json.loads((place.folder / "agent" / "identity.json").read_text())
    outbox = Outbox(folder, 2_000)
    for number in range(400):
        outbox.put(small_report(identity["device_id"], number))
    for _ in range(8):
        if not waiting(place):
            break
        with serving(place) as collector:
            command = [str(BIN / "provklar-agent"), "cycle", "--probes", "", *place.agent_options()]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as agent:
                time.sleep(chance.uniform(0.2, 1.0))
                collector.send_signal(signal.SIGKILL)
                collector.wait(timeout=15)
                agent.wait(timeout=60)
    with serving(place):
        assert place.agent("once").returncode == 0
    assert waiting(place) == set()
    assert stored_reports(place) == 400 + 1


def small_report(device_id: str, number: int) -> Report:
    now = utc_now()
    facts = {"rtt_p95_ms": 10.0 + number}
    result = ProbeResult(probe="latency", version=1, status="ok", started_at=now, duration_s=0.1, facts=dict(facts))
    return Report(
        schema=1,
        report_id=f"killed-{number:04d}",
        device_id=device_id,
        sent_at=now,
        agent_version="0.1.0",
        school=SCHOOL,
        room=ROOM,
        results=[result],
    )
