"""`provklar-agent survey --interface`: a card that hears real frames, Ctrl-C, and each way in which listening fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.protocol.wire import Report
from agent.runtime.data_folder import DataFolder, Identity
from agent.runtime.outbox import Outbox
from tests.lab.monitor_card import CARD, file_of
from tests.support.processes import BIN
from tests.support.wifi_frames import announcement, data_frame, load

pytestmark = pytest.mark.xdist_group("lab-survey")  # measures nothing, so it may run beside other tests

SCHOOL = "99000001"
OWN = "02:00:00:00:00:01"
ROOT = Path(__file__).parents[2]
AIR = [
    *(announcement(b"Skolan", OWN, signal_dbm=-50 - number, more=load(12, 51)) for number in range(10)),
    announcement(b"Grannens hemliga", "06:00:00:00:00:09", signal_dbm=-70),
    data_frame(),
]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """The folder of an enrolled agent."""
    folder = DataFolder(tmp_path / "data")
    folder.keep_identity(Identity("device-1", "token", SCHOOL))
    return folder


def listen(
    data: DataFolder,
    *,
    interface: str = CARD,
    seconds: str = "2",
    frames: list[bytes] | None = None,
    state: str = "up",
    interrupt_after_s: float = 0.0,
) -> subprocess.CompletedProcess[str]:
    """The command in a network namespace of its own, with the card beside it; the collector is out of reach."""
    file = data.path.parent / "frames"
    file.write_bytes(file_of(AIR if frames is None else frames))
    survey = [BIN / "provklar-agent", "survey", "--interface", interface, "--seconds", seconds, "--ssid", "Skolan"]
    options = ["--collector", "http://127.0.0.1:9", "--school", SCHOOL, "--room", "A101", "--data", data.path]
    card = [sys.executable, "-m", "tests.lab.monitor_card", file, interrupt_after_s, state]
    return subprocess.run(
        [str(part) for part in ["unshare", "--net", *card, *survey, *options, "--language", "en"]],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("PROVKLAR")},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def waiting(data: DataFolder) -> list[Report]:
    """The reports in the outbox."""
    return [one.report for one in Outbox(data, 100).oldest(100)]


def test_what_is_heard_becomes_a_report(data: DataFolder) -> None:
    """As from a capture file; with the collector away the report waits."""
    done = listen(data)
    assert done.returncode == 0, done.stderr
    assert "Listening on mon0 for 2 seconds" in done.stderr
    assert "The report stays on the machine" in done.stderr
    (report,) = waiting(data)
    survey, channels = report.results
    assert (survey.probe, survey.facts["own_access_points"], survey.facts["foreign_access_points"]) == ("survey", 1, 1)
    assert (survey.facts["stations_max"], survey.facts["utilisation_max_percent"]) == (12, 20.0)
    assert survey.facts["signal_median_dbm"] in range(-60, -49)
    assert isinstance(survey.facts["frames"], int)
    assert survey.facts["frames"] > 12
    assert survey.facts["malformed_frames"] == 0
    assert channels.facts == {"channels": 1}
    assert "Grannens" not in done.stderr


def test_ctrl_c_ends_it_and_keeps_what_was_heard(data: DataFolder) -> None:
    """Ten minutes were asked for; somebody has walked around the room in two and a half."""
    began = time.monotonic()
    done = listen(data, seconds="600", interrupt_after_s=2.5)
    assert (done.returncode, time.monotonic() - began < 45) == (0, True), done.stderr
    assert [report.room for report in waiting(data)] == ["A101"]


def test_a_silent_card(data: DataFolder) -> None:
    """Nothing is reported: a room without Wi-Fi sounds like a card on the wrong channel."""
    done = listen(data, frames=[], seconds="1")
    assert (done.returncode, waiting(data)) == (2, [])
    assert "Nothing was heard on mon0" in done.stderr


@pytest.mark.parametrize(
    ("interface", "state", "said"),
    [
        ("wlan7", "up", "There is no network card wlan7 on this machine. Those that there are: lo, mon0"),
        ("../net/lo", "up", "There is no network card ../net/lo"),
        ("lo", "up", "lo is not in monitor mode. Put it there, as root: ip link set lo down; iw dev lo set type"),
        (CARD, "down", "mon0 is down. Turn it on, as root: ip link set mon0 up"),
    ],
)
def test_cards_that_can_not_be_listened_to(interface: str, state: str, said: str, data: DataFolder) -> None:
    """Each says what to do, and nothing is reported."""
    done = listen(data, interface=interface, state=state)
    assert (done.returncode, waiting(data)) == (2, [])
    assert said in done.stderr
