"""A YAML file as a tree that remembers its lines. Reads with PyYAML's safe loader; builds no values.

PyYAML parses; only its step from nodes to values is ours (see `structure`), because that step forgets the lines.
"""

from __future__ import annotations

from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from collector.configuration.problems import ConfigurationProblem, DocumentPath, problem
from collector.configuration.table import TableError, table

_SAFE_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where it is built in: the same language, some ten times faster."""


class UnreadableFileError(Exception):
    """The file is not there, not text, or not YAML: no rule can be checked in it."""

    def __init__(self, line: int | None, found: ConfigurationProblem) -> None:
        super().__init__(found.code)
        self.line = line
        self.problem = found


def compose(path: Path) -> Node:
    """The root of the file's tree; a CSV file is a list. Raises UnreadableFileError."""
    if path.suffix == ".csv":
        try:
            return table(_text(path))
        except TableError as error:
            raise UnreadableFileError(error.line, error.problem) from error
    try:
        root: Node | None = yaml.compose(_text(path), Loader=_SAFE_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise UnreadableFileError(line, problem((), "config_bad_yaml", detail=error.problem or "?")) from error
    except yaml.YAMLError as error:
        raise UnreadableFileError(None, problem((), "config_bad_yaml", detail=" ".join(str(error).split()))) from error
    if root is None:
        raise UnreadableFileError(None, problem((), "config_empty_file"))
    return root


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UnreadableFileError(None, problem((), "config_missing_file")) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UnreadableFileError(line, problem((), "config_not_utf8")) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableFileError(None, problem((), "config_unreadable_file", reason=reason)) from error


def first_line(node: Node) -> int:
    """The line on which a value begins, counted from 1."""
    return int(node.start_mark.line) + 1


def line_of(root: Node, place: DocumentPath) -> int:
    """The line of a value: its key's line in a mapping, its own in a list. A place that is not there gives the line
    of the nearest value around it, so that something missing is still said near where it belongs.
    """
    node, line = root, first_line(root)
    for step in place:
        following = _entry(node, step)
        if following is None:
            return line
        node, line = following
    return line


def _entry(node: Node, step: str | int) -> tuple[Node, int] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == step:
                return value, first_line(key)
    elif isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step], first_line(node.value[step])
    return None
