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
