"""What tests may take: counted in one process as in several, told over all parts of a run, and red only when earned."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hygiene.modules import ROOT
from tests.support.budgets import Budgets, Part, folder_of, over_budget, read_budgets, slow_units, sums
from tests.support.machine import CALM_BELOW, Reading, read, was_ours, yardstick_s
from tests.support.take_budgets import taken

TWO = Budgets(10.0, 10.0, {"tests/unit/agent/ladder": 30.0})
PLUGINS = ("-p", "tests.support.folder_times", "-p", "tests.support.side_by_side", "-p", "no:cacheprovider")
SOME_TESTS = """
import pytest

@pytest.fixture(scope="module")
def shared(): return []

@pytest.mark.parametrize("number", range(8))
def test_that_shares(shared, number):
    shared.append(number)
    assert shared == list(range(number + 1))

@pytest.mark.parametrize("address", ["anna@skolan.example"])
def test_alone(address): ...

@pytest.mark.serial
def test_that_measures(): assert False

measured = []

@pytest.mark.serial
@pytest.mark.parametrize("number", range(8))
def test_one_after_the_other(number):
    measured.append(number)
    assert measured == list(range(number + 1))
"""


def took(calm: bool = True, **seconds: tuple[float, float]) -> Part:
    """A part of one test a room of the agent."""
    spent = {f"tests/unit/agent/{room}/test_it.py::test_it": one for room, one in seconds.items()}
    return Part("all", calm=calm, spent=spent)


def told(*parts: Part, slower: float = 1.0) -> list[str]:
    """Which folders are over their budgets."""
    return [line.split()[0].rpartition("/")[2] for line in over_budget(sums(parts, folder_of), TWO, slower=slower)]


def test_every_budget_is_of_a_folder_with_tests() -> None:
    """One that was renamed would have no budget of its own any more."""
    assert [folder for folder in read_budgets().folders if not any((ROOT / folder).rglob("test_*.py"))] == []


@pytest.mark.parametrize(
    ("test_id", "folder"),
    [
        ("tests/lab/test_line.py::test_x", "tests/lab"),
        ("tests/unit/agent/test_cli.py::TestRun::test_x[a/b/c/d/e::f]", "tests/unit/agent"),
        ("tests/unit/agent/ladder/rungs/test_dns.py::test_x", "tests/unit/agent/ladder"),
    ],
)
def test_folders(test_id: str, folder: str) -> None:
    assert folder_of(test_id) == folder


def test_on_a_calm_machine_the_clock_counts() -> None:
    """Waiting as well as working, over all parts."""
    assert told(took(ladder=(31.0, 1.0), survey=(9.9, 9.9))) == ["ladder"]
    assert told(took(survey=(6.0, 1.0)), took(survey=(6.0, 1.0))) == ["survey"]
    assert told(took(survey=(6.0, 1.0)), took(calm=False, survey=(6.0, 1.0))) == []


def test_a_busy_machine_breaks_no_budget() -> None:
    """There only what was used of processors counts; and a slower machine may use more."""
    assert told(took(calm=False, ladder=(300.0, 29.0))) == []
    assert told(took(calm=False, ladder=(300.0, 31.0))) == ["ladder"]
    assert told(took(ladder=(50.0, 31.0)), slower=2.0) == []


def test_long_unit_tests_are_told() -> None:
    """A test over a second, and a file over twenty."""
    part = Part("all", calm=True, spent={f"tests/unit/agent/test_it.py::test_{i}": (0.9, 0.1) for i in range(23)})
    part.spent |= {"tests/unit/agent/test_cli.py::test_run": (1.1, 0.1), "tests/lab/test_line.py::test_x": (90, 1)}
    assert list(slow_units([part])) == [
        "  20.7 s  tests/unit/agent/test_it.py",
        "   1.1 s  tests/unit/agent/test_cli.py::test_run",
    ]


def test_budgets_taken_have_room() -> None:
    """Two and a half times what they took, in steps; what is small has what all have."""
    part = took(ladder=(31.0, 1.0), survey=(6.6, 1.0))
    assert taken([part], 10.04) == Budgets(10.0, 30.0, {"tests/unit/agent/ladder": 80.0})
    assert told(part) == ["ladder"]


def test_whose_the_machine_was() -> None:
    """Two cores for ten seconds, of which others took a little or too much; fewer cores than the budgets are for."""
    before, whole = Reading(100.0, 400.0, 50.0), 20.0
    for others, calm in ((0.9 * CALM_BELOW, True), (1.1 * CALM_BELOW, False)):
        after = Reading(112.0 + others * whole, 400.0 + whole, 62.0)
        assert was_ours(before, after, cores=2) is calm
        assert not was_ours(before, after, cores=1)
    assert not was_ours(None, None, cores=2)
    assert read() is None or yardstick_s() > 0


def run(folder: Path, *options: str) -> tuple[int, str]:
    """What pytest says of the tests in a folder, by the rules of this repository."""
    place = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), str(folder)]
    command = [sys.executable, "-m", "pytest", *place, *PLUGINS, "--times", str(folder / "times.json"), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    return done.returncode, done.stdout + done.stderr


def test_two_parts_and_two_workers(tmp_path: Path) -> None:
    """What shares a module's fixture goes to one worker, as what measures in one file does; and the second part tells
    of the first.
    """
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "test_some.py").write_text(SOME_TESTS)
    side_by_side = "--numprocesses", "2", "--dist", "loadgroup"
    status, said = run(tmp_path, "-m", "serial", *side_by_side)
    assert (status, "failed: room/test_some.py::test_that_measures" in said) == (1, False)
    status, said = run(tmp_path, "-m", "not serial", *side_by_side)
    assert status == 0, said
    assert f"{read_budgets().otherwise:.0f}     18  room" in said
    assert "serial: 1 failed, 8 passed in" in said
    assert "failed: room/test_some.py::test_that_measures" in said
    assert "9 passed" in said.splitlines()[-1]
