"""What is wrong with a configuration, as data that can be said in Swedish or English.

A rule yields `ConfigurationProblem`s: a place in a document, a message code and its values. For every code the
catalogue `configuration.po` holds two sentences, `<code>` (what is wrong) and `<code>_remedy` (what to do).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from collector.i18n.messages import Language, render
from collector.readiness.domain.model import Text

DocumentPath = tuple[str | int, ...]
"""The way from a document's root to a value: keys and list positions, `("schools", 0, "rooms", 1, "seats")`."""


@dataclass(frozen=True)
class ConfigurationProblem:
    """One thing that is wrong at `place`; `values` fill in both the message and its remedy."""

    place: DocumentPath
    code: str
    values: dict[str, str | int | datetime]


def problem(place: DocumentPath, code: str, **values: str | int | datetime) -> ConfigurationProblem:
    """A problem, its values given by name."""
    return ConfigurationProblem(place, code, values)


@dataclass(frozen=True)
class ConfigurationError:
    """One thing that is wrong, where, and what to do. `file` is the name of the variable when the environment is
    at fault; `line` counts from 1 and is None when the whole file is meant.
    """

    file: Path
    line: int | None
    message: Text
    remedy: Text

    @classmethod
    def of(cls, file: Path, line: int | None, found: ConfigurationProblem) -> ConfigurationError:
        """The error that `found` is, now that file and line are known."""
        return cls(file, line, Text(found.code, {**found.values}), Text(f"{found.code}_remedy", {**found.values}))

    def render(self, language: Language) -> str:
        """`config/schools.yaml:12: message. remedy.`"""
        place = str(self.file) if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {render(self.message, language)} {render(self.remedy, language)}"

    def __str__(self) -> str:
        return self.render("sv")


class ConfigurationErrors(Exception):  # noqa: N818  - the name is plural: it holds all that was found, not one
    """Every problem of every file, in the order of the files and their lines; nothing was loaded."""

    def __init__(self, errors: Sequence[ConfigurationError]) -> None:
        self.errors = sorted(errors, key=lambda error: (str(error.file), error.line or 0))
        super().__init__(self.errors)

    def __iter__(self) -> Iterator[ConfigurationError]:
        return iter(self.errors)

    def render(self, language: Language) -> str:
        """One problem per line."""
        return "\n".join(error.render(language) for error in self.errors)

    def __str__(self) -> str:
        return self.render("sv")
