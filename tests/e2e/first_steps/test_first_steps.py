"""A fresh clone in the hands of a school's technician: `make run`, the README's commands, `make demo`.

Everything is as the README says it, in a terminal of 24 rows of 80 characters. Only the port is chosen.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.processes import BIN, free_port
from tests.support.terminals import ROWS, Terminal, in_terminal, rows_of
from tests.support.wifi_frames import announcement, pcap

ROOT = Path(__file__).parents[3]
PAGES = ("README.md", "README.sv.md")
INSTALLED_S, VERDICT_S, COMMAND_S = 300, 180, 120
TABLE = "┏"
"""Where the verdict begins."""

pytestmark = pytest.mark.timeout(600)


def environment(**more: str) -> dict[str, str]:
    """A technician's, not a developer's: none of our variables, and the Python that the tests run by."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PROVKLAR_", "PYTHON", "MAKE", "VIRTUAL_ENV"))}
    kept["PATH"] = os.pathsep.join(part for part in kept["PATH"].split(os.pathsep) if Path(part) != BIN)
    return kept | {"PYTHON": sys.executable, "SHELL": "/bin/sh", "TERM": "xterm", **more}


@dataclass
class Clone:
    """The repository in a folder of its own, the port of its collector, and how to run its commands."""

    folder: Path
    port: int

    @property
    def environ(self) -> dict[str, str]:
        return environment(PROVKLAR_PORT=str(self.port))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        """A line typed in `make shell`; the exit code is the line's own."""
        done = subprocess.run(
            ["make", "shell"],
            input=f"{command}\necho status=$?\n",
            env=self.environ,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_S,
            check=True,
        )
        said, _, status = done.stdout.rpartition("status=")
        return subprocess.CompletedProcess(command, int(status), said)


def copied(folder: Path) -> Path:
    """What a clone would hold, with what has not been committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=30,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone(copied(tmp_path_factory.mktemp("clone")), free_port())


@pytest.fixture(scope="module")
def first_run(clone: Clone) -> Iterator[Terminal]:
    """`make run`, up to the moment when all of it runs."""
    with in_terminal(["make", "run"], env=clone.environ, cwd=clone.folder) as terminal:
        terminal.wait_for("make shell", seconds=INSTALLED_S + VERDICT_S)
        yield terminal


def test_the_verdict_comes_within_a_screen(first_run: Terminal, clone: Clone) -> None:
    """Installation, enrolment and measurement take 24 rows at most, and no installer is heard."""
    before, _, after = first_run.text.partition(TABLE)
    assert rows_of(before) <= ROWS, before
    assert before.startswith("Installerar Provklar i .venv: ungefär en minut ...\n")
    lines = before.splitlines()[1:]
    steps = ("Startar ", "Ansluter ", "Mäter den här ", "Skickat: ", "Bedömer ", "Bedömt: ")
    outcomes = ("Mätt: ", "Inte mätt: ", "Mäts inte nu: ", "Skolans linje ")
    assert [line for line in lines if not line.startswith((*steps, *outcomes))] == []
    assert "Björkskolan" in after
    assert clone.url in after
    assert re.search(r"WARNING|pip|[Dd]eprecat", first_run.text) is None


def commands(page: str) -> list[str]:
    """What the README's table says to type, in its order."""
    table = re.search(r"^\|---\|---\|\n((?:\|.*\n)+)", (ROOT / page).read_text(), re.MULTILINE)
    assert table is not None
    spans = [span for row in table[1].splitlines() for span in re.findall(r"`([^`]+)`", row)]
    return [span for span in spans if span.startswith(("provklar", "pip "))]


