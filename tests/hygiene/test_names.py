"""One word for one thing: no two public types of a package share a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.hygiene.modules import modules, tree

PACKAGES = ("agent", "collector", "dashboards")


def types(name: str) -> Iterator[str]:
    """The public classes and aliases that a module defines. Variables of types stand for nothing by themselves."""
    for node in tree(name).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and not ast.unparse(node.value).startswith("TypeVar("):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def is_type(name: str) -> bool:
    """By how it is written: `Verdict`, and neither `LIMIT_S` nor `_Private`."""
    return name[0].isupper() and not name.isupper()


def test_no_two_types_of_a_package_share_a_name() -> None:
    where: dict[tuple[str, str], list[str]] = defaultdict(list)
    for module in modules():
        for name in filter(is_type, types(module)):
            where[module.partition(".")[0], name].append(module)
    assert {name: found for (_, name), found in where.items() if len(found) > 1} == {}
