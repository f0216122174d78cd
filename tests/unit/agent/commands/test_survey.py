"""`provklar-agent survey` as a technician runs it, and the facts that come of it."""

from __future__ import annotations

import csv
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

import agent.commands.survey
from agent.app import App
from agent.commands.survey import conduct
from agent.i18n.errors import AgentError
from agent.i18n.messages import Messages
from agent.protocol.wire import ProbeResult, Report
from agent.runtime.data_folder import DataFolder, Identity
from agent.runtime.outbox import Outbox
from agent.runtime.settings import Settings
from agent.survey.aggregate import Gathered
from agent.survey.facts import CHANNEL_FACTS, SURVEY_FACTS, results
from agent.survey.read import Survey, survey_of
from agent.system.machine import System
from tests.support.processes import BIN
from tests.support.wifi_frames import CAPTURED_AT_S, announcement, data_frame, load, pcap, written

SCHOOL = "99000001"
OWN, OWN_FAR, FOREIGN = "02:00:00:00:00:01", "02:00:00:00:00:02", "06:00:00:00:00:09"
CAPTURED_AT = datetime.fromtimestamp(CAPTURED_AT_S, UTC)
LATER = CAPTURED_AT + timedelta(days=1)
ROOM_CAPTURE = pcap(
    [
        *[announcement(b"Skolan", OWN, signal_dbm=-50 - number, more=load(12, 51)) for number in range(10)],
        announcement(b"Skolan", OWN_FAR, signal_dbm=-80, channel=11),
        announcement(b"Grannens hemliga", FOREIGN, signal_dbm=-70),
        data_frame(),
        announcement(b"Skolan", OWN)[:40],
    ]
)


def found(folder: Path, content: bytes = ROOM_CAPTURE, *ssids: bytes) -> list[ProbeResult]:
    survey = survey_of(written(folder, content), ssids, lambda _: None)
    return results(survey, own_named=bool(ssids), file_time=CAPTURED_AT, now=LATER)


def test_facts_are_about_the_strongest_own_access_point(tmp_path: Path) -> None:
    """And what others do on its channel."""
    survey, channels = found(tmp_path, ROOM_CAPTURE, b"Skolan")
    assert survey.facts == {
        "own_access_points": 2,
        "signal_p10_dbm": -59,
        "signal_median_dbm": -55,
        "signal_spread_db": 8,
        "channel": 6,
        "band": "2.4",
        "stations_max": 12,
        "utilisation_median_percent": 20.0,
        "utilisation_max_percent": 20.0,
        "foreign_access_points": 1,
        "foreign_same_channel": 1,
        "foreign_same_channel_dbm": -70,
        "frames": 14,
        "announcements": 12,
        "malformed_frames": 1,
        "cut_short": False,
        "captured_s": 13.0,
    }
    assert survey.missing == {}
    assert (survey.started_at, survey.duration_s) == (CAPTURED_AT, 13.0)
    assert [row["bssid"] for row in survey.rows] == [OWN, OWN_FAR]
    assert channels.facts == {"channels": 2}
    assert [(row["channel"], row["foreign_access_points"]) for row in channels.rows] == [(6, 1), (11, 0)]


def test_every_fact_is_declared_and_within_its_bounds(tmp_path: Path) -> None:
    """As the collector will check them."""
    for result, specs in zip(found(tmp_path, ROOM_CAPTURE, b"Skolan"), (SURVEY_FACTS, CHANNEL_FACTS), strict=True):
        assert list(result.facts) == [spec.name for spec in specs]
        assert all(spec.accepts(result.facts[spec.name]) for spec in specs)
        assert msgspec.convert(msgspec.to_builtins(result), ProbeResult) == result


@pytest.mark.parametrize(
    ("ssids", "own", "reason"),
    [((), None, "ssid_not_given"), ((b"Fel namn",), 0, "no_own_network_heard")],
)
def test_without_an_own_access_point(ssids: tuple[bytes, ...], own: int | None, reason: str, tmp_path: Path) -> None:
    """No signal is not a weak signal, and nobody having said is not zero."""
    survey, _ = found(tmp_path, ROOM_CAPTURE, *ssids)
    assert survey.facts["own_access_points"] == own
    assert (survey.facts["signal_p10_dbm"], survey.missing["signal_p10_dbm"]) == (None, reason)
    assert survey.facts["foreign_access_points"] == (3 if ssids else None)
    assert set(survey.missing.values()) == {reason}


