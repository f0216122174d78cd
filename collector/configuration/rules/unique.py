"""Ids that must be unique across every file that may hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.configuration.problems import ConfigurationError, DocumentPath, problem
from collector.configuration.structure import Document

Entry = tuple[Document[object], DocumentPath, str]
"""A document, the place in it where an id stands, and the id."""


def duplicates(entries: Iterable[Entry], what: str) -> Iterator[ConfigurationError]:
    """An error at every id that an earlier entry has; `what` is `school`, `sitting` ..., the end of the code."""
    first: dict[str, str] = {}
    for document, place, name in entries:
        if name in first:
            yield document.error(problem(place, f"config_duplicate_{what}", id=name, first=first[name]))
        else:
            first[name] = f"{document.file.name}:{document.line(place)}"
