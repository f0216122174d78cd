"""`provklar verdict` on what is stored: the table, what stands below it, and by school."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from collector.cli import main
from tests.support.collectors import SAMPLE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample, with a fourth school that has no sitting and a fifth without year groups; nothing is measured."""
    monkeypatch.setenv("PROVKLAR_DATA", str(tmp_path / "data"))
    copied = tmp_path / "config"
    shutil.copytree(SAMPLE, copied)
    (copied / "schools.d").mkdir()
    (copied / "schools.d" / "new.yaml").write_text(
        "schools:\n"
        "  - {code: 99000004, name: Nya skolan, staff: 10, rooms: [{id: A, seats: 60}],"
        " year_groups: [{grade: 8, pupils: 40}, {grade: 9, pupils: 60}]}\n"
        "  - {code: 99000005, name: Öde skolan, rooms: [], year_groups: []}\n",
        encoding="utf-8",
    )
    return copied


def as_json(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, Any]]:
    """What `--json` prints."""
    assert main(["verdict", "--config", str(folder), "--json", *more]) == 0
    told: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return told


def test_a_plan_stands_below_the_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the sitting's id, and called a plan."""
    assert main(["verdict", "--config", str(folder)]) == 0
    lines = " ".join(capsys.readouterr().out.split())
    assert "bjork-9-matematik: En plan, inget är mätt: den gör ingen skola redo. Provet tar" in lines


def test_every_id_in_the_table_stands_in_one_piece(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is to be copied into the next command; the lines below the table are not looked at."""
    assert main(["verdict", "--config", str(folder)]) == 0
    cells = {line.split("│")[1].strip() for line in capsys.readouterr().out.splitlines() if line.startswith("│")}
    assert {"bjork-6-engelska", "bjork-9-matematik"} <= cells


def test_the_plan_is_in_the_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = {one["id"]: one for one in as_json(folder, capsys)}
    assert {one["status"] for one in told.values()} == {"unknown"}
    assert told["bjork-9-matematik"]["plan"]["machines"] == 93
    assert told["bjork-9-matematik"]["warnings"] == []


def test_by_school_every_school_has_a_row(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those without a sitting too: by their largest year group, or with nothing to judge."""
    rows = {one["school"]["name"]: one for one in as_json(folder, capsys, "--by-school")}
    assert {name: (one["status"], one["passes"], one["thought_of"]) for name, one in rows.items()} == {
        "Björkskolan": ("unknown", None, False),
        "Lindängsskolan": ("unknown", None, False),
        "Strandskolan": ("unknown", None, False),
        "Nya skolan": ("unknown", None, True),
        "Öde skolan": ("no_sitting", None, False),
    }
    assert rows["Björkskolan"]["sitting"] == "bjork-9-matematik", "the larger of two of which as little is known"
    new = rows["Nya skolan"]
    assert (new["sitting"], new["pupils"], new["missing"]) == (None, 60, None)
    assert new["takes"][0].startswith("En plan, inget är mätt")


def test_by_school_as_a_table_that_adds_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [
        "verdict",
        "--config",
        str(folder),
        "--by-school",
        "--profile",
        "skolverket-dnp-2024",
        "--language",
        "en",
    ]
    assert main(command) == 0
    out = capsys.readouterr().out
    assert out.startswith("Judged by the profile skolverket-dnp-2024: Skolverket's preconditions")
    assert "Of 5 schools, 0 would pass, 0 would not, and of 5 it can not be said yet." in out
    assert all(len(line) <= 120 for line in out.splitlines())
    assert "thought of," in out


def test_an_unknown_profile_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verdict", "--config", str(folder), "--by-school", "--profile", "nope"]) == 2
    assert "nope" in capsys.readouterr().err
