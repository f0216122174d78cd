"""The simulated municipality as configuration: loaded by the very loader that operators' files go through."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from collector.configuration.load import load_configuration
from collector.simulate.prepare import prepare
from tests.unit.collector.simulate.sample import NOW, municipality

SAMPLE = Path(__file__).parents[4] / "config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample configuration."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "config"))


def test_loads_beside_the_sample(folder: Path) -> None:
    """All schools and sittings of both are there, the simulated ones just as they were drawn."""
    alone = load_configuration(folder, NOW, environ={})
    prepare(folder, municipality())
    both = load_configuration(folder, NOW, environ={})
    for simulated in municipality().schools:
        assert both.schools[simulated.school.code] == simulated.school
        for sitting in simulated.sittings:
            assert sitting in both.sittings
    assert len(both.schools) == len(alone.schools) + 12
    assert len(both.sittings) == len(alone.sittings) + 24
    assert not any(school.simulated for code, school in both.schools.items() if code in alone.schools)


def test_an_earlier_simulation_is_replaced(folder: Path) -> None:
    """The second municipality is there alone, and the files say what they are."""
    prepare(folder, municipality())
    written = prepare(folder, municipality(schools=3, devices=20))
    assert [path.relative_to(folder).as_posix() for path in written] == [
        "schools.d/simulated.yaml",
        "calendar.d/simulated.yaml",
    ]
    assert all("invented municipality" in path.read_text(encoding="utf-8").splitlines()[0] for path in written)
    assert len([code for code in load_configuration(folder, NOW, environ={}).schools if code.startswith("98")]) == 3


def test_swedish_stays_readable(tmp_path: Path) -> None:
    """Names are written as people write them, and nothing that is not set is written."""
    prepare(tmp_path, municipality())
    text = (tmp_path / "calendar.d" / "simulated.yaml").read_text(encoding="utf-8")
    assert "årskurs" in text
    sittings = yaml.safe_load(text)["sittings"]
    assert all("starts_at" not in sitting and "profile" not in sitting for sitting in sittings)
