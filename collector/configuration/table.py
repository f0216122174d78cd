"""A CSV file as the tree of a YAML file with the same contents: a list of groups, one a line, so that one reader finds
everything that is wrong in either, with its line.

Columns are separated by commas or semicolons, whichever the heading has. Empty cells are left out, and so are lines
that begin with `#`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from collector.configuration.problems import ConfigurationProblem, problem

_MAP, _LIST, _TEXT = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:str")


class TableError(Exception):
    """A line that is no line of a table."""

    def __init__(self, line: int | None, found: ConfigurationProblem) -> None:
        super().__init__(found.code)
        self.line = line
        self.problem = found


def table(text: str) -> Node:
    """The tree. Raises TableError where a line does not fit the heading, or there is none."""
    rows = list(_rows(text))
    if not rows:
        raise TableError(None, problem((), "config_empty_file"))
    begins_at, heading = rows[0]
    columns = [column.strip().casefold() for column in heading]
    for line, cells in rows[1:]:
        if any(cell.strip() for cell in cells[len(columns) :]):
            values = {"cells": len(cells), "columns": len(columns)}
            raise TableError(line, problem((), "config_table_cells", **values))
    known = dict.fromkeys(columns)
    entries = [_entry(line, dict(zip(known, cells, strict=False))) for line, cells in rows[1:]]
    return SequenceNode(_LIST, entries, _mark(begins_at), _mark(begins_at))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.splitlines()
    heading = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    for number, line in enumerate(lines, 1):
        if line.strip(f" \t{delimiter}") and not line.startswith("#"):
            yield number, next(csv.reader([line], delimiter=delimiter))


def _entry(line: int, cells: dict[str, str]) -> Node:
    told = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    return MappingNode(_MAP, [(_text(line, name), _text(line, cell)) for name, cell in told.items()], _mark(line))


def _text(line: int, value: str) -> Node:
    return ScalarNode(_TEXT, value, _mark(line), _mark(line), style='"')


def _mark(line: int) -> yaml.Mark:
    return yaml.Mark("", 0, line - 1, 0, None, 0)
