"""`provklar check-config` on a configuration that is in order: what there is, and what is worth a thought."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collector.cli import main
from tests.support.collectors import SAMPLE


def test_schools_without_networks_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Computers go home; it is no fault, as they do not everywhere."""
    folder = tmp_path / "config"
    shutil.copytree(SAMPLE, folder)
    schools = folder / "schools.yaml"
    schools.write_text(schools.read_text().replace("staff: 62\n", "staff: 62\n    networks: [10.20.0.0/16]\n"))
    assert main(["check-config", str(folder)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Inställningarna är i ordning: 3 skolor")
    [hint] = [line for line in said if "networks" in line]
    assert hint.startswith("Saknar networks i schools.yaml: Lindängsskolan, Strandskolan.")
    assert "hemma" in hint


def test_odd_days_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the sitting's id and when it is, in either language; no fault."""
    folder = tmp_path / "config"
    shutil.copytree(SAMPLE, folder)
    calendar = folder / "calendar.yaml"
    written = calendar.read_text().replace("standing: {in_days: 7, at: 08:30}", "starts_at: 2027-12-24 07:30")
    calendar.write_text(written + "breaks:\n  - {name: Jul, first: 2027-12-20, last: 2027-12-31}\n")
    assert main(["check-config", str(folder)]) == 0
    [told] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("bjork-6-engelska")]
    assert told.startswith("bjork-6-engelska, 24 dec. 2027 07:30: Dagen är julafton: skolan är stängd. Dagen ligger i")
    assert told.endswith("så om linjen räcker då kan de inte visa.")
    assert main(["check-config", str(folder), "--language", "en"]) == 0
    assert "It is Christmas Eve: the school is closed." in capsys.readouterr().out
