"""The command as people run it: real processes against a stub of the collector."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.cli import main
from agent.runtime.data_folder import DataFolder
from tests.support import quick_agent
from tests.support.processes import BIN, free_port, running
from tests.support.stub_collector import KEY, SCHOOL, TOKEN, StubCollector, policy, stub_collector

AGENT = BIN / "provklar-agent"
IN_A_HURRY = sys.executable, Path(quick_agent.__file__)
"""The same program, for which all waiting takes a twentieth."""

OF_THIS_MACHINE = "PROBLEM: (?:the clock follows no|an update waits|no browser was)"
"""What the machine that tests run on may have to mend."""


class Scene:
    """A collector, a folder for the agent, and ways to run it."""

    def __init__(self, stub: StubCollector, folder: Path) -> None:
        self.stub = stub
        self.folder = folder
        self.key_file = folder / "key"
        self.key_file.write_text(KEY + "\n", encoding="utf-8")
        self.data = DataFolder(folder / "data")

    def options(self, collector: str | None = None) -> list[str]:
        """What `provklar local` gives instead of a file."""
        options = ["--collector", collector or self.stub.url, "--school", SCHOOL, "--data", str(self.data.path)]
        return [*options, "--room", "A101", "--key-file", str(self.key_file), "--language", "en"]

    def run(
        self, *command: str, collector: str | None = None, agent: Sequence[str | Path] = (AGENT,)
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end, in a folder without a settings file."""
        return subprocess.run(
            [*agent, *command, *self.options(collector)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A collector that asks for the device and the latency."""
    with stub_collector() as stub:
        stub.policy = policy(stub.measurement_url, "device", "latency", every_s=3_600)
        yield Scene(stub, tmp_path)


def test_enrol_measure_once_and_examine(scene: Scene) -> None:
    """The way of a technician with a new machine."""
    assert "not enrolled" in scene.run("once").stderr
    enrolled = scene.run("enroll")
    assert (enrolled.returncode, enrolled.stdout) == (
        0,
        f"This machine is now enrolled as device-1 at school {SCHOOL}\n",
    )
    again = scene.run("enroll")
    assert again.stdout == f"This machine was already enrolled as device-1 at school {SCHOOL}\n"
    once = scene.run("once", agent=IN_A_HURRY)
    assert once.returncode == 0, once.stderr
    assert "Measuring: device ..." in once.stderr
    assert "device: measured" in once.stdout
    assert "screen_width_px: " in once.stdout
    assert once.stdout.endswith("Sent: 1 accepted, 0 already there, 0 rejected\n")
    doctor = scene.run("doctor", agent=IN_A_HURRY)
    mend = doctor.stdout.count("PROBLEM: ")
    assert mend == len(re.findall(OF_THIS_MACHINE, doctor.stdout)), doctor.stdout
    assert doctor.returncode == (1 if mend else 0)
    assert doctor.stdout.endswith(f"To mend: {mend}. See the lines with PROBLEM.\n" if mend else "in order.\n")
    everything = json.dumps([vars(one) for one in (enrolled, again, once, doctor)], default=str)
    assert TOKEN not in everything
    assert KEY not in everything


def test_one_probe_prints_its_result_as_json(scene: Scene) -> None:
    """Without enrolment."""
    done = scene.run("probe", "device")
    assert (done.returncode, json.loads(done.stdout)["facts"]["os_name"]) == (0, "linux")
    unknown = scene.run("probe", "weather")
    assert unknown.returncode == 2
    assert "There is no probe weather. Choose one of: browsers, device, internet" in unknown.stderr


def test_the_collector_away_is_said_and_nothing_is_lost(scene: Scene) -> None:
    """Exit code 1; the report waits, and the doctor says what is wrong."""
    scene.run("enroll")
    scene.run("once", agent=IN_A_HURRY)
    nowhere = f"http://127.0.0.1:{free_port()}"
    once = scene.run("once", collector=nowhere, agent=IN_A_HURRY)
    assert once.returncode == 1
    assert f"The collector at {nowhere} can't be reached" in once.stderr
    doctor = scene.run("doctor", collector=nowhere, agent=IN_A_HURRY)
    assert doctor.returncode == 1
    assert f"PROBLEM: The collector at {nowhere} can't be reached" in " ".join(doctor.stdout.split())
    assert "OK: 1 report waits to be sent" in doctor.stdout


def test_a_reader_that_has_had_enough_is_no_error(scene: Scene) -> None:
    """`| head -n 1`: nothing on standard error, and no exit code that says trouble."""
    for command in ("doctor", "probe device"):
        line = " ".join([str(AGENT), command, *scene.options(), "| true; echo ${PIPESTATUS[0]}"])
        done = subprocess.run(
            ["bash", "-c", line], cwd=scene.folder, capture_output=True, text=True, timeout=90, check=False
        )
        assert (done.stdout, done.stderr) == ("0\n", "")


def test_run_measures_sends_and_stops_in_order(scene: Scene) -> None:
    """On SIGTERM, with exit code 0, and without a secret in the log."""
    scene.run("enroll")
    log = scene.folder / "log"
    with running([*IN_A_HURRY, "run", *scene.options()], log=log, cwd=scene.folder) as process:
        deadline = time.monotonic() + 40
        while not scene.stub.reports and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    (report,) = scene.stub.reports
    assert [result.probe for result in report.results] == ["device", "latency"]
    said = log.read_text("utf-8")
    assert "The agent has stopped" in said
    assert TOKEN not in said
    assert KEY not in said


def _measured(scene: Scene) -> list[tuple[str, ...]]:
    """What was measured together, each combination once, in the order of its first report."""
    return list(dict.fromkeys(tuple(result.probe for result in report.results) for report in scene.stub.reports))


def test_run_follows_a_changed_policy(scene: Scene) -> None:
    """Without a restart, with the next exchange."""
    scene.stub.policy = policy(scene.stub.measurement_url, "device", "latency", every_s=1_200)
    scene.run("enroll")
    with running([*IN_A_HURRY, "run", *scene.options()], log=scene.folder / "log", cwd=scene.folder):
        deadline = time.monotonic() + 80
        while not scene.stub.reports and time.monotonic() < deadline:
            time.sleep(0.02)
        scene.stub.policy = policy(scene.stub.measurement_url, "browsers", every_s=3_600)
        while len(_measured(scene)) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
    assert _measured(scene) == [("device", "latency"), ("browsers",)]


def test_run_stays_small(scene: Scene) -> None:
    """30 MB at rest is the goal; a coarse bound, so that a heavy import is noticed."""
    scene.stub.policy = policy(scene.stub.measurement_url, "device")
    scene.run("enroll")
    with running([AGENT, "run", *scene.options()], log=scene.folder / "log", cwd=scene.folder) as process:
        deadline = time.monotonic() + 40
        while not scene.stub.reports and time.monotonic() < deadline:
            time.sleep(0.02)
        status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    resident_kib = int(status.partition("VmRSS:")[2].split()[0])
    assert resident_kib < 36 * 1024


def test_bad_settings_and_arguments_end_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In Swedish unless asked."""
    file = tmp_path / "agent.yaml"
    file.write_text("collector_url: http://c\nschol: 99000001\n", encoding="utf-8")
    assert main(["doctor", "--config", str(file)]) == 2
    assert capsys.readouterr().err == f"{file}:2: inställningen schol finns inte. Menar du school?\n"
    assert main(["--language", "en", "doctor", "--config", str(tmp_path / "no.yaml")]) == 2
    assert "the settings are missing" in capsys.readouterr().err
    assert main([]) == 2
    assert main(["fly"]) == 2
    assert main(["run", "--language", "fi"]) == 2


def test_run_before_enrolment_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do. The settings' file may be named by the environment."""
    file = tmp_path / "agent.yaml"
    file.write_text(f"collector_url: http://c\nschool: {SCHOOL}\ndata_dir: {tmp_path}/data\n", encoding="utf-8")
    monkeypatch.setenv("PROVKLAR_AGENT_CONFIG", str(file))
    assert main(["run"]) == 2
    assert capsys.readouterr().err.endswith("Den här datorn är inte registrerad. Kör: provklar-agent enroll\n")


def test_what_the_system_refuses_is_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails, say."""

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("agent.commands.dispatch.perform", broken)
    options = ["--collector", "http://c", "--school", SCHOOL, "--data", str(tmp_path)]
    assert main(["once", *options, "--language", "en"]) == 1
    assert capsys.readouterr().err.startswith("The machine said no: [Errno 5] Input/output error. Check that")


def test_help_is_in_the_readers_language(capsys: pytest.CaptureFixture[str]) -> None:
    """And does not show what only `run` uses."""
    assert main(["--help"]) == 0
    swedish = capsys.readouterr().out
    assert "mät allt en gång och skicka det" in swedish
    assert "cycle" not in swedish
    assert main(["--help", "--language", "en"]) == 0
    assert "measure everything once and send it" in capsys.readouterr().out


def test_ctrl_c_is_no_traceback(scene: Scene) -> None:
    """While waiting for a collector that hangs, say."""
    scene.run("enroll")
    scene.stub.misbehave["/api/v1/policy"] = lambda _handler: time.sleep(60)
    command = [str(AGENT), "once", *scene.options()]
    process = subprocess.Popen(command, cwd=scene.folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    deadline = time.monotonic() + 30
    while scene.stub.requests[-1][0] != "/api/v1/policy" and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (1, "Interrupted\n")


def test_once_can_be_brief(scene: Scene) -> None:
    """One line for each probe and one for what was sent, none with a value; why it failed is its code alone."""
    scene.stub.policy = policy(scene.stub.measurement_url, "device", "wifi", every_s=3_600)
    scene.run("enroll")
    once = scene.run("once", "--brief")
    assert once.returncode == 0, once.stderr
    device, wifi = once.stderr.splitlines()
    assert device.startswith("Measured: device (")
    assert wifi.startswith(("Measured: wifi (", "Not measured: wifi ("))
    assert ":" not in wifi.partition("(")[2]
    assert once.stdout == "Sent: 1 accepted, 0 already there, 0 rejected\n"
