"""`make run` and `make demo`, as a person starts them: the table, the page, and an end in order."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.collectors import Place, place_in
from tests.support.processes import BIN

FIRST_VERDICT_S = 90
STATUSES = ("Redo", "På gränsen", "Inte redo", "Vet inte än")


@contextmanager
def local_run(place: Place, *options: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """`provklar local`, its output in a file; killed with its children if the test fails."""
    output = place.folder / "output.txt"
    command = [str(BIN / "provklar"), "local", "--config", str(place.config), *options]
    with output.open("w") as stream:
        process = subprocess.Popen(
            command, env=place.environ, cwd=place.folder, stdout=stream, stderr=subprocess.STDOUT, text=True
        )
        try:
            yield process, output
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)


def wait_for(text: str, output: Path, process: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + FIRST_VERDICT_S
    while text not in output.read_text():
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.1)
    return output.read_text()


def processes_of(place: Place) -> list[str]:
    """Command lines of running processes that belong to this place."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(place.folder) in command:
            found.append(command)
    return found


OUTCOME = r"Mätt: throughput|Inte mätt: throughput \((down|up)_(unstable|too_short|not_filled)\)"


def test_the_first_verdict_of_this_machine(tmp_path: Path) -> None:
    """A second run beside it is told that the port is taken, and leaves it in peace; then it ends in order."""
    place = place_in(tmp_path)
    with local_run(place) as (process, output):
        said = wait_for("Ctrl-C", output, process)
        for column in ("Provtillfälle", "Börjar", "Besked", "Räcker", "Vad som avgör", "Vad som behöver göras"):
            assert column in said
        assert "Björkskolan" in said
        assert any(status in said for status in STATUSES)
        assert place.url in said
        # There is no line between them: what comes out is how busy the machine is, or that this was too unsteady.
        outcome = re.search(OUTCOME, said)
        assert outcome is not None, said
        told = httpx.get(f"{place.url}/api/v1/sittings", trust_env=False).json()
        down = next(f for f in told[0]["findings"] if f["requirement"] == "line-down")
        assert down["status"] == "unknown"
        assert (down["measured"] or 0) > 0 if outcome[0].startswith("Mätt") else down["measured"] is None
        again = place.run("provklar", "local", "--config", str(place.config))
        assert again.returncode == 1
        assert f"Port {place.port} är upptagen" in again.stderr
        assert process.poll() is None
        running = processes_of(place)
        assert any("provklar serve" in command for command in running)
        assert any("provklar-agent run" in command for command in running)

        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    assert "Stoppat i ordning" in output.read_text()
    assert processes_of(place) == []


def test_the_demonstration(tmp_path: Path) -> None:
    """What is simulated is marked, and many schools leave the own verdict in sight: the table ends before this
    machine's own rows are out of it, and says that there are more.
    """
    place = place_in(tmp_path)
    before = sorted(path.name for path in place.config.rglob("*"))
    with local_run(place, "--demo", "--schools", "20", "--devices", "20", "--seed", "5") as (process, output):
        said = wait_for("Ctrl-C", output, process)
        assert said.count("simulerat") >= 3
        table = said.partition("┏")[2]
        assert table.index("Björkskolan") < table.index("simulerat")
        rows = table.count("├") + 1
        told = httpx.get(f"{place.url}/api/v1/sittings", trust_env=False).json()
        assert rows == 30 < len(told)
        assert f"({len(told) - rows} provtillfällen vid andra skolor visas på sidan.)" in table
        simulated = {t["school"]["code"] for t in told if t["simulated"]}
        assert len(simulated) == 20
        assert all(code.startswith("98") for code in simulated)
        assert {t["school"]["code"] for t in told if not t["simulated"]} == {"99000001", "99000002", "99000003"}
        page = httpx.get(place.url, trust_env=False).text
        assert len(re.findall("simulera", page, re.IGNORECASE)) >= 20
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    assert sorted(path.name for path in place.config.rglob("*")) == before, "the operator's own files stay as they are"
    assert processes_of(place) == []


def test_verbose_shows_every_value(tmp_path: Path) -> None:
    """And what is being measured, and why something could not be; in English, all of it, for who wants that."""
    place = place_in(tmp_path)
    with local_run(place, "--verbose", "--language", "en") as (process, output):
        said = wait_for("Ctrl-C", output, process)
        assert "Measuring: device ..." in said
        assert "device: measured" in said
        assert "    os_name: linux" in said
        assert re.search("[ÄÖåäö]", said.replace("Björkskolan", "").partition("┏")[0]) is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
