"""The codes that a rung of the ladder can give, as the agent's own source has them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import agent.ladder


def codes_of_the_agent() -> set[str]:
    """Every code that a rung can give, read from the agent's own source: what is raised or given back, and tables."""
    found: set[str] = set()
    for path in Path(agent.ladder.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"RungFailedError", "BadMetadataError"}:
                found |= _texts(node.args[0])
            elif isinstance(node, ast.keyword) and node.arg == "code":
                found |= _texts(node.value)
            elif isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) == "str | None":
                returned = (one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value)
                found |= {text for value in returned for text in _texts(value) if re.fullmatch(r"[a-z_]+", text)}
            elif isinstance(node, ast.Assign) and re.fullmatch(r"code|_\w+_CODES", ast.unparse(node.targets[0])):
                found |= _texts(node.value)
    return found


def _texts(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
