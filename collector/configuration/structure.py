"""Builds typed values from a YAML tree and finds everything that does not fit the types, each with its line.

The types are the structs of `model.py` and `readiness/domain.py`: nothing is described twice. Every value goes through
msgspec; what msgspec refuses is said in plain words, and building goes on, so that one run finds it all. That is why it
is ours: msgspec.convert stops at the first fault and knows no lines, strictyaml knows lines and stops too, pydantic
finds all without lines, and none says it in Swedish.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from collector.configuration.document import UnreadableFileError, compose, first_line, line_of
from collector.configuration.problems import (
    ConfigurationError,
    ConfigurationErrors,
    ConfigurationProblem,
    DocumentPath,
    problem,
)
from collector.configuration.refusal import refusal
from collector.configuration.scalars import (
    NoSuchLocalTimeError,
    Scalar,
    day,
    is_empty,
    local_moment,
    plain_value,
    time_of_day,
)
from collector.configuration.shape import Shape, convert, fields_of, shape_of

Read_co = TypeVar("Read_co", covariant=True)

_MOMENTS: dict[type, tuple[str, Callable[[str], datetime | date | time]]] = {
    datetime: ("config_expected_datetime", local_moment),
    date: ("config_expected_date", day),
    time: ("config_expected_time", time_of_day),
}

_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("bool", "float", "int", "map", "null", "seq", "str", "timestamp", "value", "merge")
)
"""What YAML itself finds in an untagged value. Any other tag was written by somebody and would mean something else."""


@dataclass(frozen=True)
class Document(Generic[Read_co]):
    """A file that fits its type, and the tree behind it, so that a rule can point at a line."""

    file: Path
    root: Node
    value: Read_co

    def line(self, place: DocumentPath) -> int:
        """The line of the value at `place`, or of the nearest one around it."""
        return line_of(self.root, place)

    def error(self, found: ConfigurationProblem) -> ConfigurationError:
        """A rule's problem in this file, with its line."""
        return ConfigurationError.of(self.file, self.line(found.place), found)


def read(path: Path, kind: type[Read_co]) -> Document[Read_co]:
    """The file at `path` as a `kind`. Raises ConfigurationErrors with all that does not fit."""
    try:
        root = compose(path)
    except UnreadableFileError as error:
        raise ConfigurationErrors([ConfigurationError.of(path, error.line, error.problem)]) from error
    builder = _Builder(path)
    value: Read_co = builder.build(root, kind, path.name)
    if builder.errors:
        raise ConfigurationErrors(_once(builder.errors) if path.suffix == ".csv" else builder.errors)
    return Document(path, root, value)


def _once(errors: list[ConfigurationError]) -> list[ConfigurationError]:
    """A column that nobody knows is told of where it first has a value, and not on every line."""
    columns: dict[object, ConfigurationError] = {}
    for index, error in enumerate(errors):
        is_column = error.message.code.startswith("config_unknown_key")
        columns.setdefault(error.message.values.get("key") if is_column else index, error)
    return list(columns.values())


@dataclass
class _Builder:
    """Walks a tree along a type; `key` is what the operator calls the value in hand."""

    file: Path
    errors: list[ConfigurationError] = field(default_factory=list)

    def build(self, node: Node, annotation: Any, key: str, line: int | None = None) -> Any:  # noqa: ANN401  - as typed
        """The value of `node`, or None after noting an error; then the whole is thrown away."""
        shape = shape_of(annotation)
        line = first_line(node) if line is None else line
        if node.tag not in _TAGS:
            return self._refuse(line, "config_unknown_tag", key=key, tag=node.tag)
        if _is_plain(node) and is_empty(node.value):
            return None if shape.empty else self._refuse(line, "config_empty_value", key=key)
        if isinstance(node, MappingNode) and (shape.struct or shape.values is not None):
            return self._group(node, shape, key)
        if isinstance(node, SequenceNode) and shape.items is not None:
            return [self.build(item, shape.items, key) for item in node.value]
        if isinstance(node, ScalarNode) and shape.scalars:
            return self._scalar(node, shape, key, line)
        return self._refuse(line, _expected(shape), key=key)

    def _group(self, node: MappingNode, shape: Shape, key: str) -> Any:  # noqa: ANN401  - as typed
        entries = self._entries(node)
        if shape.struct is None:
            return {
                name: self.build(value, shape.values, name, first_line(at)) for name, (at, value) in entries.items()
            }
        fields = fields_of(shape.struct)
        for name, (at, _) in entries.items():
            if name not in fields:
                self._unknown(name, first_line(at), list(fields))
        for name, info in fields.items():
            if info.required and name not in entries:
                self._refuse(first_line(node), "config_missing_key", key=name, group=key)
        values = {
            fields[name].name: self.build(value, fields[name].type, name, first_line(at))
            for name, (at, value) in entries.items()
            if name in fields
        }
        complete = all(name in entries for name, info in fields.items() if info.required)
        return shape.struct(**values) if complete else None

    def _entries(self, node: MappingNode) -> dict[str, tuple[Node, Node]]:
        """Every key's own node and its value's; a key written twice keeps its first value."""
        entries: dict[str, tuple[Node, Node]] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if name in entries:
                self._refuse(first_line(key), "config_duplicate_key", key=name, first_line=first_line(entries[name][0]))
            else:
                entries[name] = (key, value)
        return entries

    def _scalar(self, node: ScalarNode, shape: Shape, key: str, line: int) -> Any:  # noqa: ANN401  - as typed
        if shape.moment:
            return self._moment(node.value, shape.moment, key, line)
        value: Scalar = plain_value(node.value) if _is_plain(node) and not shape.is_text else node.value
        try:
            return convert(value, shape.annotation)
        except msgspec.ValidationError:
            found = refusal(value, node.value, shape, key)
            return self._refuse(line, found.code, **found.values)

    def _moment(self, text: str, kind: type, key: str, line: int) -> datetime | date | time | None:
        code, parse = _MOMENTS[kind]
        try:
            return parse(text)
        except NoSuchLocalTimeError:
            self._refuse(line, "config_no_such_local_time", key=key, written=text)
        except ValueError:
            self._refuse(line, code, key=key, written=text)
        return None

    def _unknown(self, name: str, line: int, known: list[str]) -> None:
        nearest = get_close_matches(name, known, n=1)
        if nearest:
            self._refuse(line, "config_unknown_key_near", key=name, nearest=nearest[0], known=", ".join(known))
        else:
            self._refuse(line, "config_unknown_key", key=name, known=", ".join(known))

    def _refuse(self, line: int, code: str, **values: str | int | datetime) -> None:
        self.errors.append(ConfigurationError.of(self.file, line, problem((), code, **values)))


def _is_plain(node: Node) -> bool:
    """Whether a value is written without quotes (libyaml's style is then empty, the Python loader's None)."""
    return isinstance(node, ScalarNode) and not node.style


def _expected(shape: Shape) -> str:
    """The code for a list, a group or a single value standing where one of the others belongs."""
    if shape.items is not None:
        return "config_expected_list"
    if shape.struct or shape.values is not None:
        return "config_expected_group"
    return "config_expected_value"