def test_an_access_point_that_says_little(tmp_path: Path) -> None:
    """Without a load element the load is not known; without neighbours there is no strongest of them."""
    survey, _ = found(tmp_path, pcap([announcement(b"Skolan", OWN)]), b"Skolan")
    assert survey.missing == {
        "stations_max": "not_stated",
        "utilisation_median_percent": "not_stated",
        "utilisation_max_percent": "not_stated",
        "foreign_same_channel_dbm": "none_heard",
    }


def test_a_capture_is_as_old_as_its_frames_and_never_from_the_future(tmp_path: Path) -> None:
    """Else an old capture would count as today's air."""
    survey = survey_of(written(tmp_path, ROOM_CAPTURE), [b"Skolan"], lambda _: None)
    early = CAPTURED_AT - timedelta(days=9)
    assert results(survey, own_named=True, file_time=LATER, now=early)[0].started_at == early
    timeless = Survey(Gathered([], []), False, 1, 0, 0, 0, False, None, None)
    (result, _) = results(timeless, own_named=True, file_time=early, now=LATER)
    assert (result.started_at, result.facts["captured_s"]) == (early, None)


def test_a_flood_makes_foreign_ones_unknown() -> None:
    """Not a number that is too small."""
    flooded = Survey(Gathered([], []), True, 1, 0, 0, 0, False, 1.0, 2.0)
    (result, _) = results(flooded, own_named=True, file_time=LATER, now=LATER)
    assert result.missing["foreign_access_points"] == "too_many_heard"


# --- the command


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """The folder of an enrolled agent."""
    folder = DataFolder(tmp_path / "data")
    folder.keep_identity(Identity("device-1", "token", SCHOOL))
    return folder


def run(data: DataFolder, *arguments: str, room: str | None = "A101") -> subprocess.CompletedProcess[str]:
    options = ["--collector", "http://127.0.0.1:9", "--school", SCHOOL, "--data", str(data.path), "--language", "en"]
    return subprocess.run(
        [BIN / "provklar-agent", "survey", *arguments, *options, *(["--room", room] if room else [])],
        cwd=data.path.parent,
        env={key: value for key, value in os.environ.items() if not key.startswith("PROVKLAR")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def waiting(data: DataFolder) -> list[Report]:
    return [one.report for one in Outbox(data, 100).oldest(100)]


def test_a_room_is_surveyed(data: DataFolder, tmp_path: Path) -> None:
    """A report waits, the sheet and the picture are there, and nothing of the neighbour is in any of them."""
    file = written(tmp_path, ROOM_CAPTURE)
    done = run(data, "--capture", str(file), "--ssid", "Skolan", "Skolan-gäst")
    assert (done.returncode, done.stdout) == (0, "")
    assert "access points heard: 2. The strongest reaches -59 dBm or more 90 % of the time." in done.stderr
    assert "1 of 14 frames were damaged" in done.stderr
    (report,) = waiting(data)
    assert (report.room, report.school, report.device_id) == ("A101", SCHOOL, "device-1")
    assert [result.probe for result in report.results] == ["survey", "survey_channels"]
    sheet, picture = data.path / "survey" / "survey.csv", data.path / "survey" / "survey.svg"
    assert [row["bssid"] for row in csv.DictReader(sheet.read_text().splitlines())] == [OWN, OWN_FAR]
    assert OWN in picture.read_text()
    everything = done.stderr + sheet.read_text() + picture.read_text() + msgspec.json.encode(report).decode()
    for secret in ("Grannens", FOREIGN, "Skolan"):
        assert secret not in everything.replace("Skolan-gäst", "")


def test_the_next_room_joins_the_sheet(data: DataFolder, tmp_path: Path) -> None:
    """Two rooms, two reports, one picture."""
    file = written(tmp_path, ROOM_CAPTURE)
    for room in ("B204", "A101", "B204"):
        assert run(data, "--capture", str(file), "--ssid", "Skolan", room=room).returncode == 0
    sheet = (data.path / "survey" / "survey.csv").read_text().splitlines()
    assert [row["room"] for row in csv.DictReader(sheet)] == ["A101", "A101", "B204", "B204"]
    assert [report.room for report in waiting(data)] == ["B204", "A101", "B204"]


@pytest.mark.parametrize(
    ("content", "ssids", "said"),
    [
        (ROOM_CAPTURE, [], "Nobody said what the school's network is called"),
        (ROOM_CAPTURE, ["--ssid", "Fel"], "No access point of the school's network was heard"),
        (ROOM_CAPTURE[:-7], ["--ssid", "Skolan"], "The capture broke off"),
    ],
)
def test_what_makes_it_less_than_it_seems_is_said(
    content: bytes, ssids: list[str], said: str, data: DataFolder, tmp_path: Path
) -> None:
    """And a report is there all the same."""
    done = run(data, "--capture", str(written(tmp_path, content)), *ssids)
    assert done.returncode == 0
    assert said in done.stderr
    assert len(waiting(data)) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a letter to the parents", "is no capture. Give a pcap or pcapng file"),
        (pcap([b"\0" * 60], link_type=1), "Capture anew in monitor mode"),
        (pcap([]), "Capture anew in monitor mode"),
    ],
)
def test_files_that_are_no_survey(content: bytes, said: str, data: DataFolder, tmp_path: Path) -> None:
    """Nothing is reported of them."""
    done = run(data, "--capture", str(written(tmp_path, content)), "--ssid", "Skolan")
    assert done.returncode == 2
    assert said in done.stderr
    assert waiting(data) == []
    assert not (data.path / "survey").exists()


