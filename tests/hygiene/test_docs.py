"""Docs name only what exists: commands, make targets, settings, environment variables, metrics, paths and links."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from agent.cli import _parser as agent_parser
from agent.i18n.messages import Messages
from collector.cli import parser as collector_parser
from collector.metrics.groups import METRICS
from tests.hygiene.modules import ROOT

DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("dashboards/**/*.md")])
SPOKEN = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SOURCE = ("agent", "collector", "dashboards", "tests")
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


COMMANDS = {"provklar": subcommands(collector_parser()), "provklar-agent": subcommands(agent_parser(Messages("sv")))}


def offenders(wrong: Callable[[Path], Iterable[str]]) -> list[str]:
    """Each wrong thing with its page: `docs/api.md: make tset`."""
    return [f"{path.relative_to(ROOT)}: {found}" for path in DOCS for found in sorted(wrong(path))]


def named(path: Path, pattern: str) -> set[str]:
    """What a page's code names by `pattern`."""
    return {found for span in code(path) for found in re.findall(pattern, span)}


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert offenders(lambda path: named(path, r"(?:^|\s)make ([a-z]+)") - targets) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_exist(command: str) -> None:
    pattern = rf"(?:^|[\s/]){command} ([a-z][a-z-]*)"
    assert offenders(lambda path: named(path, pattern) - COMMANDS[command]) == []


def test_environment_variables_exist() -> None:
    source = "\n".join(p.read_text() for f in SOURCE for p in sorted((ROOT / f).rglob("*.py")))
    pattern = r"\b(PROVKLAR_[A-Z_]+)\b"
    assert offenders(lambda path: {name for name in named(path, pattern) if name not in source}) == []


def test_metrics_exist() -> None:
    metrics = {metric.name for metric in METRICS}
    assert offenders(lambda path: named(path, r"\b(provklar_[a-z_]+)\b") - metrics) == []


def test_paths_exist() -> None:
    rooted = r"(?<![\w/.])((?:agent|collector|dashboards|config|tests|docs|requirements|\.ci)/[\w./-]+)"
    assert offenders(lambda path: {name for name in named(path, rooted) if not exists(name.rstrip("."))}) == []


def exists(name: str) -> bool:
    """Whether a path is in the repository, or comes into being when the product runs."""
    return (ROOT / name).exists() or any(part in name for part in RUN_TIME)


def test_links_lead_somewhere() -> None:
    assert offenders(lambda path: {link for link in links(path) if not (path.parent / link).exists()}) == []


def links(path: Path) -> list[str]:
    """Where a page's links lead in the repository."""
    found = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
    return [link for link in found if "://" not in link and not link.startswith("mailto:")]


def test_there_are_pages_to_look_at() -> None:
    assert {ROOT / "README.md", ROOT / "README.sv.md"} <= set(DOCS)