SAYS = {
    "provklar init": (0, "Skrev "),
    "provklar check-config": (0, "Inställningarna är i ordning: 3 skolor"),
    "provklar enrolment-key create": (0, "Björkskolan"),
    "provklar-agent enroll": (0, "Den här datorn var redan registrerad som "),
    # Whether all that it looks at is in order is a matter of the machine and its network.
    "provklar-agent doctor": (None, "OK: insamlaren på {url} svarar och godtar den här datorn"),
    "provklar poll": (None, "Det finns ingen utrustning i network.yaml att fråga"),
    "provklar explain": (0, "Provtillfälle bjork-6-engelska, bedömt "),
    "provklar device list": (0, "Uppfyller inte"),
    "pip install": (0, "provklar"),
    "provklar-agent survey --capture": (0, "Skolans accesspunkter som hördes: 1"),
    "provklar-agent survey --interface": (None, "nätverkskort"),
    "provklar replay": (0, "Björkskolan"),
}
"""By the beginning of a command: its exit code, where that is not a matter of the machine, and what it prints."""

SERVES = {
    "provklar serve": "Insamlaren svarar på {url}. Stoppa med Ctrl-C.",
    "provklar-agent run": "Mäter efter insamlarens mätplan: ",
}
"""What goes on until Ctrl-C: by when it is known to work."""


RECEIPT = (
    '{"received_at": "2026-11-16T08:00:00Z", "kind": "enrolled", "school": "99000001", '
    '"device": {"device_id": "dator-1", "kind": "agent", "room": "A101"}}\n'
)
"""A whole replay: one machine was let in."""


def typed(command: str, clone: Clone) -> str:
    """The command with what a person puts in the place of the words in capitals, and the files that it names."""
    (clone.folder / "receipts.jsonl").write_text(RECEIPT, encoding="utf-8")
    capture = clone.folder / "capture.pcap"
    capture.write_bytes(pcap([announcement(b"Skolan", "02:00:00:00:00:01") for _ in range(5)]))
    return re.sub(r"\bNAMN?E?\b", "Skolan", re.sub(r"\bFILE?\b", str(capture), command))


def test_the_readmes_commands_work_as_they_are_written(clone: Clone, first_run: Terminal) -> None:
    """Beside `make run`, in `make shell`, each row of the tables from the first to the last, what both say once."""
    assert first_run.process.poll() is None
    for page in PAGES:
        said = [known for known in (*SAYS, *SERVES) if not any(c.startswith(known) for c in commands(page))]
        assert said == [], f"{page} does not tell of all that the other does"
    for command in dict.fromkeys(typed(command, clone) for page in PAGES for command in commands(page)):
        if command in SERVES:
            goes_on_until_ctrl_c(command, clone)
        else:
            ends(command, clone)


def ends(command: str, clone: Clone) -> None:
    """It says what it should and gives the right exit code."""
    [(status, said)] = [expected for begins, expected in SAYS.items() if command.startswith(begins)]
    done = clone.shell(command)
    assert said.format(url=clone.url) in done.stdout, done.stdout
    assert "Traceback" not in done.stdout
    assert status in {None, done.returncode}, done.stdout


def goes_on_until_ctrl_c(command: str, clone: Clone) -> None:
    """A collector takes another port, as the README says: the one of `make run` is taken."""
    port = free_port() if command == "provklar serve" else clone.port
    environ = environment(PROVKLAR_PORT=str(port))
    with in_terminal(["make", "shell"], env=environ, cwd=clone.folder) as terminal:
        terminal.type(f"exec {command}")
        terminal.wait_for(SERVES[command].format(url=f"http://127.0.0.1:{port}"), seconds=COMMAND_S)
        if command == "provklar serve":
            assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).is_success
        terminal.interrupt()
        assert "Traceback" not in terminal.text


def test_a_port_that_is_taken_is_said(clone: Clone, first_run: Terminal) -> None:
    """With what to do; so does a folder that is there already."""
    assert first_run.process.poll() is None
    taken = clone.shell("provklar serve")
    assert taken.returncode == 2
    assert f"Port {clone.port} är upptagen" in taken.stdout
    again = clone.shell("provklar init .")
    assert again.returncode == 2
    assert "finns redan och skrivs inte över. Välj en annan mapp." in again.stdout


