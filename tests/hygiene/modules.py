"""The project's modules and what each imports, read from the source without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "collector", "dashboards")


def module_name(path: Path) -> str:
    """`collector/store/__init__.py` -> `collector.store`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@lru_cache
def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    return {module_name(p): p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py"))}


@lru_cache
def tree(name: str) -> ast.Module:
    """The parsed source of a module."""
    return ast.parse(modules()[name].read_text(), filename=str(modules()[name]))


def imports(name: str, *, top_level_only: bool = False) -> Iterator[str]:
    """Dotted names that a module imports; `from a.b import c` gives `a.b.c` if that is a module, else `a.b`."""
    nodes = tree(name).body if top_level_only else ast.walk(tree(name))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in modules() else node.module


def within(name: str, *rooms: str) -> bool:
    """Whether a module is one of `rooms` or lies inside one."""
    return any(name == room or name.startswith(room + ".") for room in rooms)
