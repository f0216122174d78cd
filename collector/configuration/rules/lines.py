"""Rules of the lines that several schools share: they name schools that there are, and more than one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.configuration.problems import ConfigurationProblem, DocumentPath, problem
from collector.readiness.domain.model import School, SharedLine

LEAST_SCHOOLS = 2


def line_problems(
    place: DocumentPath, line: SharedLine, schools: Mapping[str, School]
) -> Iterator[ConfigurationProblem]:
    """All that is wrong with the line at `place`."""
    if len(line.schools) < LEAST_SCHOOLS:
        yield problem((*place, "schools"), "config_line_of_one", id=line.id)
    for position, code in enumerate(line.schools):
        if code not in schools:
            yield problem((*place, "schools", position), "config_line_unknown_school", id=line.id, school=code)