def test_sittings_are_listed_for_who_asks_for_none(clone: Clone, first_run: Terminal) -> None:
    assert first_run.process.poll() is None
    done = clone.shell("provklar explain")
    assert done.returncode == 2
    assert "Vilket provtillfälle? De som finns: bjork-6-engelska, " in done.stdout


def test_ctrl_c_stops_in_order(first_run: Terminal) -> None:
    """The last of those that share the run."""
    first_run.interrupt()
    assert first_run.text.rstrip().endswith("Stoppat i ordning. Det som mättes finns kvar.")


def test_the_demonstration(clone: Clone) -> None:
    """As short, and its schools answer by what it says to add."""
    demo = Clone(clone.folder, free_port())
    with in_terminal(["make", "demo", "SCHOOLS=4", "DEVICES=40"], env=demo.environ, cwd=demo.folder) as terminal:
        terminal.wait_for("--config var/demo-config", seconds=INSTALLED_S + VERDICT_S)
        before = terminal.text.partition(TABLE)[0]
        assert rows_of(before) <= ROWS, before
        [simulated, *_] = [
            s for s in httpx.get(f"{demo.url}/api/v1/sittings", trust_env=False).json() if s["simulated"]
        ]
        explained = demo.shell(f"provklar explain {simulated['id']} --config var/demo-config")
        assert explained.returncode == 0, explained.stdout
        assert f"Provtillfälle {simulated['id']}, bedömt " in explained.stdout
        others = demo.shell(f"provklar explain {simulated['id']}")
        assert others.returncode == 2, "the operator's own configuration knows nothing of them"
        terminal.interrupt()
    assert terminal.text.rstrip().endswith("Stoppat i ordning. Det som mättes finns kvar.")


NOISY = """#!/bin/sh
echo "WARNING: Location '/packages' is ignored: it is neither a file nor a directory."
echo "Collecting everything" >&2
exit {status}
"""


@pytest.fixture
def half_installed(tmp_path: Path) -> Path:
    """A clone whose virtual environment holds an installer that talks much."""
    for name in ("Makefile", "pyproject.toml", "requirements/run.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    return tmp_path


def installed(folder: Path, status: int, **environ: str) -> subprocess.CompletedProcess[str]:
    """`make` up to the end of the installation."""
    python = folder / ".venv/bin/python"
    python.write_text(NOISY.format(status=status))
    python.chmod(0o755)
    return subprocess.run(
        ["make", ".venv/.run"],
        cwd=folder,
        env=environment(**environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_installer_is_heard_only_when_it_fails(half_installed: Path) -> None:
    """Then its last words, and where all of them are."""
    failed = installed(half_installed, 1)
    assert failed.returncode != 0
    assert "WARNING: Location" in failed.stdout
    assert "Collecting everything" in failed.stdout
    assert "Installationen misslyckades. Allt som sades: .venv/install.log" in failed.stdout
    quiet = installed(half_installed, 0)
    assert quiet.returncode == 0
    assert (quiet.stdout, quiet.stderr) == ("Installerar Provklar i .venv: ungefär en minut ...\n", "")


def test_the_installation_speaks_english_to_who_wants_it(half_installed: Path) -> None:
    failed = installed(half_installed, 1, PROVKLAR_LANGUAGE="en")
    assert failed.stdout.startswith("Installing Provklar into .venv: about a minute ...\n")
    assert "The installation failed. All that was said: .venv/install.log" in failed.stdout


@pytest.mark.parametrize("target", ["run", "demo"])
def test_verbose_reaches_the_program(target: str, half_installed: Path) -> None:
    """`make run VERBOSE=1`; without it nothing is added."""
    for given, asked in ((["VERBOSE=1"], True), ([], False)):
        planned = subprocess.run(
            ["make", "--dry-run", target, *given],
            cwd=half_installed,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert ("provklar local --verbose" in planned.stdout) is asked
