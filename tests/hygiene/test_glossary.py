"""The words of docs/glossary.md are those of the code, and every noun of the core has its word there."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from tests.hygiene.modules import ROOT, modules, tree

ROW = re.compile(r"^\| (?P<swedish>[^|]+) \| `(?P<name>\w+)` \| (?P<meaning>[^|]+) \|$", re.MULTILINE)
NOUNS = tuple(
    f"collector.readiness.domain.{name}" for name in ("model", "profile", "texts", "network_gear", "ends", "releases")
)
VALUES = {"Count", "Positive", "Number", "Scope", "Operator", "Severity", "Owner"}
"""Types of values and their choices: no nouns."""


@lru_cache(maxsize=1)
def rows() -> list[re.Match[str]]:
    """The rows of all tables."""
    return list(ROW.finditer((ROOT / "docs/glossary.md").read_text()))


@lru_cache(maxsize=1)
def identifiers() -> set[str]:
    """Every name that the code gives to something: classes, functions, arguments, fields, modules."""
    found = {part for name in modules() for part in name.split(".")}
    for name in modules():
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return found


def nouns() -> set[str]:
    """The public types that the core's modules of nouns define."""
    return {
        target
        for name in NOUNS
        for node in tree(name).body
        for target in _defined(node)
        if target[0].isupper() and not target.isupper() and target not in VALUES
    }


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef):
        return [node.name]
    return [t.id for t in node.targets if isinstance(t, ast.Name)] if isinstance(node, ast.Assign) else []


def test_there_are_words_to_look_at() -> None:
    assert len(rows()) > 40


def test_the_code_has_every_name_of_the_glossary() -> None:
    assert [row["name"] for row in rows() if row["name"] not in identifiers()] == []


def test_the_glossary_has_every_noun_of_the_core() -> None:
    assert nouns() - {row["name"] for row in rows()} == set()


def test_one_word_for_one_thing() -> None:
    for column in ("swedish", "name"):
        words = [row[column] for row in rows()]
        assert sorted(words) == sorted(set(words)), f"a {column} stands twice"
