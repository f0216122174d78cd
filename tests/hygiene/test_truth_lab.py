"""The truth lab's worlds share no code with what they are held against."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.hygiene.modules import ROOT

WORLDS = ROOT / "tests/truth/worlds"
OWN = "tests.truth.worlds"
BESIDES = {"yaml"}
"""Reads the numbers that a profile asks for, as any program would."""

NAME = re.compile(r"(collector|agent)(\.(?!yaml$)\w+)+")


def imported(path: Path) -> Iterator[str]:
    """Every module that a file names, also in the middle of it or as text."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name"
            yield node.module or ""
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield node.value


def test_worlds_know_nothing_of_the_product() -> None:
    """Only themselves, the standard library and a reader of YAML: not the product, nor tests that import it."""
    files = sorted(WORLDS.rglob("*.py"))
    assert len(files) > 10
    allowed = sys.stdlib_module_names | BESIDES
    foreign = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in imported(path)
        if name.partition(".")[0] not in allowed and not (name + ".").startswith(OWN + ".")
    ]
    assert foreign == []
