"""No list of probes stands anywhere but in the folder that is the list: what others want to know of a probe they ask of
what it declares.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agent.probes import discovered
from agent.survey.facts import SURVEYS
from tests.hygiene.modules import modules, tree

PROBES = {*discovered(), *SURVEYS}
THE_LISTS = {"agent.survey.facts"}
"""Where surveys are declared: they have no folder."""


def names_in(node: ast.AST) -> list[str]:
    """The texts that stand straight in a list, set, tuple, dict's keys, `Literal[...]` or frozenset(...)."""
    match node:
        case ast.List(elts=parts) | ast.Set(elts=parts) | ast.Tuple(elts=parts):
            pass
        case ast.Dict(keys=keys):
            parts = [key for key in keys if key is not None]
        case _:
            return []
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def lists_of_probes(module: ast.Module) -> Iterator[list[str]]:
    """Every collection in a module's source that holds the names of two probes or more."""
    for node in ast.walk(module):
        named = [name for name in names_in(node) if name in PROBES]
        if len(set(named)) >= 2:
            yield named


def test_nothing_but_the_folder_lists_probes() -> None:
    found = {name: list(lists_of_probes(tree(name))) for name in modules()}
    assert {name: lists for name, lists in found.items() if lists and name not in THE_LISTS} == {}


def test_each_way_of_writing_a_list_is_seen() -> None:
    """Else the rule would hold nothing."""
    written = (
        'A = ("wifi", "latency")',
        'A = frozenset({"wifi", "x", "latency"})',
        'A = {"wifi": 1, "latency": 2}',
        'A = Literal["wifi", "latency"]',
        'def f(one): return one in ["wifi", "latency"]',
    )
    assert [text for text in written if not list(lists_of_probes(ast.parse(text)))] == []
    assert list(lists_of_probes(ast.parse('A = (("wifi", "x"), ("latency", "x"))'))) == []
