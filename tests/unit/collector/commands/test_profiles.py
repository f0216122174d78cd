"""`provklar profiles`: check and diff, as text of 100 columns and as JSON."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from collector.cli import main
from tests.support.collectors import SAMPLE
from tests.unit.collector.configuration.folders import CASES, good_folder

OURS, SKOLVERKET = "skoldigiguide-2023", "skolverket-dnp-2024"


def said(capsys: pytest.CaptureFixture[str], *arguments: str, folder: Path = SAMPLE) -> list[str]:
    """What a run that is in order prints."""
    assert main(["profiles", *arguments, "--config", str(folder)]) == 0
    return capsys.readouterr().out.replace("\u00a0", " ").splitlines()


def test_check_tells_whose_rules_each_profile_holds(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "check", "slutprov-2029-planning", "--language", "en")
    assert lines[0] == "slutprov-2029-planning: Planning for the national final tests of 2029 (assumptions)"
    assert re.fullmatch(r"  \d+ requirements and \d+ figures, valid from 2029-01-01\.", lines[1])
    assert lines[2].startswith("  Who says so: who decides here 0, ")


def test_check_without_names_tells_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    """One for each file but the base, by which nobody is judged; every requirement and figure has one trust."""
    told = json.loads("\n".join(said(capsys, "check", "--json")))
    assert [one["id"] for one in told] == sorted(
        {path.stem for path in (SAMPLE / "profiles").glob("*.yaml")} - {"comparison-base"}
    )
    for one in told:
        assert sum(one["trust"].values()) == one["requirements"] + one["figures"], one["id"]


def test_check_tells_every_fault_of_profiles_and_of_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is wrong with schools or lists of releases; with the exact message of the file."""
    folder = good_folder(tmp_path)
    (folder / "schools.yaml").write_text("wrong: true\n", encoding="utf-8")
    (folder / "releases.yaml").unlink()
    assert main(["profiles", "check", "--config", str(folder)]) == 0
    bad = CASES / "bad" / "profiles" / "extends_nothing.yaml"
    shutil.copy(bad, folder / "profiles" / "plain.yaml")
    assert main(["profiles", "check", "--config", str(folder)]) == 2
    promised = bad.read_text(encoding="utf-8").splitlines()[0].removeprefix("# sv: ")
    assert capsys.readouterr().err.replace(f"{folder}/", "").splitlines() == [promised]


def test_diff_fits_a_hundred_columns(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "diff", OURS, "norway-flexiteexam")
    assert max(map(len, lines)) <= 100
    assert lines[0] == "skoldigiguide-2023 → norway-flexiteexam"
    assert "  down_per_pupil: 0,5 Mbit/s (Skolverket, i andra hand) → 1 Mbit/s" in "\n".join(lines)
    assert "Krav som bara den första har:" in lines
    assert "      value: 12 → 0" in lines


def test_diff_keeps_words_apart_from_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the rungs only the source differs."""
    lines = said(capsys, "diff", OURS, SKOLVERKET, "--language", "en")
    at = next(index for index, line in enumerate(lines) if line.startswith("Requirements that are the same"))
    assert "rung-dns" in " ".join(lines[at:])
    assert not any("rung-dns" in line for line in lines[:at])


def test_diff_of_a_profile_with_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "diff", OURS, OURS) == [f"{OURS} → {OURS}", "De kräver detsamma."]


def test_diff_as_json_holds_every_change(capsys: pytest.CaptureFixture[str]) -> None:
    """What the second has turns round to what the first has."""
    there = json.loads("\n".join(said(capsys, "diff", OURS, SKOLVERKET, "--json")))
    back = json.loads("\n".join(said(capsys, "diff", SKOLVERKET, OURS, "--json")))
    assert {one["id"] for one in there["added"]} == {
        "os-supported",
        "screen-size",
        "keyboard",
        "lockdown",
        "lockdown-kiosk",
    }
    assert there["added"] == back["removed"]
    [browser] = [one for one in there["changed"] if one["id"] == "browser-current"]
    changes: dict[str, Any] = {one["key"]: (one["before"], one["after"]) for one in browser["changes"]}
    assert changes["operator"] == ("months_old_at_most", "latest_minus")
    assert changes["value"] == (12, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("diff", OURS), "Name two profiles to compare: provklar profiles diff A B. There are: ap, fcc-cosn"),
        (("diff", OURS, "nope"), "There is no requirement profile nope. Those that are: ap, "),
        (("check", "nope"), "There is no requirement profile nope. Those that are: ap, "),
    ],
)
def test_what_cannot_be_done_is_told(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profiles", *arguments, "--language", "en", "--config", str(SAMPLE)]) == 2
    assert capsys.readouterr().err.startswith(message)
