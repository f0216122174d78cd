"""What the repository as a whole must keep to."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.hygiene.modules import ROOT

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "agent",
    "CHANGELOG.md",
    "collector",
    "config",
    "dashboards",
    "docs",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    "README.md",
    "README.sv.md",
    "requirements",
    "tests",
}
LINES_AT_MOST = 400


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=30)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_nothing_strays_at_the_top() -> None:
    assert {p.relative_to(ROOT).parts[0] for p in tracked()} <= TOP_LEVEL


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile(r"(files\.pythonhosted|pypi|registry\.npmjs|deb\.debian)\.(org|com)", re.IGNORECASE)
    named = []
    for path in tracked():
        if path.suffix in {".png", ".gz", ".pcap"} or path == Path(__file__) or not path.is_file():
            continue
        if hosts.search(path.read_text(errors="replace")):
            named.append(str(path.relative_to(ROOT)))
    assert named == []


def test_every_requirement_is_pinned_by_hash() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text()
        pins = re.findall(r"^[A-Za-z0-9_.-]+(?:\[[^]]*\])?==", text, re.MULTILINE)
        blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
        assert len(pins) == len(blocks), f"{path.name}: every entry is pinned"
        assert all("--hash=sha256:" in block for block in blocks), f"{path.name}: every entry has a hash"


def test_files_stay_readable_in_one_sitting() -> None:
    lengths = {p: len(p.read_text().splitlines()) for p in tracked() if p.suffix == ".py" and p.is_file()}
    assert [f"{p.relative_to(ROOT)}: {lines}" for p, lines in lengths.items() if lines > LINES_AT_MOST] == []


def test_the_changelog_is_where_the_version_is() -> None:
    newest = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == version("provklar")


def test_ci_runs_the_readmes_test_command_and_nothing_else() -> None:
    commands = [
        line
        for line in (ROOT / ".ci/run").read_text().splitlines()
        if line and not line.startswith(("#", "set ", "cd "))
    ]
    assert commands == ["export CI=true", "make test"]
    assert "make test" in (ROOT / "README.md").read_text()
