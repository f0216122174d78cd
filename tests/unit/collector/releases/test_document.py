"""The list of releases as it is kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from collector.configuration.structure import read
from collector.readiness.domain.model import Release, Releases
from collector.releases.document import releases_yaml, write_releases
from collector.releases.renewal import renewed
from tests.support.release_answers import answer

DAY = date(2026, 11, 21)


def test_written_and_read_back(tmp_path: Path) -> None:
    """Through the same strict reader that the collector uses; the old file is replaced and nothing is left over."""
    path = tmp_path / "releases.yaml"
    path.write_text("old", encoding="utf-8")
    nothing = Releases(as_of=DAY, source="", products={})
    releases = renewed(nothing, {"data.json": answer("mdn")}, DAY)
    write_releases(releases, path)
    assert read(path, Releases).value == releases
    assert [file.name for file in tmp_path.iterdir()] == ["releases.yaml"]


def test_one_release_per_line() -> None:
    """So that an update is easy to review; quotes keep 18.10 apart from 18.1."""
    releases = Releases(DAY, 'the "source"', {"safari": [Release("18.10", date(2025, 1, 2))]})
    assert releases_yaml(releases).splitlines()[2:] == [
        "as_of: 2026-11-21",
        'source: "the \\"source\\""',
        "products:",
        "  safari:",
        '    - {version: "18.10", released: 2025-01-02}',
    ]
