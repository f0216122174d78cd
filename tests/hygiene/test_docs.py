"""Docs name only what exists: commands, make targets, settings, environment variables, metrics, paths and links."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from agent.cli import _parser as agent_parser
from agent.i18n.messages import Words
from collector.cli import parser as collector_parser
from collector.metrics.exporter import METRICS
from tests.hygiene.modules import ROOT

DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("dashboards/**/*.md")])
SPOKEN = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
RUN_TIME = ("var/", "schools.d/", "calendar.d/")
"""Paths that come into being when the product runs."""


def code(path: Path) -> list[str]:
    """All that a page writes as code: spans and the lines of fenced blocks."""
    text = path.read_text()
    return SPOKEN.findall(FENCED.sub("", text)) + [
        line for block in FENCED.findall(text) for line in block.splitlines()
    ]


def subcommands(parser: argparse.ArgumentParser) -> set[str]:
    """The commands that a command line takes."""
    [commands] = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return set(commands.choices)


COMMANDS = {"provklar": subcommands(collector_parser()), "provklar-agent": subcommands(agent_parser(Words("sv")))}


@pytest.fixture(scope="module")
def all_source() -> str:
    folders = ("agent", "collector", "dashboards", "tests")
    return "\n".join(p.read_text() for f in folders for p in sorted((ROOT / f).rglob("*.py")))


@pytest.mark.parametrize("path", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
class TestPage:
    def test_make_targets_exist(self, path: Path) -> None:
        targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        named = {m for span in code(path) for m in re.findall(r"(?:^|\s)make ([a-z]+)", span)}
        assert named - targets == set()

    def test_commands_exist(self, path: Path) -> None:
        for command, known in COMMANDS.items():
            named = {m for span in code(path) for m in re.findall(rf"(?:^|[\s/]){command} ([a-z][a-z-]*)", span)}
            assert named - known == set(), f"{command} has no such command"

    def test_environment_variables_exist(self, path: Path, all_source: str) -> None:
        named = {m for span in code(path) for m in re.findall(r"\b(PROVKLAR_[A-Z_]+)\b", span)}
        assert {name for name in named if name not in all_source} == set()

    def test_metrics_exist(self, path: Path) -> None:
        named = {m for span in code(path) for m in re.findall(r"\b(provklar_[a-z_]+)\b", span)}
        assert named - {metric.name for metric in METRICS} == set()

    def test_paths_exist(self, path: Path) -> None:
        rooted = r"(?<![\w/.])((?:agent|collector|dashboards|config|tests|docs|requirements|\.ci)/[\w./-]+)"
        named = {m.rstrip(".") for span in code(path) for m in re.findall(rooted, span)}
        missing = {n for n in named if not (ROOT / n).exists() and not any(part in n for part in RUN_TIME)}
        assert missing == set()

    def test_links_lead_somewhere(self, path: Path) -> None:
        links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
        local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
        assert [link for link in local if not (path.parent / link).exists()] == []


def test_there_are_pages_to_look_at() -> None:
    assert {ROOT / "README.md", ROOT / "README.sv.md"} <= set(DOCS)
