"""Rules of `schools.yaml` and `schools.d/`: nothing is named twice, and networks are networks."""

from __future__ import annotations

from collections.abc import Iterator

from collector.configuration.problems import ConfigurationProblem, problem
from collector.configuration.rules.settings import is_network
from collector.readiness.domain.model import School


def school_problems(index: int, school: School) -> Iterator[ConfigurationProblem]:
    """All that is wrong within the school at `schools[index]`."""
    yield from _twice(index, school, "rooms", "id", [room.id for room in school.rooms])
    yield from _twice(index, school, "year_groups", "grade", [group.grade for group in school.year_groups])
    for position, written in enumerate(school.networks):
        if not is_network(written):
            yield problem(("schools", index, "networks", position), "config_bad_network", written=written)


def _twice(index: int, school: School, group: str, key: str, names: list[str]) -> Iterator[ConfigurationProblem]:
    seen: set[str] = set()
    for position, name in enumerate(names):
        if name in seen:
            place = ("schools", index, group, position, key)
            yield problem(place, f"config_duplicate_{group}", id=name, school=school.name)
        seen.add(name)