def test_a_file_that_is_not_there(data: DataFolder) -> None:
    """With its name."""
    done = run(data, "--capture", "no-such.pcap")
    assert (done.returncode, "no-such.pcap can't be read" in done.stderr) == (2, True)


def test_where_the_frames_come_from_must_be_said(data: DataFolder) -> None:
    """A file or a card that there is, for a time that makes sense."""
    listening = run(data, "--interface", "no-such-card")
    assert (listening.returncode, "There is no network card no-such-card" in listening.stderr) == (2, True)
    assert run(data).returncode == 2
    for seconds in ("0", "3601", "nan", "soon"):
        endless = run(data, "--interface", "no-such-card", "--seconds", seconds)
        assert (endless.returncode, "--seconds" in endless.stderr) == (2, True), seconds


def test_a_survey_belongs_to_a_room(data: DataFolder, tmp_path: Path) -> None:
    """Which nobody can guess."""
    done = run(data, "--capture", str(written(tmp_path, ROOM_CAPTURE)), room=None)
    assert (done.returncode, "Give it with --room" in done.stderr) == (2, True)


def test_somebody_elses_file_is_left_alone(data: DataFolder, tmp_path: Path) -> None:
    """And then nothing is reported: the survey can be made again."""
    (data.path / "survey").mkdir()
    sheet = data.path / "survey" / "survey.csv"
    sheet.write_text("my,own,notes\n")
    done = run(data, "--capture", str(written(tmp_path, ROOM_CAPTURE)), "--ssid", "Skolan")
    assert (done.returncode, "Move it away and try again" in done.stderr) == (2, True)
    assert sheet.read_text() == "my,own,notes\n"
    assert waiting(data) == []


def test_without_scapy(data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said before anything is read."""
    monkeypatch.setattr(agent.commands.survey, "find_spec", lambda _: None)
    settings = Settings("http://127.0.0.1:9", SCHOOL, "A101", str(data.path))
    app = App(settings, System(), lambda code, /, **_: None)
    with pytest.raises(AgentError, match="survey_needs_scapy") as refused:
        conduct(app, tmp_path / "never-opened.pcap", [], Messages("en"))
    assert refused.value.exit_code == 2
    assert "provklar[agent,survey]" in Messages("sv").say(refused.value.code)
